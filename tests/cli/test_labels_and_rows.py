"""Files that people bring: labels, and rows to score."""

from pathlib import Path

import pytest
from tests.cli.commands import told
from tests.cli.memory import Memory

from lamplighter.cli.scoring import columns_of
from lamplighter.domain.errors import Invalid
from lamplighter.sdk.answers import Label

KEPT = (Label(id="7f3a.0", value=1.0), Label(id="7f3a.1", value=0.0, revision=2))


@pytest.mark.parametrize(
    "text",
    [
        "id,value,revision\n7f3a.0,1,\n7f3a.1,0,2\n",
        "value,id,revision,note\n1.0,7f3a.0,0,late\n0,7f3a.1,2,\n",
        "\ufeffid,value,revision\r\n7f3a.0,1,0\r\n7f3a.1,0,2\r\n",
        '{"id":"7f3a.0","value":1}\n\n{"id":"7f3a.1","value":0,"revision":2}\n',
    ],
    ids=["csv", "other order", "from a spreadsheet", "json lines"],
)
def test_labels(text: str, tmp_path: Path) -> None:
    (tmp_path / "truth").write_text(text, newline="")
    platform = Memory()
    outcome = told(platform, "labels", "push", "late-flights", "truth", "-C", str(tmp_path))
    assert outcome.out.startswith("✓ 2 labels of late-flights are kept.\n")
    assert platform.deeds == [("push_labels", "late-flights", KEPT)]


def test_labels_from_stdin() -> None:
    platform = Memory()
    assert told(platform, "labels", "push", "late-flights", "-", typed='{"id":"7f3a.0","value":1}').code == 0
    assert platform.deeds == [("push_labels", "late-flights", KEPT[:1])]


def test_labels_that_change_no_figure_are_told() -> None:
    outcome = told(Memory(), "labels", "push", "late-flights", "-", typed="id,value\ngone.0,1\n")
    assert "2 name no prediction that is known" in outcome.err + outcome.out
    assert "1 came too late: rows of their days are old enough to go" in outcome.err + outcome.out


def test_many_labels_go_in_parts() -> None:
    platform = Memory()
    typed = "id,value\n" + "".join(f"a.{number},1\n" for number in range(10_001))
    assert told(platform, "labels", "push", "late-flights", "-", typed=typed).out.startswith("✓ 10,001 labels")
    assert [len(labels) for _, _, labels in platform.deeds] == [10_000, 1]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("id,truth\na,1\n", 1),
        ("id,value\na,1\nb,canary\n", 3),
        ('{"id":"a","value":1}\n{"id":"b","val\n', 2),
        ('{"id":"a"}', 1),
        ("", 1),
    ],
)
def test_labels_that_do_not_fit(text: str, line: int) -> None:
    platform = Memory()
    outcome = told(platform, "labels", "push", "late-flights", "-", typed=text)
    assert (outcome.code, platform.deeds) == (2, [])
    assert outcome.err.startswith(f"✗ Line {line} of the labels does not fit. ")
    assert "canary" not in outcome.err


def test_a_file_that_is_not_there() -> None:
    assert told(Memory(), "labels", "push", "late-flights", "nowhere.csv").code == 3


@pytest.mark.parametrize(
    "text",
    ['[{"a":1,"b":"x"},{"a":2}]', '{"a":1,"b":"x"}\n{"a":2}', '\n {"a": 1, "b": "x"}\n\n{"a": 2}\n'],
    ids=["list", "lines", "spaced"],
)
def test_rows_become_columns(text: str) -> None:
    assert columns_of(text.encode()) == {"a": [1, 2], "b": ["x", None]}


@pytest.mark.parametrize("text", ["", "[]", "[1]", '"x"', '{"a":', "\xff"])
def test_what_is_no_row(text: str) -> None:
    with pytest.raises(Invalid):
        columns_of(text.encode("latin-1"))
