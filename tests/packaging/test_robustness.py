"""What a version does with rows that are not as they were, held against the model itself."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pytest
from msgspec.structs import replace
from sklearn.linear_model import LinearRegression, LogisticRegression  # type: ignore[import-untyped]

from lamplighter.domain.contract import Contract
from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.expectation import Course, Expectation
from lamplighter.domain.robustness import Check, Measured, Robustness, Stressed, checks_of
from lamplighter.monitoring.turning import at_threshold
from lamplighter.packaging import contract as contracts
from lamplighter.packaging import expectations, frames
from lamplighter.packaging.capture import capture
from lamplighter.packaging.compile.base import Compiled
from lamplighter.packaging.compile.model import compile_model
from lamplighter.packaging.draft import draft
from lamplighter.packaging.robustness import Asked, asked, robustness
from lamplighter.serving.compiled.model import CompiledModel
from lamplighter.serving.runtimes.base import Failed, Runtime
from lamplighter.serving.runtimes.compiled import Compiled as Served

#: 1500 rows are thinned to every second one.
STEP = 2


def loaded(model: Any, table: Any) -> tuple[Runtime, Contract, Any]:
    captured, columns = capture(model), frames.columns(table)
    contract = contracts.infer(columns, captured.output)
    form = compile_model(model, contract, columns)
    assert isinstance(form, Compiled)
    names = [column.name for column in contract.inputs]
    return Served(CompiledModel(form.plan, form.trees, names)), contract, columns


def tried(runtime: Runtime, contract: Contract, columns: Any) -> Robustness:
    async def ask() -> Robustness:
        return await robustness(await asked(runtime, contract, 0.5, columns))

    return asyncio.run(ask())


@pytest.fixture(scope="module")
def logistic(flights: Any) -> Any:
    return flights.fitted(LogisticRegression(max_iter=300))


@pytest.fixture(scope="module")
def found(flights: Any, logistic: Any) -> Robustness:
    return tried(*loaded(logistic, flights.table))


def one(found: Robustness, check: Check, name: str = "") -> Stressed:
    return next(stressed for stressed in found.stressed if (stressed.check, stressed.input) == (check, name))


def by_hand(model: Any, table: Any, column: str, value: Any, before: Any = None) -> tuple[float, float, float]:
    """Share of decisions that turn, mean and largest shift when a column holds something else."""
    rows = table.iloc[::STEP]
    was = model.predict_proba(rows if before is None else rows.assign(**{column: before}))[:, 1]
    now = model.predict_proba(rows.assign(**{column: value}))[:, 1]
    moved = np.abs(now - was)
    return float(np.mean((was >= 0.5) != (now >= 0.5))), float(np.mean(moved)), float(np.max(moved))


def figures(stressed: Stressed) -> tuple[float, float, float]:
    assert stressed.flips is not None
    assert stressed.shift is not None
    assert stressed.flips.low <= stressed.flips.value <= stressed.flips.high
    assert stressed.shift.low <= stressed.shift.value <= stressed.shift.high
    return stressed.flips.value, stressed.shift.value, stressed.largest


def test_every_check_of_the_contract_is_made_on_rows_of_the_sample(flights: Any, found: Robustness) -> None:
    contract = contracts.infer(frames.columns(flights.table), capture(flights.fitted(LogisticRegression())).output)
    assert [(stressed.check, stressed.input) for stressed in found.stressed] == list(checks_of(contract))
    assert (found.rows, found.unit) == (750, 1.0)
    refused = {stressed.name for stressed in found.stressed if stressed.refused}
    assert refused == {f"{name} missing" for name in ("delay", "distance", "origin", "month", "weekend")}
    assert not any(stressed.failed for stressed in found.stressed)


def test_a_missing_input_moves_the_answers_as_it_does_in_the_model(flights: Any, logistic: Any, found: Robustness) -> None:
    wanted = by_hand(logistic, flights.table, "wind", np.nan)
    assert figures(one(found, Check.MISSING, "wind")) == pytest.approx(wanted, abs=1e-9)
    assert wanted[0] > 0.0


def test_the_decisions_that_turn_are_known_at_every_threshold(flights: Any, logistic: Any, found: Robustness) -> None:
    rows = flights.table.iloc[::STEP]
    was, now = (logistic.predict_proba(table)[:, 1] for table in (rows, rows.assign(wind=np.nan)))
    elsewhere = one(at_threshold(found, 0.3), Check.MISSING, "wind")
    turned = [float(np.mean((was >= t) != (now >= t))) for t in np.linspace(0.2801, 0.3, 200)]
    assert figures(elsewhere)[0] >= max(turned) > 0.0
    assert figures(elsewhere)[0] <= max(turned) + 0.005
    assert one(at_threshold(found, 0.3), Check.ORDER).flips is None


def test_an_unseen_category_too(flights: Any, logistic: Any, found: Robustness) -> None:
    wanted = by_hand(logistic, flights.table, "carrier", "nobody")
    assert figures(one(found, Check.CATEGORY, "carrier")) == pytest.approx(wanted, abs=1e-9)


def test_what_lies_beyond_the_range_is_held_against_its_edge(flights: Any, logistic: Any, found: Robustness) -> None:
    low, high = flights.table.wind.min(), flights.table.wind.max()
    count = len(flights.table.iloc[::STEP])
    edges = np.resize([low, high], count)
    beyond = np.resize([low - (high - low), high + (high - low)], count)
    wanted = by_hand(logistic, flights.table, "wind", beyond, edges)
    assert figures(one(found, Check.RANGE, "wind")) == pytest.approx(wanted, abs=1e-9)
    assert wanted[1] > 0.0


def test_the_order_of_rows_changes_nothing(found: Robustness) -> None:
    assert figures(one(found, Check.ORDER)) == (0.0, 0.0, 0.0)


class Relative:
    """A model that forgot that it is asked one row at a time: it answers by the place of a row among its neighbours."""

    async def score(self, columns: Mapping[str, Sequence[Any]], rows: int) -> list[float]:
        places = np.argsort(np.argsort(columns["delay"]))
        return [(place + 0.5) / rows for place in places.tolist()]

    async def close(self) -> None:
        return None


def test_answers_that_depend_on_the_batch_are_found_out(flights: Any, logistic: Any) -> None:
    _, contract, columns = loaded(logistic, flights.table)
    flips, shift, largest = figures(one(tried(Relative(), contract, columns), Check.ORDER))
    assert flips > 0.0
    assert 0.0 < shift < largest


class Fragile(Relative):
    """It fails on a wind that nobody has seen."""

    async def score(self, columns: Mapping[str, Sequence[Any]], rows: int) -> list[float]:
        if any(wind is not None and wind < 0.0 for wind in columns["wind"]):
            raise Failed("model-failed", "It raises ValueError.")
        return [0.5] * rows


def test_a_model_that_fails_is_named_with_the_input(flights: Any, logistic: Any) -> None:
    _, contract, columns = loaded(logistic, flights.table)
    failed = [stressed for stressed in tried(Fragile(), contract, columns).stressed if stressed.failed]
    assert failed == [Stressed(check=Check.RANGE, input="wind", failed="It raises ValueError.")]


def test_a_model_of_numbers_is_measured_in_deviations_of_its_answers(flights: Any) -> None:
    model = flights.fitted(LinearRegression())
    stressed = one(tried(*loaded(model, flights.table)), Check.MISSING, "wind")
    rows = flights.table.iloc[::STEP]
    was, now = model.predict(rows), model.predict(rows.assign(wind=np.nan))
    assert stressed.flips is None
    assert stressed.shift is not None
    assert stressed.shift.value == pytest.approx(np.mean(np.abs(now - was)) / np.std(was))


def broken(model: Any, table: Any, expectation: Expectation, threshold: float = 0.5) -> Measured:
    runtime, contract, columns = loaded(model, table)

    async def ask() -> Any:
        held: Asked = await asked(runtime, contract, 0.5, columns)
        shown = await expectations.followed(held, columns[expectation.input], expectation)
        whole = Robustness(rows=held.count, unit=held.unit, stressed=(), expectations=(shown,))
        return (whole if threshold == 0.5 else at_threshold(whole, threshold)).expectations[0].broken

    found = asyncio.run(ask())
    assert isinstance(found, Measured)
    return found


def test_a_constraint_of_the_training_is_an_expectation_that_holds(flights: Any) -> None:
    table = flights.table[["delay", "distance", "wind"]]
    free: Any = lightgbm.LGBMClassifier(n_estimators=40, verbose=-1).fit(table, flights.late)
    held = lightgbm.LGBMClassifier(n_estimators=40, verbose=-1, monotone_constraints=[1, 0, 0]).fit(table, flights.late)
    rising = Expectation(input="delay", expect=Course.NEVER_FALLS)
    assert broken(held, table, rising).value == 0.0
    assert broken(held, table, replace(rising, expect=Course.NEVER_RISES)).value == 1.0
    known = np.sort(table.delay.unique())
    values = known[np.linspace(0, len(known) - 1, expectations.VALUES).round().astype(int)]
    scores = np.array([free.predict_proba(table.iloc[::STEP].assign(delay=value))[:, 1] for value in values])
    by_hand = float(np.mean((np.diff(scores, axis=0) < -1e-6).any(0)))
    assert broken(free, table, rising).value == pytest.approx(by_hand)
    assert by_hand > 0.0


def test_an_input_that_may_change_no_decision(flights: Any, logistic: Any) -> None:
    rows = flights.table.iloc[::STEP]
    values = [*flights.table.origin.unique(), None]
    scores = np.array([logistic.predict_proba(rows.assign(origin=value if value else rows.origin))[:, 1] for value in values])
    wanted, elsewhere = (float(np.mean((scores >= t).any(0) & ~(scores >= t).all(0))) for t in (0.5, 0.3))
    origin = Expectation(input="origin", expect=Course.UNCHANGED)
    assert broken(logistic, flights.table, origin).value == pytest.approx(wanted)
    assert wanted > 0.0
    assert broken(logistic, flights.table, origin, threshold=0.3).value >= elsewhere > 0.0


@pytest.mark.parametrize(
    ("name", "course", "refusal"),
    [("origin", Course.NEVER_FALLS, Invalid), ("windd", Course.UNCHANGED, NotFound), ("delay", Course.NEVER_RISES, None)],
)
def test_an_expectation_that_says_nothing_of_the_model_is_refused(
    flights: Any, logistic: Any, name: str, course: Course, refusal: Any
) -> None:
    _, contract, _ = loaded(logistic, flights.table)
    asked_for = [Expectation(input=name, expect=course)]
    if refusal is None:
        expectations.check(contract, asked_for)
        return
    with pytest.raises(refusal) as caught:
        expectations.check(contract, asked_for)
    assert caught.value.fix in ('Write expect = "unchanged", or name an input of numbers.', "Did you mean wind?")


ROOT = """
import numpy as np
from lamplighter.packaging.predictor import predictor

@predictor(classes=("short", "long"))
def long(table):
    if (table["distance"] < 0).any():
        raise ValueError("a distance below nothing")
    return np.sqrt(table["distance"]) / 100
"""


def test_a_version_comes_with_what_its_own_process_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parity leaves out what the model itself refuses; a caller gets no answer there."""
    (tmp_path / "root_predictor.py").write_text(ROOT)
    monkeypatch.syspath_prepend(tmp_path)
    from root_predictor import long  # type: ignore[import-not-found]

    made = draft(
        long, "long", {"distance": [float(value) for value in range(1, 5000, 10)]}, trust=True,
        expectations=[Expectation(input="distance", expect=Course.NEVER_FALLS)],
    )  # fmt: skip
    facts = {fact.kind: fact.facts for fact in made.evidence}["robustness"]
    assert facts["rows"] == 500
    assert {one["input"]: one["failed"] for one in facts["stressed"] if one["failed"]} == {
        "distance": "The model raised ValueError."
    }
    assert [(one["input"], one["expect"], one["broken"]["value"]) for one in facts["expectations"]] == [
        ("distance", "never-falls", 0.0)
    ]
