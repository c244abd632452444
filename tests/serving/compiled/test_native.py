"""The library walks trees to the bits of onnxruntime, and where it was not built onnxruntime walks them."""

import _ctypes
import ctypes
import math
import os
import shlex
import shutil
from array import array
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.packaging.compile import ensemble
from lamplighter.packaging.compile.forest import Forest, Tree
from lamplighter.serving.compiled import native, trees
from lamplighter.serving.compiled.admission import check
from lamplighter.serving.compiled.leaf_sets import MOST_LEAVES, LeafSets, spans_of
from lamplighter.serving.compiled.native import Native
from lamplighter.serving.compiled.trees import OnnxRuntime

WIDTH = 5
EDGES = [0.0, -0.0, 0.5, math.nextafter(0.5, 1), math.nextafter(0.5, 0), 1e308, -1e308, math.inf, -math.inf, math.nan]


def has_compiler() -> bool:
    return os.name == "posix" and shutil.which(shlex.split(os.environ.get("CC", "cc"))[0]) is not None


@pytest.fixture(autouse=True)
def library() -> None:
    if not native.is_built():
        assert not has_compiler(), "there is a compiler, but make setup has not built the walker"
        pytest.skip("there is no C compiler on this machine")


def grown(source: np.random.Generator, splits: int) -> Tree:
    """A tree in which random leaves were split one after another."""
    left, right, leaves = [-1], [-1], [0]
    for _ in range(splits):
        chosen = leaves.pop(int(source.integers(len(leaves))))
        left[chosen], right[chosen] = len(left), len(left) + 1
        leaves += [len(left), len(left) + 1]
        left += [-1, -1]
        right += [-1, -1]
    size = len(left)
    return Tree(
        feature=source.integers(0, WIDTH, size),
        threshold=source.choice([*source.normal(size=8), 0.0, 0.5, math.inf], size),
        left=np.array(left),
        right=np.array(right),
        missing_left=source.random(size) < 0.5,
        value=source.normal(size=size) * 10.0 ** source.integers(-8, 8, size),
    )


def chain(splits: int) -> tuple[Native, OnnxRuntime]:
    """One tree whose false sides are leaves, as deep as it has splits."""
    nodes, size = np.arange(splits), 2 * splits + 1
    left, right = np.full(size, -1), np.full(size, -1)
    left[nodes], right[nodes] = np.where(nodes + 1 < splits, nodes + 1, 2 * splits), splits + nodes
    threshold = np.zeros(size)
    threshold[nodes] = splits - 1.0 - nodes
    tree = Tree(np.zeros(size, int), threshold, left, right, np.ones(size, bool), np.arange(size, dtype=float))
    content = ensemble.write(Forest([tree]), 1)
    return Native(check(content, 1), 1), OnnxRuntime(content, 1)


def walkers(seed: int, count: int, splits: int) -> tuple[Native, OnnxRuntime]:
    source = np.random.default_rng(seed)
    content = ensemble.write(Forest([grown(source, 1 + int(source.integers(splits))) for _ in range(count)]), WIDTH)
    return Native(check(content, WIDTH), WIDTH), OnnxRuntime(content, WIDTH)


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.integers(1, 30), st.integers(1, 90), st.integers(1, 40))
def test_the_bits_of_onnxruntime(seed: int, count: int, splits: int, rows: int) -> None:
    ours, theirs = walkers(seed, count, splits)
    source = np.random.default_rng(seed + 1)
    matrix = np.where(
        source.random((rows, WIDTH)) < 0.5, source.choice(EDGES, (rows, WIDTH)), source.normal(size=(rows, WIDTH))
    )
    together = ours.sums(matrix, rows)
    assert together == theirs.sums(matrix, rows)
    assert together == [ours.sums(array("d", row), 1)[0] for row in matrix.tolist()]


@pytest.mark.parametrize(("splits", "is_small"), [(MOST_LEAVES - 1, True), (MOST_LEAVES, False)])
def test_small_trees_are_walked_by_sets_of_leaves(splits: int, is_small: bool) -> None:
    source = np.random.default_rng(splits)
    arrays = check(ensemble.write(Forest([grown(source, 1), grown(source, splits)]), WIDTH), WIDTH)
    spans = spans_of(arrays)
    assert (spans is not None) is is_small
    assert spans is None or spans.both[arrays.roots].tolist() == [2, MOST_LEAVES]


def test_a_tree_like_a_chain_has_room_for_its_last_leaf() -> None:
    ours, theirs = chain(MOST_LEAVES - 1)
    matrix = np.arange(-4.0, MOST_LEAVES + 4)[:, None]
    assert ours.sums(matrix, len(matrix)) == theirs.sums(matrix, len(matrix))
    assert len(set(ours.sums(matrix, len(matrix)))) == MOST_LEAVES


def test_sets_of_leaves_write_no_further_than_the_rows() -> None:
    arrays = check(ensemble.write(Forest([grown(np.random.default_rng(1), 4)]), WIDTH), WIDTH)
    spans = spans_of(arrays)
    assert spans is not None
    rows, sums = np.zeros((16, WIDTH)), np.full(16, -1.0)
    reach = native.functions_of(ctypes.PyDLL(str(native.LIBRARY))).reach
    LeafSets(arrays, spans).sum(reach, rows.ctypes.data, 11, WIDTH, sums.ctypes.data)
    assert sums[11:].tolist() == [-1.0] * 5
    assert -1.0 not in sums[:11]


def test_a_long_call_gives_the_bits_of_short_ones() -> None:
    ours, theirs = walkers(3, 100, 30)
    matrix = np.random.default_rng(4).normal(size=(500, WIDTH))
    parts = [answer for start in range(0, 500, 50) for answer in ours.sums(matrix[start : start + 50], 50)]
    assert ours.sums(matrix, 500) == parts == theirs.sums(matrix, 500)


def test_no_rows() -> None:
    ours, theirs = walkers(5, 3, 3)
    assert ours.sums(array("d"), 0) == theirs.sums(array("d"), 0) == []


def test_this_machine_opens_the_library() -> None:
    content = ensemble.write(Forest([grown(np.random.default_rng(1), 4)]), WIDTH)
    assert trees.opened(content, WIDTH).name == "native"


@pytest.mark.parametrize("name", ["absent.so", "other.so", "text.so"])
def test_a_library_that_is_not_ours_is_left_alone(name: str, tmp_path: Path) -> None:
    (tmp_path / "text.so").write_text("no library")
    shutil.copy(_ctypes.__file__, tmp_path / "other.so")
    assert not native.is_built(tmp_path / name)
