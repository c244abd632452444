"""The compiled runtime loads data only, and refuses every file that is not one plain ensemble."""

import asyncio
import math
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from onnx import TensorProto, helper, numpy_helper

from lamplighter.domain.version import Badge
from lamplighter.packaging.compile import ensemble
from lamplighter.packaging.compile.forest import Forest, Tree
from lamplighter.serving.compiled.admission import check
from lamplighter.serving.compiled.plan import Linear, Link, Number, Plan, Stage, Table, Trees, write
from lamplighter.serving.runtimes.base import Failed, Unloadable
from lamplighter.serving.runtimes.compiled import MANY_ROWS, load

STUMP = Tree(
    feature=np.array([0, 0, 0]),
    threshold=np.array([1.5, 0.0, 0.0]),
    left=np.array([1, -1, -1]),
    right=np.array([2, -1, -1]),
    missing_left=np.array([True, False, False]),
    value=np.array([0.0, 10.0, 20.0]),
)
TREES = ensemble.write(Forest([STUMP, STUMP]), 1)
PLAN = Plan(template=(0.0,), numbers=(Number(column="x", position=0),), tables=(), estimator=Trees(base=1.0, divisor=2.0))
LINEAR = replace(PLAN, estimator=Linear(bias=1.0, weights=(2.0,)))


def parts(plan: Plan, trees: bytes = b"") -> Any:
    found = {"plan": ("json", Badge.DATA, write(plan))}
    return {**found, "model": ("onnx", Badge.DATA, trees)} if trees else found


def scores(root: Path, manifest: Any, values: list[Any]) -> list[float]:
    async def work() -> list[float]:
        runtime = await load(manifest, root)
        answers = await runtime.score({"x": values}, len(values))
        assert runtime.score_now({"x": values}, len(values)) == answers
        await runtime.close()
        return answers

    return asyncio.run(work())


def test_trees(tmp_path: Path, store: Any) -> None:
    manifest = store(parts(PLAN, TREES), "compiled")
    assert scores(tmp_path, manifest, [1.0, 1.5, math.nextafter(1.5, 2), None]) == [11.0, 11.0, 21.0, 11.0]
    assert scores(tmp_path, manifest, [2.0]) == [21.0]
    assert scores(tmp_path, manifest, []) == []


def test_a_linear_form(tmp_path: Path, store: Any) -> None:
    plan = replace(LINEAR, numbers=(Number(column="x", position=0, null=5.0, stages=(Stage(shift=1.0, divisor=4.0),)),))
    manifest = store(parts(plan), "compiled")
    assert scores(tmp_path, manifest, [3.0, None]) == [2.0, 11.0]
    many = [float(value) for value in range(MANY_ROWS)]
    assert scores(tmp_path, manifest, many) == [1.0 + 2.0 * ((value - 1.0) / 4.0) for value in many]


def test_links(tmp_path: Path, store: Any) -> None:
    answers = {link: scores(tmp_path, store(parts(replace(LINEAR, link=link)), "compiled"), [0.0, -1.0]) for link in Link}
    assert answers[Link.IDENTITY] == [1.0, -1.0]
    assert answers[Link.SIGMOID] == pytest.approx([1 / (1 + math.exp(-1)), 1 / (1 + math.exp(1))], abs=1e-16)
    assert answers[Link.EXPONENTIAL] == [math.exp(1), math.exp(-1)]


def test_an_infinite_answer_and_a_refused_category_fail(tmp_path: Path, store: Any) -> None:
    with pytest.raises(Failed) as caught:
        scores(tmp_path, store(parts(replace(LINEAR, link=Link.EXPONENTIAL)), "compiled"), [1e6])
    assert caught.value.code == "model-output-invalid"
    table = Table(column="x", keys=(1,), cells=(((0, 1.0),),), null=None, other=None)
    strict = store(parts(replace(LINEAR, numbers=(), tables=(table,))), "compiled")
    assert scores(tmp_path, strict, [1]) == [3.0]
    for value in (2, None):
        with pytest.raises(Failed) as caught:
            scores(tmp_path, strict, [value])
        assert caught.value.code == "model-failed"
        with pytest.raises(Failed):
            scores(tmp_path, strict, [1, value])


