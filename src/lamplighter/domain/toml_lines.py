"""The line of a TOML text at which something stands, for refusals: the readers of TOML give values without their places."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_TABLE = re.compile(r"^\s*(\[\[?)\s*([\w.\"'-]+)\s*\]\]?")
_KEY = re.compile(r"^\s*([\w.\"'-]+)\s*=")


class Place(NamedTuple):
    """A table or a key, as `tier[1].levels.production.gates`, and its line from 1."""

    path: str
    line: int


def line_of(text: str, path: str) -> int:
    """The line of a place such as `$.tier[1].escalate_after`, or of what it stands in; 0 where nothing of it is written."""
    lines = {place.path: place.line for place in reversed(list(_places(text)))}
    wanted = path.removeprefix("$").lstrip(".")
    while wanted and wanted not in lines:
        wanted = re.sub(r"(\.[^.\[]*|\[[^]]*\])$", "", wanted) if re.search(r"[.\[]", wanted) else ""
    return lines.get(wanted, 0)


def line_of_item(text: str, path: str, holds: str) -> int:
    """The first line from a place on that holds these words: for what stands inside a list of several lines."""
    start = line_of(text, path)
    found = (at for at, line in enumerate(text.splitlines()[start - 1 :], start) if holds in line) if start else iter(())
    return next(found, start)


def _places(text: str) -> Iterator[Place]:
    table, counts = "", dict[str, int]()
    for number, line in enumerate(text.splitlines(), 1):
        head, key = _TABLE.match(line), _KEY.match(line)
        if head:
            table = _table(head[2].replace('"', ""), counts, is_list=head[1] == "[[")
            yield Place(table, number)
        elif key:
            name = key[1].replace('"', "")
            yield Place(f"{table}.{name}" if table else name, number)


def _table(name: str, counts: dict[str, int], *, is_list: bool) -> str:
    """The table with the places of the lists that it stands in."""
    if is_list:
        counts[name] = counts.get(name, -1) + 1
        for inner in [one for one in counts if one.startswith(f"{name}.")]:
            del counts[inner]
    parts, path = name.split("."), ""
    for at, part in enumerate(parts):
        path = f"{path}.{part}" if path else part
        whole = ".".join(parts[: at + 1])
        if whole in counts:
            path = f"{path}[{counts[whole]}]"
    return path
