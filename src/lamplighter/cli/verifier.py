"""Check an exported journal with nothing but Python: `python verifier.py FILE [HEAD]`. It needs no platform and no network.

The file has one line for each part, each ended by one line feed: first `FORMAT`, then every entry with the very bytes that
the platform keeps, then what it ends with. Each entry holds the SHA-256 of the line before it, the first one of `BEGINNING`;
the last line holds how many entries there are and the SHA-256 of the last, its head.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

FORMAT = b'{"format":"lamplighter-journal-1"}'
BEGINNING = "0" * 64
#: What a damaged file can make of a line.
_UNREADABLE = (ValueError, KeyError, TypeError, RecursionError)


class Checked(NamedTuple):
    """What was found."""

    #: Entries that follow each other.
    entries: int
    #: SHA-256 of the last of them.
    head: str
    #: Where the file is not what was exported, and how; nothing if it is.
    why: str = ""


def ending(entries: int, head: str) -> bytes:
    """The last line of a file."""
    return json.dumps({"entries": entries, "head": head}, separators=(",", ":")).encode()


def check(lines: Iterable[bytes], head: str = "") -> Checked:
    """Follow the chain over the lines of a file; `head` is what somebody wrote down elsewhere, if they did."""
    found = _followed(iter(lines))
    if not found.why and head and head != found.head:
        return found._replace(why=f"It ends with another head than {head[:12]}: it is older, newer, or was written anew.")
    return found


def _followed(lines: Iterator[bytes]) -> Checked:
    if next(lines, b"") != FORMAT + b"\n":
        return Checked(0, BEGINNING, "Line 1 does not say that this is an exported journal.")
    count, head, last = 0, BEGINNING, b""
    for line in lines:
        if last:
            why = _misfit(last, count, head)
            if why:
                return Checked(count, head, why)
            count, head = count + 1, hashlib.sha256(last).hexdigest()
        if not line.endswith(b"\n"):
            return Checked(count, head, f"Line {count + 2} has no end: something was cut off or added.")
        last = line[:-1]
    if last != ending(count, head):
        return Checked(count, head, _at_the_end(last, count))
    return Checked(count, head)


def _misfit(line: bytes, count: int, head: str) -> str:
    """Why a line is not the entry that follows; nothing if it is."""
    try:
        entry = json.loads(line)
        sequence, previous = int(entry["sequence"]), str(entry["previous"])
    except _UNREADABLE:
        return f"Line {count + 2} is not an entry that can be read; entry {count + 1} should stand there."
    if sequence != count + 1:
        return f"Line {count + 2} should be entry {count + 1}: entries were removed, added or moved there, or it was changed."
    if previous != head:
        where = f"entry {count} (line {count + 1})" if count else "the beginning"
        return f"Entry {count + 1} (line {count + 2}) does not follow {where}: one of the two was changed."
    return ""


def _at_the_end(line: bytes, count: int) -> str:
    where = f"entry {count} (line {count + 1})" if count else "line 1"
    try:
        of_entries = "sequence" in json.loads(line)
    except _UNREADABLE:
        of_entries = False
    if of_entries:
        return f"The file ends behind entry {count + 1} without its last line: something was cut off."
    return f"Line {count + 2}, the end, does not fit: it or {where} was changed, or entries were removed before it."


def main() -> int:
    """Check the file that is named; 0 if it is what was exported."""
    with Path(sys.argv[1]).open("rb") as file:
        found = check(file, sys.argv[2] if len(sys.argv) > 2 else "")
    sys.stdout.write(f"{found.why or 'The chain holds.'}\n  entries  {found.entries}\n  head     {found.head}\n")
    return 1 if found.why else 0


if __name__ == "__main__":
    sys.exit(main())
