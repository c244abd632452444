"""Every format: bytes, a worker that opens them, and the scores of the model itself."""

import asyncio
import os
import pickle
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joblib  # type: ignore[import-untyped]
import lightgbm
import numpy as np
import onnx
import pandas as pd
import pytest
import xgboost
from onnx import TensorProto, helper
from sklearn.compose import make_column_transformer  # type: ignore[import-untyped]
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier  # type: ignore[import-untyped]
from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped]
from sklearn.preprocessing import FunctionTransformer, OrdinalEncoder  # type: ignore[import-untyped]

from lamplighter.domain.contract import Meaning
from lamplighter.domain.errors import Invalid
from lamplighter.domain.version import Badge
from lamplighter.packaging import contract as contracts
from lamplighter.packaging import frames
from lamplighter.packaging.capture import arranged, capture
from lamplighter.packaging.sources.base import Request
from lamplighter.serving.worker.process import Worker, order_to_load
from lamplighter.serving.worker.wire import Scores

NUMBERS = ["delay", "distance", "wind"]
PLAIN = Request()
#: Relative difference of two processes that give the same: linear algebra adds up in the order in which its memory lies.
SAME = 1e-12


class Outsider:
    """A model that no library knows."""

    def predict(self, table: pd.DataFrame) -> Any:
        return table["delay"].to_numpy() * 2


def linear_graph(inputs: int) -> bytes:
    """A graph that adds up its inputs."""
    nodes = [helper.make_node("MatMul", ["x", "w"], ["y"])]
    weights = helper.make_tensor("w", TensorProto.FLOAT, [inputs, 1], [1.0] * inputs)
    graph = helper.make_graph(
        nodes,
        "sum",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, inputs])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 1])],
        [weights],
    )
    content: bytes = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()
    return content


def column_graph() -> bytes:
    """A graph with one input for each column: the length of the text does not matter, the numbers are added."""
    nodes = [
        helper.make_node("Cast", ["whole"], ["cast"], to=TensorProto.FLOAT),
        helper.make_node("Add", ["cast", "number"], ["sum"]),
        helper.make_node("Identity", ["text"], ["same"]),
    ]
    inputs = [("whole", TensorProto.INT64), ("number", TensorProto.FLOAT), ("text", TensorProto.STRING)]
    outputs = [("sum", TensorProto.FLOAT), ("same", TensorProto.STRING)]
    graph = helper.make_graph(
        nodes,
        "columns",
        [helper.make_tensor_value_info(name, kind, [None, 1]) for name, kind in inputs],
        [helper.make_tensor_value_info(name, kind, [None, 1]) for name, kind in outputs],
    )
    content: bytes = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()
    return content


def through_a_worker(model: Any, table: Any, request: Request = PLAIN) -> tuple[Any, list[float], list[float]]:
    """What was captured, the truth, and what a worker that opened the bytes answers."""
    captured = capture(model, request)
    columns = arranged(captured, frames.columns(table))
    contract = contracts.infer(columns, captured.output)
    rows = len(next(iter(columns.values())))
    source = captured.source
    order = order_to_load(source.format, source.content, contract, is_code=source.badge is Badge.CODE, warm_up={})

    async def ask() -> list[float]:
        worker = await Worker.start(order)
        try:
            answer = await worker.score(columns, rows)
        finally:
            await worker.end()
        assert isinstance(answer, Scores), answer
        return answer.values

    return captured, captured.truth(contract)(columns, rows), asyncio.run(ask())


CASES: list[tuple[str, Badge, Callable[[Any], Any], Callable[[Any], Any]]] = [
    ("skops", Badge.AUDITED, lambda f: f.fitted(lightgbm.LGBMClassifier(n_estimators=5, verbose=-1)), lambda f: f.table),
    ("skops", Badge.AUDITED, lambda f: f.fitted(xgboost.XGBRegressor(n_estimators=5)), lambda f: f.table),
    (
        "lightgbm",
        Badge.DATA,
        lambda f: lightgbm.LGBMClassifier(n_estimators=5, verbose=-1).fit(f.table[NUMBERS], f.late),
        lambda f: f.table[NUMBERS],
    ),
    (
        "lightgbm",
        Badge.DATA,
        lambda f: lightgbm.LGBMRegressor(n_estimators=5, verbose=-1).fit(
            f.table[["delay", "carrier"]].astype({"carrier": "category"}), f.minutes
        ),
        lambda f: f.table[["delay", "carrier"]].astype({"carrier": "category"}),
    ),
    (
        "xgboost",
        Badge.DATA,
        lambda f: xgboost.XGBClassifier(n_estimators=5).fit(f.table[NUMBERS], f.late),
        lambda f: f.table[NUMBERS],
    ),
    ("onnx", Badge.DATA, lambda f: linear_graph(2), lambda f: f.table[["delay", "distance"]]),
    (
        "onnx",
        Badge.DATA,
        lambda f: onnx.load_from_string(column_graph()),
        lambda f: f.table.rename(columns={"distance": "whole", "delay": "number", "origin": "text"})[
            ["whole", "number", "text"]
        ],
    ),
]


