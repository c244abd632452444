"""What a version was evaluated on: equal sets have equal digests, and scores of equal sets lie row beside row."""

from typing import Any

import numpy as np
import pytest
from tests.sdk import models

from lamplighter.domain.evaluation import MOST_KEPT, Evaluation, evaluation_in
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.project import Project
from lamplighter.monitoring.evaluated import Evaluated, evaluated_from
from lamplighter.sdk import release
from lamplighter.sdk.evaluated import kept

TABLE: dict[str, list[Any]] = {"delay": [1, 2, 3, None], "track": ["a", "b", "a", "c"], "late": [True, False, True, False]}
LABELS, SCORES = [0.0, 1.0, 1.0, 0.0], [0.1, 0.8, 0.7, 0.2]
PLAIN = models.project("evaluated")


def told(
    project: Project = PLAIN, table: dict[str, list[Any]] = TABLE, labels: list[float] = LABELS, scores: list[float] = SCORES
) -> tuple[Evaluation, Evaluated]:
    found = kept(project, table, labels, scores, held_out=True)
    evidence = Evidence(version="0" * 64, kind=found.evidence.kind, facts=found.evidence.facts, author="", at=1)
    evaluation = evaluation_in(evidence)
    assert evaluation is not None
    return evaluation, evaluated_from(found.content)


def mixed(order: list[int]) -> dict[str, Any]:
    table = {name: [values[row] for row in order] for name, values in TABLE.items()}
    return {"table": table, "labels": [LABELS[row] for row in order], "scores": [SCORES[row] for row in order]}


def test_the_order_of_rows_and_columns_makes_no_other_set() -> None:
    first, rows = told()
    again, others = told(**mixed([3, 1, 0, 2]))
    assert (first.digest, first.rows, first.scores) == (again.digest, 4, again.scores)
    assert rows.scores.tolist() == others.scores.tolist()
    turned = dict(reversed(TABLE.items()))
    assert told(table=turned)[0] == first


def test_a_whole_number_is_the_same_however_it_is_written() -> None:
    assert told(table={**TABLE, "delay": [1.0, 2.0, 3.0, None]})[0] == told()[0]


@pytest.mark.parametrize(
    "change",
    [
        {"labels": [0.0, 1.0, 1.0, 1.0]},
        {"table": {**TABLE, "delay": [1, 2, 4, None]}},
        {"table": {**TABLE, "delay": [1, 2, 3, 0]}},
        {"table": {**TABLE, "late": [1, 0, 1, 0]}},
        {"table": {"delay": TABLE["delay"], "track": TABLE["track"]}},
        {"table": {"wait": TABLE["delay"], "track": TABLE["track"], "late": TABLE["late"]}},
        mixed([0, 1, 2]),
        mixed([0, 1, 2, 3, 3]),
    ],
)
def test_another_row_label_or_column_makes_another_set(change: dict[str, Any]) -> None:
    assert told(**change)[0].digest != told()[0].digest


def test_other_scores_are_of_the_same_set_and_lie_row_beside_row() -> None:
    first, rows = told()
    second, others = told(scores=[score / 2.0 for score in SCORES])
    assert (first.digest, first.scores) != (second.digest, second.scores)
    assert first.digest == second.digest
    assert (rows.scores / 2.0).tolist() == others.scores.tolist()
    assert rows.labels.tolist() == others.labels.tolist()


def test_slices_that_requirements_name_are_kept_and_nothing_else_of_a_row() -> None:
    asked = [{"metric": "auc", "operator": ">=", "bound": 0.6, "slice": f"track = '{name}'"} for name in ("a", "z")]
    _, rows = told(models.project("evaluated", requirement=asked))
    assert sorted(rows.slices) == ["track = 'a'", "track = 'z'"]
    assert sorted(rows.scores[rows.slices["track = 'a'"]].tolist()) == [0.1, 0.7]
    assert rows.slices["track = 'z'"].tolist() == []
    hidden = models.project("evaluated", requirement=asked, log={"redact": {"track": "drop"}})
    assert told(hidden)[1].slices == {}


def test_of_a_large_set_the_same_rows_are_kept_of_every_version() -> None:
    random = np.random.default_rng(1)
    many = MOST_KEPT + 200
    table, labels = {"delay": random.random(many).tolist()}, random.integers(0, 2, many).astype(float).tolist()
    first, rows = told(table=table, labels=labels, scores=table["delay"])
    second, others = told(table=table, labels=labels, scores=[1.0 - score for score in table["delay"]])
    assert (first.rows, first.kept, rows.n) == (many, MOST_KEPT, MOST_KEPT)
    assert first.digest == second.digest
    np.testing.assert_allclose(rows.scores, 1.0 - others.scores)


def test_a_build_brings_what_it_was_evaluated_on() -> None:
    ready = release.checked(PLAIN, models.build())
    evidence = {one.kind: one.facts for one in ready.evidence}
    found = evidence["evaluation"]
    assert (found["rows"], found["kept"], found["held_out"]) == (models.ROWS, models.ROWS, False)
    assert evaluated_from(ready.blobs[found["scores"]]).n == models.ROWS
    assert found["scores"] not in {artifact.digest for artifact in ready.manifest.artifacts}


def test_facts_of_another_shape_are_no_evaluation() -> None:
    for kind, facts in (("evaluation", {"digest": 7}), ("performance", {"rows": 4})):
        assert evaluation_in(Evidence(version="0" * 64, kind=kind, facts=facts, author="", at=1)) is None
    assert evaluation_in(None) is None
