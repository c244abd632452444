"""A journal as a file: whoever gets it can tell, without any platform, whether it is what was exported."""

import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cli.commands import Outcome, here, told
from tests.lifecycle.lives import Life, lived

from lamplighter.cli.verifier import BEGINNING, FORMAT, check, ending
from lamplighter.domain.events.version import VersionRegistered
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.journal import Entry, seal


def exported(count: int) -> tuple[bytes, str]:
    """A file of so many entries, and its head."""
    lines, head = [FORMAT], BEGINNING
    for place in range(1, count + 1):
        event = VersionRegistered(model="churn", number=place, digest="ab" * 32)
        body, head = seal(
            Entry(sequence=place, previous=head, actor="ada@example.com", credential="ab12", at=place, event=event)
        )
        lines.append(body)
    return b"".join(line + b"\n" for line in (*lines, ending(count, head))), head


FILE, HEAD = exported(4)


def why(content: bytes, head: str = "") -> str:
    return check(BytesIO(content), head).why


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """A platform with more entries than one answer holds."""
    with lived(tmp_path_factory.mktemp("home")) as life:
        with life.kit.store.transaction() as change:
            for number in range(5_100):
                change.journal.append(VersionRegistered(model="churn", number=number), PLATFORM, number)
        yield life


@pytest.fixture
def export(life: Life, tmp_path: Path) -> tuple[Outcome, Path, Path]:
    file, program = tmp_path / "journal.jsonl", tmp_path / "verify.py"
    outcome = told(life["rita"], "--json", "audit", "export", str(file), "--verifier", str(program))
    return outcome, file, program


def test_what_is_exported_is_what_the_platform_keeps(life: Life, export: tuple[Outcome, Path, Path]) -> None:
    outcome, file, program = export
    held = life["rita"].verify_journal()
    assert outcome.json["data"] == {"file": str(file), "entries": held.entries, "head": held.head, "verifier": str(program)}
    assert outcome.json["next"] == [f"lamp audit verify {file} --head {held.head}"]
    with life.kit.store.reading() as look:
        assert file.read_bytes().splitlines()[1:-1] == list(look.journal.bodies())


def test_a_file_is_checked_without_any_platform(export: tuple[Outcome, Path, Path]) -> None:
    outcome, file, program = export
    data = outcome.json["data"]
    found = here("audit", "verify", str(file), "--head", data["head"], "--url", "http://127.0.0.1:1")
    assert (found.code, found.out.splitlines()[0]) == (0, f"The chain of all {data['entries']:,} entries holds.")
    # The program knows nothing but Python: no package is on its path.
    alone = [sys.executable, "-I", "-S", str(program), str(file), data["head"]]
    done = subprocess.run(alone, capture_output=True, text=True, check=False)
    expected = f"The chain holds.\n  entries  {data['entries']}\n  head     {data['head']}\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, expected, "")
    changed = file.read_bytes().replace(b'"number":7,', b'"number":8,')
    file.write_bytes(changed)
    broken = here("audit", "verify", str(file))
    assert broken.code == 8
    assert "one of the two was changed" in broken.out
    assert subprocess.run(alone, capture_output=True, check=False).returncode == 1


def test_nothing_is_written_over(life: Life, export: tuple[Outcome, Path, Path]) -> None:
    again = told(life["rita"], "audit", "export", str(export[1]))
    assert again.code == 6
    assert here("audit", "verify", str(export[1].with_name("other"))).code == 3


def test_a_head_needs_its_file() -> None:
    assert here("audit", "verify", "--head", HEAD).code == 2


def test_a_file_that_nobody_touched_holds() -> None:
    assert (why(FILE), why(FILE, HEAD), why(exported(0)[0], BEGINNING)) == ("", "", "")


@given(place=st.integers(0, len(FILE) - 1), byte=st.integers(0, 255))
@settings(max_examples=1_000)
def test_any_changed_byte_is_found_and_said_where(place: int, byte: int) -> None:
    changed = FILE[:place] + bytes([byte]) + FILE[place + 1 :]
    if changed == FILE:
        return
    said = why(changed)
    line = FILE[:place].count(b"\n") + 1
    named = [int(word.strip(",.):")) for word in said.replace("(line", "line").split() if word.strip(",.):").isdigit()]
    assert any(abs(number - line) <= 1 for number in named), said


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "Line 1 does not say that this is an exported journal."),
        (FILE.replace(b"journal-1", b"journal-2"), "Line 1 does not say that this is an exported journal."),
        (FILE + b"{}\n", "Line 6 is not an entry that can be read; entry 5 should stand there."),
        (FILE[:-1], "Line 6 has no end: something was cut off or added."),
        (
            b"\n".join(FILE.split(b"\n")[:4]) + b"\n",
            "The file ends behind entry 3 without its last line: something was cut off.",
        ),
        (
            b"\n".join([*FILE.split(b"\n")[:2], *FILE.split(b"\n")[3:]]),
            "Line 3 should be entry 2: entries were removed, added or moved there, or it was changed.",
        ),
        (
            b"\n".join([*FILE.split(b"\n")[:4], *FILE.split(b"\n")[5:]]),
            "Line 5, the end, does not fit: it or entry 3 (line 4) was changed, or entries were removed before it.",
        ),
        (
            FILE.replace(b'"number":2', b'"number":9'),
            "Entry 3 (line 4) does not follow entry 2 (line 3): one of the two was changed.",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(content: bytes, says: str) -> None:
    assert why(content).startswith(says)


def test_a_journal_that_was_written_anew_differs_from_the_head_that_was_kept() -> None:
    other, _ = exported(5)
    assert why(other) == ""
    assert why(other, HEAD) == f"It ends with another head than {HEAD[:12]}: it is older, newer, or was written anew."
