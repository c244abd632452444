"""A served form that answers otherwise than the model is found out."""

import asyncio
from collections.abc import Sequence
from typing import Any

import lightgbm
import numpy as np
import pytest
from msgspec.structs import replace

from lamplighter.domain.contract import Contract
from lamplighter.packaging import contract as contracts
from lamplighter.packaging import frames, reference
from lamplighter.packaging.capture import capture
from lamplighter.packaging.compile.base import Compiled
from lamplighter.packaging.compile.model import compile_model
from lamplighter.packaging.parity import Parity, parity
from lamplighter.serving.compiled import native
from lamplighter.serving.compiled.model import BodyScorer, CompiledModel, ScoredBodies
from lamplighter.serving.compiled.plan import Plan, Trees
from lamplighter.serving.runtimes.base import MOST_AT_ONCE
from lamplighter.serving.runtimes.compiled import Compiled as Runtime
from lamplighter.serving.worker.scorers import Scorer

Case = tuple[Compiled, Scorer, Contract, Any]


@pytest.fixture(scope="module")
def case(flights: Any) -> Case:
    model = flights.fitted(lightgbm.LGBMClassifier(n_estimators=20, verbose=-1))
    captured = capture(model)
    columns = frames.columns(flights.table)
    contract = contracts.infer(columns, captured.output, ["delay"])
    form = compile_model(model, contract, columns)
    assert isinstance(form, Compiled)
    return form, captured.truth(contract), contract, columns


def judged(case: Case, plan: Plan, **options: Any) -> Parity:
    form, truth, contract, columns = case
    runtime = Runtime(CompiledModel(plan, form.trees))
    return asyncio.run(parity(truth, runtime, contract, columns, name="compiled", **options))


def test_the_right_plan_passes(case: Case) -> None:
    found = judged(case, case[0].plan)
    assert found.passed
    assert (found.rows, found.changed_decisions, found.refused_rows) == (10_000, 0, 0)
    assert found.single_rows >= 1_000
    assert found.largest_difference < 1e-12
    assert found.largest_spread == 0.0


@pytest.mark.skipif(not native.is_built(), reason="there is no C compiler on this machine")
def test_bodies_are_compared_too(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    form, truth, contract, columns = case
    model = CompiledModel(form.plan, form.trees, [column.name for column in contract.inputs])

    def found() -> Parity:
        runtime = Runtime(model, model.bodies(contract, MOST_AT_ONCE))
        return asyncio.run(parity(truth, runtime, contract, columns, name="compiled"))

    right = found()
    assert right.passed
    assert right.body_rows > 0.9 * right.rows
    assert right.largest_spread == 0.0
    scaled = BodyScorer.score

    def wrong(self: BodyScorer, name: bytes, bodies: Sequence[bytes]) -> ScoredBodies | None:
        done = scaled(self, name, bodies)
        return None if done is None else done._replace(scores=[score + 1e-5 for score in done.scores])

    monkeypatch.setattr(BodyScorer, "score", wrong)
    assert not found().passed


class Single:
    """A served form that takes its numbers in float32."""

    def __init__(self, inner: Runtime) -> None:
        self._inner = inner

    async def score(self, columns: Any, rows: int) -> list[float]:
        single = {name: [_single(value) for value in values] for name, values in columns.items()}
        return list(await self._inner.score(single, rows))

    async def close(self) -> None:
        await self._inner.close()


def _single(value: Any) -> Any:
    return float(np.float32(value)) if type(value) is float else value


def test_float32_is_found_out_at_the_edges_of_splits(case: Case) -> None:
    form, truth, contract, columns = case
    assert set(form.edges) >= {"delay", "distance", "wind"}
    exact = Runtime(CompiledModel(form.plan, form.trees))
    found, wrong = (
        asyncio.run(parity(truth, runtime, contract, columns, name="compiled", edges=form.edges))
        for runtime in (exact, Single(exact))
    )
    assert (found.passed, found.rows_by_kind) == (True, {"whole": 4_000, "mixed": 4_000, "extreme": 2_000, "edge": 2_000})
    assert found.largest_difference < 1e-12
    assert not wrong.passed
    assert asyncio.run(parity(truth, Single(exact), contract, columns, name="compiled")).passed
    assert wrong.largest_difference > 1e-3


def test_a_shifted_sum_is_refused(case: Case) -> None:
    plan = case[0].plan
    assert isinstance(plan.estimator, Trees)
    found = judged(case, replace(plan, estimator=Trees(base=plan.estimator.base + 1e-4)))
    assert not found.passed
    assert 1e-6 < found.largest_difference < 1e-4


def test_another_imputed_value_is_refused(case: Case) -> None:
    plan = case[0].plan
    wrong = [replace(number, null=(number.null or 0.0) + 1.0) if number.column == "wind" else number for number in plan.numbers]
    assert not judged(case, replace(plan, numbers=tuple(wrong))).passed


def test_another_answer_for_unseen_categories_is_refused(case: Case) -> None:
    plan = case[0].plan
    carriers = next(table for table in plan.tables if table.column == "carrier")
    wrong = replace(carriers, other=carriers.cells[carriers.keys.index("EV")])
    tables = [wrong if table is carriers else table for table in plan.tables]
    assert not judged(case, replace(plan, tables=tuple(tables))).passed


def test_a_changed_decision_is_refused_whatever_its_size(case: Case) -> None:
    plan, (_, truth, contract, columns) = case[0].plan, case
    part = reference.blocks(contract, columns, 10_000, 0)[0]
    threshold = truth(part, 4_000)[7]
    assert isinstance(plan.estimator, Trees)
    found = judged(case, replace(plan, estimator=Trees(base=plan.estimator.base - 1e-9)), threshold=threshold)
    assert found.largest_difference < 1e-8
    assert found.changed_decisions > 0
    assert not found.passed


def test_a_form_that_fails_is_refused(case: Case) -> None:
    plan = case[0].plan
    tables = tuple(replace(table, other=None) for table in plan.tables)
    found = judged(case, replace(plan, tables=tables))
    assert (found.passed, found.why) == (False, "The served form failed where the model answers (model-failed).")


def test_a_model_that_refuses_everything_proves_nothing(case: Case) -> None:
    def broken(columns: Any, rows: int) -> list[float]:
        raise ValueError

    form, _, contract, columns = case
    runtime = Runtime(CompiledModel(form.plan, form.trees))
    found = asyncio.run(parity(broken, runtime, contract, columns, name="compiled"))
    assert (found.passed, found.rows, found.refused_rows) == (False, 0, 10_000)


def test_reference_rows_hold_nulls_unseen_categories_and_extremes(case: Case) -> None:
    _, _, contract, columns = case
    whole, mixed, extreme = reference.blocks(contract, columns, 10_000, 0)
    assert [len(part["delay"]) for part in (whole, mixed, extreme)] == [4_000, 4_000, 2_000]

    def share(values: Sequence[Any], wanted: Any) -> float:
        return [*values].count(wanted) / len(values)

    assert share(mixed["delay"], None) > 0.08
    assert share(mixed["carrier"], reference.UNSEEN) > 0.03
    assert share(mixed["distance"], None) == 0.0
    high = contract.column("distance").high
    assert high is not None
    assert max(extreme["distance"]) > high
    assert all(type(value) is int for value in extreme["distance"])
    assert reference.blocks(contract, columns, 10_000, 0) == (whole, mixed, extreme)
