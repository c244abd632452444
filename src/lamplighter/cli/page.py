"""What a command answers: a sentence, at most one table, what to do next, and the page where the same is shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lamplighter.cli.table import WIDTH, Table, lines, wrapped


@dataclass(frozen=True)
class Page:
    """One answer, for people and for programs."""

    #: One sentence.
    says: str
    #: The same for programs.
    data: Mapping[str, Any] = field(default_factory=dict)
    #: Short facts, each with its name.
    facts: Sequence[tuple[str, str]] = ()
    table: Table | None = None
    #: Longer text that is printed as it stands.
    text: str = ""
    #: One or two commands.
    next: Sequence[str] = ()
    #: Address of the page.
    url: str = ""
    warnings: Sequence[str] = ()
    #: Exit code.
    code: int = 0


def written(page: Page, *, quiet: bool) -> list[str]:
    """The lines that people read."""
    told = [line for part in page.says.splitlines() for line in wrapped(part, WIDTH)]
    if page.facts:
        told += named(page.facts)
    if page.table:
        told += lines(page.table)
    told += page.text.splitlines()
    if not quiet:
        told += _next(page.next) + ([page.url] if page.url else [])
    return told


def named(facts: Sequence[tuple[str, str]]) -> list[str]:
    """Each text behind its name, with the names in one column."""
    width = max(len(name) for name, _ in facts) + 2
    told = []
    for name, text in facts:
        first, *more = wrapped(text, WIDTH - width - 2)
        told.append(f"  {name:<{width}}{first}".rstrip())
        told += [f"  {'':<{width}}{part}" for part in more]
    return told


def _next(commands: Sequence[str]) -> list[str]:
    if not commands:
        return []
    line = "Next: " + "      ".join(commands)
    return [line] if len(line) <= WIDTH else [f"Next: {commands[0]}", *(f"      {command}" for command in commands[1:])]


def for_programs(page: Page, command: str, plain: Callable[[Any], Any]) -> dict[str, Any]:
    """The one object that `--json` prints."""
    return {
        "schema": f"lamp/{command}/v1",
        "ok": True,
        "data": plain({**page.data, **({"url": page.url} if page.url else {})}),
        "warnings": list(page.warnings),
        "next": list(page.next),
    }
