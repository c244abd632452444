"""A build is measured by what is asked of it, so that no gate waits for a figure that nobody takes."""

from collections.abc import Mapping
from typing import Any

import pytest
from msgspec.structs import replace
from tests.domain import specimens
from tests.sdk import models

from lamplighter.domain.contract import Meaning
from lamplighter.domain.errors import Invalid
from lamplighter.domain.requirement import Operator, Requirement
from lamplighter.sdk.build import Build
from lamplighter.sdk.evaluation import measured
from lamplighter.sdk.release import checked

COLUMNS = {"carrier": ["UA", "UA", "AA", "AA"] * 10}
LABELS, SCORES = [1.0, 0.0, 1.0, 0.0] * 10, [0.9, 0.2, 0.4, 0.6] * 10


def figures(metric: str, meaning: Meaning, slice_: str = "") -> Mapping[str, Any]:
    asked = Requirement(metric=metric, operator=Operator.AT_LEAST, bound=0.5, slice=slice_)
    project = replace(specimens.project(), requirement=(asked,))
    found = measured(project, meaning, 0.5, COLUMNS, LABELS, SCORES, held_out=True).facts["figures"]
    return dict(found[slice_])


@pytest.mark.parametrize("metric", ["f1", "accuracy", "average_precision", "lift"])
def test_what_a_requirement_asks_for_is_measured_beside_the_usual(metric: str) -> None:
    assert {"auc", "brier", "log_loss", "precision", "recall", metric} == figures(metric, Meaning.PROBABILITY).keys()


def test_it_is_measured_on_its_slice() -> None:
    assert figures("accuracy", Meaning.PROBABILITY, "carrier=UA")["accuracy"]["value"] == 1.0
    assert figures("accuracy", Meaning.PROBABILITY, "carrier=AA")["accuracy"]["value"] == 0.0


def test_what_says_nothing_of_such_scores_is_not_measured() -> None:
    assert figures("bias", Meaning.NUMBER).keys() == {"rmse", "mae", "bias"}
    assert figures("f1", Meaning.NUMBER).keys() == {"rmse", "mae"}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"evaluation": models.rows(60)[0]}, "E1108"),
        ({"evaluation_labels": models.rows(60)[1]}, "E1108"),
        ({"evaluation": models.rows(60)[0][["delay"]], "evaluation_labels": models.rows(60)[1]}, "E1109"),
        ({"evaluation": models.rows(60)[0], "evaluation_labels": [[1]] * 60}, "E1164"),
        ({"evaluation": models.rows(60)[0], "evaluation_labels": models.rows(59)[1]}, "E1164"),
    ],
)
def test_evaluation_rows_that_cannot_be_measured_on_are_named(given: Mapping[str, Any], code: str) -> None:
    sample, late = models.rows(models.ROWS)
    with pytest.raises(Invalid) as refusal:
        checked(models.project("late"), Build(model=models.fitted(), sample=sample, labels=late, **given))
    assert refusal.value.code == code