@pytest.mark.parametrize(("form", "badge", "build", "table"), CASES)
def test_a_worker_answers_as_the_model(
    flights: Any, form: str, badge: Badge, build: Callable[[Any], Any], table: Callable[[Any], Any]
) -> None:
    captured, truth, served = through_a_worker(build(flights), table(flights))
    assert (captured.source.format, captured.source.badge) == (form, badge)
    assert served == truth


@pytest.mark.parametrize("build", [case[2] for case in CASES])
def test_a_model_trained_again_to_the_same_numbers_has_the_same_bytes(flights: Any, build: Callable[[Any], Any]) -> None:
    first, again = build(flights), build(flights)
    assert capture(first, PLAIN).source == capture(again, PLAIN).source


def test_a_trusted_object_is_code(flights: Any) -> None:
    model = make_pipeline(FunctionTransformer(np.cbrt), LinearRegression()).fit(flights.table[["delay"]], flights.minutes)
    model.steps[0][1].func = lambda table: table * 3
    captured, truth, served = through_a_worker(model, flights.table[["delay"]], Request(trust=True))
    assert (captured.source.format, captured.source.badge) == ("cloudpickle", Badge.CODE)
    assert served == truth


def test_a_model_that_reads_timestamps(flights: Any) -> None:
    start = pd.Timestamp("2026-03-01T00:00:00Z")
    times = [(start + pd.Timedelta(minutes=37 * place)).isoformat() for place in range(len(flights.table))]
    table = flights.table[["delay"]].assign(at=times)
    hours = FunctionTransformer(lambda table: table.assign(at=pd.to_datetime(table["at"]).dt.hour))
    model = make_pipeline(hours, LinearRegression()).fit(table, flights.minutes)
    captured, truth, served = through_a_worker(model, table, Request(trust=True))
    assert captured.source.format == "cloudpickle"
    assert served == pytest.approx(truth, rel=SAME)


@pytest.mark.parametrize("name", ["model.pkl", "model.joblib"])
def test_a_pickle_is_opened_in_a_closed_process_alone(flights: Any, tmp_path: Path, name: str) -> None:
    file, columns = tmp_path / name, flights.table[["delay", "distance"]]
    model = make_pipeline(FunctionTransformer(np.cbrt), LogisticRegression()).fit(columns, flights.late)
    joblib.dump(model, file) if name.endswith("joblib") else file.write_bytes(pickle.dumps(model))
    with pytest.raises(Invalid) as caught:
        capture(file)
    assert caught.value.code == "E1155"
    captured, truth, served = through_a_worker(file, columns, Request(classes=("on time", "late"), trust=True))
    assert captured.source.badge is Badge.CODE
    assert {"sklearn", "numpy", "pandas"} <= captured.roots
    assert served == pytest.approx(truth, rel=SAME)
    assert served == pytest.approx(model.predict_proba(columns)[:, 1].tolist(), rel=SAME)
    mark = tmp_path / "opened"
    file.write_bytes(pickle.dumps(Opener(str(mark))))
    with pytest.raises(Invalid, match="does not open in a closed process"):
        through_a_worker(file, columns, Request(trust=True))
    assert not mark.exists()


class Opener:
    """A file that writes another one when it is opened."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (self.path,)


def test_a_compressed_pickle_is_refused(tmp_path: Path) -> None:
    joblib.dump({"a": 1}, tmp_path / "model.joblib", compress=3)
    with pytest.raises(Invalid, match="cannot be a version"):
        capture(tmp_path / "model.joblib", Request(trust=True))


PREDICTOR = """
import numpy as np
from lamplighter.packaging.predictor import predictor