@pytest.mark.parametrize(
    "plan",
    [
        replace(PLAN, edition=2),
        replace(PLAN, numbers=(Number(column="x", position=1),)),
        replace(PLAN, numbers=(Number(column="unknown", position=0),)),
        replace(LINEAR, estimator=Linear(bias=0.0, weights=())),
        replace(PLAN, tables=(Table(column="x", keys=(1, 2), cells=((),), null=(), other=()),)),
        replace(PLAN, tables=(Table(column="x", keys=(), cells=(), null=(), other=((-1, 1.0),)),)),
    ],
)
def test_a_plan_that_does_not_fit_is_refused(tmp_path: Path, store: Any, plan: Plan) -> None:
    with pytest.raises(Unloadable, match="cannot be read"):
        asyncio.run(load(store(parts(plan, TREES), "compiled"), tmp_path))


@pytest.mark.parametrize("content", [b"{}", b"no json", b'{"edition": 1}'])
def test_bytes_that_are_no_plan_are_refused(tmp_path: Path, store: Any, content: bytes) -> None:
    with pytest.raises(Unloadable, match="cannot be read"):
        asyncio.run(load(store({"plan": ("json", Badge.DATA, content)}, "compiled"), tmp_path))


def test_a_tampered_ensemble_is_refused(tmp_path: Path, store: Any) -> None:
    manifest = store(parts(PLAN, TREES), "compiled")
    digest = manifest.artifact("model").digest
    (tmp_path / digest[:2] / digest).write_bytes(TREES[:-1] + b"\x00")
    with pytest.raises(Unloadable, match="differ from their digest"):
        asyncio.run(load(manifest, tmp_path))


def changed(change: Any) -> bytes:
    model = onnx.load_from_string(TREES)
    change(model)
    content: bytes = model.SerializeToString()
    return content


def attribute(model: Any, name: str) -> Any:
    return next(found for found in model.graph.node[0].attribute if found.name == name)


def set_integers(name: str, *values: int) -> Any:
    def change(model: Any) -> None:
        del attribute(model, name).ints[:]
        attribute(model, name).ints.extend(values)

    return change


def external(model: Any) -> None:
    tensor = attribute(model, "leaf_weights").t
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")


@pytest.mark.parametrize(
    "change",
    [
        set_integers("nodes_featureids", 0, 1),
        set_integers("nodes_featureids", 0, -1),
        set_integers("nodes_featureids", 0),
        set_integers("nodes_truenodeids", 0, 9),
        set_integers("nodes_trueleafs", 1, 0),
        set_integers("tree_roots", 0, 2),
        set_integers("tree_roots", 0, 0),
        set_integers("tree_roots", 0),
        set_integers("leaf_targetids", 0, 0, 0, 1),
        external,
        lambda model: model.graph.node.append(helper.make_node("Identity", ["y"], ["z"])),
        lambda model: model.graph.initializer.append(numpy_helper.from_array(np.zeros(1), "w")),
        lambda model: setattr(model.graph.node[0], "op_type", "Loop"),
        lambda model: setattr(model.graph.node[0], "domain", "custom"),
        lambda model: model.functions.add(name="f", domain="d"),
        lambda model: attribute(model, "nodes_modes").t.__setattr__("raw_data", b"\x01\x00"),
        lambda model: attribute(model, "nodes_splits").t.__setattr__("raw_data", b"\x00" * 8),
        lambda model: setattr(attribute(model, "n_targets"), "i", 2),
        lambda model: setattr(attribute(model, "aggregate_function"), "i", 0),
        lambda model: model.graph.node[0].attribute.remove(attribute(model, "tree_roots")),
        lambda model: model.graph.node[0].attribute.append(helper.make_attribute("membership_values", 1.0)),
    ],
)
def test_a_graph_that_is_not_one_plain_ensemble_is_refused(change: Any) -> None:
    check(TREES, 1)
    with pytest.raises(ValueError):
        check(changed(change), 1)


@given(st.integers(0, len(TREES) - 1), st.integers(0, 255), st.booleans())
def test_damaged_bytes_are_refused_or_harmless_but_nothing_else(position: int, byte: int, cut: bool) -> None:
    damaged = TREES[:position] if cut else TREES[:position] + bytes([byte]) + TREES[position + 1 :]
    try:
        check(damaged, 1)
    except ValueError:
        return
