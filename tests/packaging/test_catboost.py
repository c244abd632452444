"""CatBoost compiled exactly from its own export, or refused with the step and served from its own format."""

import asyncio
from typing import Any

import catboost  # type: ignore[import-untyped]
import numpy as np
import pytest

from lamplighter.packaging import contract as contracts
from lamplighter.packaging import frames
from lamplighter.packaging.capture import arranged, capture
from lamplighter.packaging.compile.base import Compiled, NotCompiled
from lamplighter.packaging.compile.model import compile_model
from lamplighter.packaging.draft import draft
from lamplighter.serving.compiled.model import CompiledModel
from lamplighter.serving.compiled.plan import read, write
from lamplighter.serving.worker.process import Worker, order_to_load
from lamplighter.serving.worker.wire import Scores

NUMBERS = ["delay", "distance", "wind"]
TEXTS = ["carrier", "origin", "month"]
EXACT = 1e-12


def fitted(kind: Any, flights: Any, **options: Any) -> tuple[Any, Any]:
    table = flights.table[[*NUMBERS, *TEXTS]].assign(carrier=flights.table.carrier.fillna("none"))
    target = flights.late if kind is catboost.CatBoostClassifier else np.maximum(flights.minutes, 0.0)
    given = {"iterations": 25, "depth": 4, "one_hot_max_size": 20, "verbose": 0, "thread_count": 1, **options}
    model = kind(allow_writing_files=False, random_seed=1, **given).fit(table, target, cat_features=TEXTS)
    return model, table


def prepared(model: Any, table: Any) -> tuple[Any, Any, Any]:
    captured = capture(model)
    columns = arranged(captured, frames.columns(table))
    contract = contracts.infer(columns, captured.output, [])
    return captured.truth(contract), contract, columns


def check(model: Any, table: Any) -> None:
    """Also just around every border, in float64, where a float32 value has another side than its float64 one."""
    truth, contract, columns = prepared(model, table)
    form = compile_model(model, contract, columns)
    assert isinstance(form, Compiled), form
    served = CompiledModel(read(write(form.plan)), form.trees, [column.name for column in contract.inputs])
    columns = {**columns, "delay": near_borders(model, "delay", columns["delay"])}
    rows = len(table)
    wanted, got = np.array(truth(columns, rows)), np.array(served.score(columns, rows))
    assert np.max(np.abs(wanted - got) / np.maximum(1.0, np.abs(wanted))) <= EXACT
    assert [served.score({name: [values[row]] for name, values in columns.items()}, 1)[0] for row in range(20)] == got[
        :20
    ].tolist()


def near_borders(model: Any, name: str, values: Any) -> list[float]:
    borders = np.array(model.get_borders()[list(model.feature_names_).index(name)], dtype=np.float32)
    assert borders.size
    halves = (borders.astype(np.float64) + np.nextafter(borders, np.float32(np.inf)).astype(np.float64)) / 2
    exact = np.concatenate([borders.astype(np.float64), halves])
    near = [*exact, *np.nextafter(exact, np.inf), *np.nextafter(exact, -np.inf)]
    return [float(near[row]) if row < len(near) else value for row, value in enumerate(values)]


@pytest.mark.parametrize("mode", ["Min", "Max"])
@pytest.mark.parametrize("policy", ["SymmetricTree", "Lossguide", "Depthwise"])
def test_a_classifier_answers_exactly_as_compiled(flights: Any, policy: str, mode: str) -> None:
    check(*fitted(catboost.CatBoostClassifier, flights, grow_policy=policy, nan_mode=mode))


@pytest.mark.parametrize("loss", ["RMSE", "MAE", "Quantile:alpha=0.7", "Poisson", "Tweedie:variance_power=1.5"])
def test_a_regressor_answers_exactly_as_compiled(flights: Any, loss: str) -> None:
    check(*fitted(catboost.CatBoostRegressor, flights, loss_function=loss))


def test_statistics_of_categories_are_refused_with_the_step_and_served_from_the_native_format(flights: Any) -> None:
    model, table = fitted(catboost.CatBoostClassifier, flights, one_hot_max_size=2)
    truth, contract, columns = prepared(model, table)
    assert compile_model(model, contract, columns) == NotCompiled(
        step="CatBoostClassifier", why="it computes statistics of categories, texts or vectors"
    )
    source, rows = capture(model).source, len(table)
    order = order_to_load(source.format, source.content, contract, is_code=False, warm_up={})

    async def ask() -> Any:
        worker = await Worker.start(order)
        try:
            return await worker.score(columns, rows)
        finally:
            await worker.end()

    answer = asyncio.run(ask())
    assert isinstance(answer, Scores), answer
    assert answer.values == pytest.approx(truth(columns, rows), abs=1e-12)


def test_a_category_that_the_sample_does_not_hold_is_no_guess(flights: Any) -> None:
    model, table = fitted(catboost.CatBoostClassifier, flights)
    _, contract, columns = prepared(model, table[table.carrier != "EV"])
    assert compile_model(model, contract, columns) == NotCompiled(
        step="CatBoost", why="it splits on a category that the sample does not hold"
    )


def test_a_draft_is_compiled_and_keeps_its_source(flights: Any) -> None:
    model, table = fitted(catboost.CatBoostClassifier, flights)
    drafted = draft(model, "late", table, labels=flights.late)
    assert drafted.manifest.runtime == "compiled"
    assert [(part.role, part.format, part.badge.value) for part in drafted.manifest.artifacts[:3]] == [
        ("plan", "json", "data"),
        ("model", "onnx", "data"),
        ("source", "catboost", "data"),
    ]