@predictor(classes=["on time", "late"])
def predict(table):
    return 1 / (1 + np.exp(-table["delay"].to_numpy() / 10))
"""


def test_a_predictor_function(flights: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "late_predictor.py").write_text(PREDICTOR)
    monkeypatch.syspath_prepend(tmp_path)
    from late_predictor import predict  # type: ignore[import-not-found]

    captured, truth, served = through_a_worker(predict, flights.table[["delay"]])
    assert (captured.source.format, captured.source.badge) == ("python-source", Badge.CODE)
    assert captured.output.classes == ("on time", "late")
    assert captured.roots == {"numpy", "lamplighter", "pandas"}
    assert served == truth


def test_classes_and_meaning_of_boosters(flights: Any) -> None:
    table = flights.table[NUMBERS]
    booster = lightgbm.LGBMClassifier(n_estimators=2, verbose=-1).fit(table, flights.late).booster_
    assert capture(booster).output.meaning is Meaning.PROBABILITY
    assert capture(booster, Request(classes=("no", "yes"))).output.classes == ("no", "yes")
    regressor = xgboost.XGBRegressor(n_estimators=2).fit(table, flights.minutes)
    assert capture(regressor.get_booster()).output.meaning is Meaning.NUMBER


def refused(model: Any, code: str, request: Request = PLAIN) -> Invalid:
    with pytest.raises(Invalid) as caught:
        capture(model, request)
    assert caught.value.code == code
    return caught.value


def unsafe(model: Any) -> Invalid:
    captured = capture(model)
    assert captured.source.badge is Badge.CODE
    assert captured.unsafe is not None
    assert capture(model, Request(trust=True)).unsafe is None
    return captured.unsafe


def test_a_system_call_in_a_pipeline_is_named_and_needs_trust(flights: Any) -> None:
    found = unsafe(make_pipeline(FunctionTransformer(os.system), LogisticRegression()))
    assert (found.code, "posix.system" in found.why) == ("E1155", True)


def test_an_object_that_no_safe_format_takes_needs_trust() -> None:
    found = unsafe(Outsider())
    assert (found.code, "no scikit-learn estimator" in found.why) == ("E1155", True)


def test_an_object_that_cannot_be_pickled_is_refused() -> None:
    outsider = Outsider()
    outsider.lock = threading.Lock()  # type: ignore[attr-defined]
    refused(outsider, "E1155")


@pytest.mark.parametrize(
    "build",
    [
        lambda f: LogisticRegression(max_iter=500).fit(f.table[["delay"]], f.table["origin"]),
        lambda f: lightgbm.LGBMClassifier(n_estimators=2, verbose=-1).fit(f.table[["delay"]], f.table["origin"]),
        lambda f: xgboost.XGBClassifier(n_estimators=2).fit(f.table[["delay"]], f.table["month"] % 3),
    ],
)
def test_more_than_two_classes_are_refused(flights: Any, build: Callable[[Any], Any]) -> None:
    assert "3 classes" in refused(build(flights), "E1153").what


def test_a_classifier_without_probabilities_is_refused(flights: Any) -> None:
    refused(RidgeClassifier().fit(flights.table[["delay"]], flights.late), "E1154")


def test_what_is_no_model_is_refused() -> None:
    refused(42, "E1154")
    refused(b"these bytes are no graph", "E1154")


def test_a_sample_that_lacks_a_column_is_refused(flights: Any) -> None:
    captured = capture(LinearRegression().fit(flights.table[["delay", "distance"]], flights.minutes))
    with pytest.raises(Invalid, match="does not fit"):
        arranged(captured, {"delay": [1.0]})
    assert list(arranged(captured, {"distance": [1], "extra": [2], "delay": [1.0]})) == ["delay", "distance"]


def test_columns_of_text_need_an_encoder_in_front_of_xgboost(flights: Any) -> None:
    table = flights.table[["carrier"]].astype({"carrier": "category"})
    refused(xgboost.XGBClassifier(n_estimators=2, enable_categorical=True).fit(table, flights.late), "E1154")
    columns = make_column_transformer((OrdinalEncoder(), ["carrier"]))
    fitted = make_pipeline(columns, xgboost.XGBClassifier(n_estimators=2)).fit(flights.table[["carrier"]], flights.late)
    assert capture(fitted).source.format == "skops"
