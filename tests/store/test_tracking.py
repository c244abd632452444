"""Experiments and runs are found by what they hold, in the same way on both databases."""

from collections.abc import Sequence

import pytest

from lamplighter.domain.tracking.experiment import DEFAULT, Experiment, Stage
from lamplighter.domain.tracking.query import Grammar, Of, parse_filter, parse_order
from lamplighter.domain.tracking.run import Metric, Run, RunStatus
from lamplighter.store.transaction import Store

GRAMMAR = Grammar(attributes={"run_name": False, "start_time": True, "status": False}, kinds=(Of.METRIC, Of.PARAM, Of.TAG))
NAN = float("nan")


def run(key: str, at: int) -> Run:
    return Run(
        id=key, experiment="1", name=f"Run {key}", user="dana@trains.example", status=RunStatus.RUNNING, stage=Stage.ACTIVE,
        started_at=at,
    )  # fmt: skip


@pytest.fixture
def filled(store: Store) -> Store:
    with store.transaction() as change:
        for place, key in enumerate("abcd"):
            change.runs.add(run(key, place))
        change.runs.set_params("a", {"depth": "3", "kind": "Tree"})
        change.runs.set_params("b", {"depth": "4", "kind": "tree_2"})
        change.runs.set_tags("a", {"team": "risk"})
        change.runs.set_tags("c", {"team": "100% sure"})
        change.runs.log("a", [Metric("auc", 0.9, 10, 1), Metric("auc", 0.7, 5, 2), Metric("auc", 0.8, 5, 2)])
        change.runs.log("b", [Metric("auc", 0.6, 0), Metric("loss", float("inf"), 0)])
        change.runs.log("c", [Metric("auc", NAN, 0), Metric("loss", float("-inf"), 0)])
    return store


def found(store: Store, conditions: str = "", orders: Sequence[str] = (), start: int = 0, limit: int = 10) -> str:
    with store.reading() as look:
        comparisons, sorting = parse_filter(conditions, GRAMMAR), parse_order(orders, GRAMMAR)
        runs = look.runs.search(["1"], [Stage.ACTIVE], comparisons, sorting, start, limit)
        return "".join(one.run.id for one in runs)


@pytest.mark.parametrize(
    ("conditions", "ids"),
    [
        ("", "dcba"),
        ("metrics.auc > 0.65", "a"),
        ("metrics.auc = 0.8", "a"),
        ("metrics.auc != 0.8", "b"),
        ("metrics.loss > 1", "b"),
        ("metrics.loss < 0", "c"),
        ("metrics.auc > 0.1 AND params.depth = '4'", "b"),
        ("params.depth != '3'", "b"),
        ("params.kind LIKE 'tree%'", "b"),
        ("params.kind ILIKE 'tree%'", "ba"),
        ("params.kind LIKE 'T_ee'", "a"),
        ("tags.team LIKE '100%'", "c"),
        ("tags.team LIKE '*'", ""),
        ("tags.team LIKE '[r]isk'", ""),
        ("tags.team LIKE 'risk\\'", ""),
        ("run_name LIKE 'Run %' AND start_time >= 2", "dc"),
        ("status = 'FAILED'", ""),
    ],
)
def test_conditions_hold(filled: Store, conditions: str, ids: str) -> None:
    # A backslash in quotation marks stands for what follows it, so it is doubled to be one.
    assert found(filled, conditions.replace("\\", "\\\\")) == ids


@pytest.mark.parametrize(
    ("orders", "ids"),
    [
        (["metrics.auc DESC"], "abdc"),
        (["metrics.auc"], "badc"),
        (["params.kind ASC"], "abdc"),
        (["tags.team DESC", "start_time ASC"], "acbd"),
        (["start_time"], "abcd"),
    ],
)
def test_what_lacks_a_value_comes_last_in_every_order(filled: Store, orders: list[str], ids: str) -> None:
    assert found(filled, orders=orders) == ids


def test_pages_follow_each_other(filled: Store) -> None:
    assert [found(filled, start=start, limit=3) for start in (0, 3, 6)] == ["dcb", "a", ""]


def test_a_run_comes_with_what_stands_beside_it(filled: Store) -> None:
    with filled.reading() as look:
        (one,) = look.runs.tracked([run("a", 0)])
        assert (one.params, one.tags) == ({"depth": "3", "kind": "Tree"}, {"team": "risk"})
        assert one.metrics == (Metric("auc", 0.8, 5, 2),)
        (other,) = look.runs.tracked([run("c", 0)])
        assert [str(metric.value) for metric in other.metrics] == ["nan", "-inf"]
        assert look.runs.tracked([]) == []


def test_the_history_is_whole_and_what_is_sent_again_is_kept_once(filled: Store) -> None:
    with filled.transaction() as change:
        change.runs.log("a", [Metric("auc", 0.8, 5, 2), Metric("auc", NAN, 7, 3), Metric("auc", NAN, 7, 3)])
    with filled.reading() as look:
        history = look.runs.history("a", "auc", 0, 10)
        assert [(str(one.value), one.at, one.step) for one in history] == [
            ("0.9", 10, 1), ("0.7", 5, 2), ("0.8", 5, 2), ("nan", 7, 3),
        ]  # fmt: skip
        assert look.runs.history("a", "auc", 1, 1) == history[1:2]
        assert [one.step for one in look.runs.between("a", "auc", 2, None, 10)] == [2, 2, 3]
        assert [one.step for one in look.runs.between("a", "auc", None, 2, 10)] == [1, 2, 2]
        assert [one.step for one in look.runs.between("a", "auc", None, None, 2)] == [1, 3]


def test_params_stay_and_tags_change(filled: Store) -> None:
    with filled.transaction() as change:
        change.runs.set_params("a", {"depth": "9", "rate": "1"})
        change.runs.set_tags("a", {"team": "it", "more": ""})
        assert change.runs.drop_tag("a", "more")
        assert not change.runs.drop_tag("a", "more")
    with filled.reading() as look:
        (one,) = look.runs.tracked([run("a", 0)])
        assert (one.params, one.tags) == ({"depth": "3", "kind": "Tree", "rate": "1"}, {"team": "it"})
        assert look.runs.params("a", ["depth", "nothing"]) == {"depth": "3"}


def test_runs_of_an_experiment_are_deleted_with_it(filled: Store) -> None:
    with filled.transaction() as change:
        change.runs.stage_all("1", Stage.DELETED)
    assert found(filled) == ""
    with filled.transaction() as change:
        change.runs.stage_all("1", Stage.ACTIVE)
    assert found(filled) == "dcba"


def test_one_experiment_is_always_there(store: Store) -> None:
    for now in (1, 2):
        with store.transaction() as change:
            change.experiments.begin(now)
            change.experiments.put(Experiment(id="2", name="Trees", stage=Stage.ACTIVE, created_at=5, updated_at=5))
    grammar = Grammar(attributes={"name": False})
    with store.reading() as look:
        assert look.experiments.find(id=DEFAULT) == Experiment("0", "Default", Stage.ACTIVE, 1, 1)
        for text, names in (("", ["Trees", "Default"]), ("name ILIKE 'tr%'", ["Trees"]), ("name LIKE 'tr%'", [])):
            searched = look.experiments.search([Stage.ACTIVE], parse_filter(text, grammar), (), 0, 5)
            assert [one.name for one in searched] == names
        assert look.experiments.search([Stage.DELETED], (), (), 0, 5) == []
        assert look.experiments.held("2") == look.experiments.find(id="2")
