"""The notebook: cells follow from what has been measured, and nothing measured is a clear answer."""

import ast

import msgspec
import pytest
from tests.domain import specimens

from lamplighter.domain.errors import NotFound
from lamplighter.domain.monitor import Reading
from lamplighter.sdk.notebook import notebook

FIGURE = Reading(
    model="late-flights", environment="prod", number=7, aspect="quality", measure="brier", column="", start=0, end=9, value=0.2,
    low=0.19, high=0.21, count=500,
)  # fmt: skip


def sources(*readings: Reading) -> list[str]:
    """The code of the notebook, cell by cell."""
    book = msgspec.json.decode(notebook(specimens.project(), "prod", readings))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    return [cell["source"] for cell in book["cells"] if cell["cell_type"] == "code"]


def test_the_worst_window_is_that_of_the_largest_error() -> None:
    better = msgspec.structs.replace(FIGURE, start=9, end=18, value=0.1)
    made = sources(better, FIGURE)
    assert "NUMBER, START, END = 7, 0, 9" in made[2]
    assert all(ast.parse(source) for source in made)


def test_without_labels_there_is_no_worst_window() -> None:
    drifted = msgspec.structs.replace(FIGURE, aspect="drift", measure="psi", column="delay")
    assert len(sources(drifted)) == 2
    assert len(sources(msgspec.structs.replace(FIGURE, aspect="estimate"))) == 2


def test_nothing_measured_is_said() -> None:
    with pytest.raises(NotFound) as refusal:
        notebook(specimens.project(), "prod", [])
    assert refusal.value.code == "E1256"
