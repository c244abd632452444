"""The journal as a file, written and checked."""

import hashlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from lamplighter.cli import verifier
from lamplighter.cli.verifier import BEGINNING, FORMAT, Checked, CheckedCard, check, check_signed, ending, is_journal
from lamplighter.domain.errors import Conflict, NotFound

if TYPE_CHECKING:  # the interface loads every noun, which help does not need
    from lamplighter.sdk.interface import Platform


def write(platform: "Platform", path: Path) -> tuple[int, str]:
    """Write every entry into a new file; gives how many there are and the head. Raises `Conflict` for a file that is there."""
    count, head = 0, BEGINNING
    check_new(path)
    with path.open("xb") as file:
        file.write(FORMAT + b"\n")
        while lines := platform.journal_lines(count):
            file.write(lines)
            count += lines.count(b"\n")
            head = hashlib.sha256(lines[:-1].rpartition(b"\n")[2]).hexdigest()
        file.write(ending(count, head) + b"\n")
    return count, head


def copy_verifier(path: Path) -> None:
    """Write the program that checks such a file with Python alone."""
    check_new(path)
    shutil.copyfile(verifier.__file__, path)


def checked(path: Path, head: str) -> Checked | CheckedCard:
    """What is found in a file, a journal, a model file or a selection; raises `NotFound`."""
    if not path.is_file():
        raise NotFound("There is no such file.", why="Nothing, or a folder, is there.", fix="Name the file that was exported.")
    if not is_journal(path):
        return check_signed(path.read_bytes(), head)
    with path.open("rb") as file:
        return check(file, head)


def check_new(path: Path) -> None:
    """Raise `Conflict` for a file that is there: what was written down of it would not hold any more."""
    if path.exists():
        raise Conflict(
            "That file is there already.",
            why="What was exported for the record is never written over.",
            fix="Name another file, or move that one away.",
            code="E1502",
        )
