"""What is asked of a model has to be something that its answers can be measured by."""

from typing import Any

import pytest
from sklearn.linear_model import LinearRegression  # type: ignore[import-untyped]
from tests.lifecycle.lives import Life
from tests.sdk import models

from lamplighter.domain.contract import Meaning
from lamplighter.domain.errors import Invalid
from lamplighter.domain.events.run import RetrainingMoved
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.project import Project
from lamplighter.domain.version import Version
from lamplighter.lifecycle import measurable
from lamplighter.lifecycle.reactions import react
from lamplighter.sdk.build import Build
from lamplighter.sdk.release import Checked, checked, registered

NUMBERS = "Name one of bias, mae, quantile_loss, rmse."


def project(metric: str = "", **more: Any) -> Project:
    asked = {"requirement": [{"metric": metric, "operator": "<=", "bound": 9.0}]} if metric else {}
    return models.project("minutes", **asked, **more)


def ready(found: Project, *, intercept: bool = True) -> Checked:
    sample, _ = models.rows(models.ROWS)
    delay = sample["delay"] * 2.0 + sample["load"]
    return checked(found, Build(LinearRegression(fit_intercept=intercept).fit(sample, delay), sample=sample, labels=delay))


def register(life: Life, found: Project, **more: Any) -> Version:
    life["dana"].save_project(found.name, found)
    return registered(life["dana"], ready(found, **more))


def refused(error: Invalid, field: str) -> bool:
    return (error.code, error.why.split(":")[0], error.fix) == ("E1175", field, NUMBERS)


@pytest.mark.parametrize("metric", ["f1", "auc", "brier", "calibration_error"])
def test_a_figure_of_classes_is_refused_of_a_model_that_answers_with_numbers(life: Life, metric: str) -> None:
    with pytest.raises(Invalid) as built:
        ready(project(metric))
    assert refused(built.value, "requirement")
    # By another way than the build.
    life["dana"].save_project("minutes", project(metric))
    with pytest.raises(Invalid) as brought:
        registered(life["dana"], ready(project()))
    assert refused(brought.value, "requirement")
    assert life["dana"].versions("minutes") == []


def test_it_is_refused_as_soon_as_the_kind_of_answer_is_known(life: Life) -> None:
    register(life, project("mae"))
    success = {"metric": "auc", "operator": ">=", "bound": 0.6}
    with pytest.raises(Invalid) as saved:
        life["dana"].save_project("minutes", project(problem={"success": success}))
    assert refused(saved.value, "problem.success")
    assert life["dana"].project("minutes") == project("mae")


@pytest.mark.parametrize("metric", ["f1", "auc", "brier", "mae", "rmse", "bias"])
def test_a_probability_is_measured_by_every_figure(metric: str) -> None:
    measurable.check(project(metric), Meaning.PROBABILITY)


def test_trials_of_numbers_are_decided_by_a_figure_of_numbers(life: Life) -> None:
    first, second = register(life, project()), register(life, project(), intercept=False)
    life.appoint(first, "dev")
    with pytest.raises(Invalid) as refusal:
        life["milo"].challenge(second.name, "dev", metric="brier")
    assert refused(refusal.value, "metric")
    with life.kit.store.transaction() as change:
        event = RetrainingMoved(model="minutes", retraining="T-1", state="finished", number=2)
        entry = change.journal.append(event, PLATFORM, life.clock.now())
    react(life.kit, entry)
    assert [trial.metric for trial in life["rita"].challenges("minutes")] == ["mae"]
