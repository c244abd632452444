"""Facts of any shape as lines of name and value."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from lamplighter.domain.card import Table
from lamplighter.domain.case_pool import pool_in
from lamplighter.domain.evidence import Evidence
from lamplighter.views.card import fairness, robustness, selection
from lamplighter.web.numbers import NOTHING, figure

#: Lines shown of one set of facts.
MOST = 60
#: Plain facts of one kind, such as packages, that are told in one line from this number on.
_MANY = 30
#: Kinds of evidence that are told as tables.
_TABLES: Mapping[str, Callable[[Evidence], tuple[Table, ...]]] = {
    fairness.KIND: fairness.tables,
    robustness.KIND: robustness.tables,
    selection.KIND: selection.tables,
}


class Line(NamedTuple):
    """One fact."""

    name: str
    value: str


class Told(NamedTuple):
    """One piece of evidence as people read it."""

    found: Evidence
    tables: tuple[Table, ...]
    #: Where no table tells it.
    lines: list[Line]


def told(evidence: Evidence) -> Told:
    """Evidence as tables where there is one for its kind, else as lines."""
    pool = pool_in(evidence)
    if pool is not None:
        return Told(evidence, (), [Line("rows", f"{len(pool.rows)} of {pool.of}"), Line("inputs", ", ".join(pool.names))])
    tables = _TABLES[evidence.kind](evidence) if evidence.kind in _TABLES else ()
    return Told(evidence, tables, [] if tables else lines(evidence.facts))


def lines(facts: Mapping[str, Any]) -> list[Line]:
    """At most `MOST` lines, names of nested facts joined by a dot; a line that is left out is counted."""
    found = list(_walk("", facts))
    if len(found) <= MOST:
        return found
    return [*found[:MOST], Line("…", f"{len(found) - MOST} more; all of them are in the answer of /api/v1/versions")]


def _walk(name: str, value: Any) -> Iterator[Line]:
    if (
        name
        and isinstance(value, Mapping)
        and len(value) > _MANY
        and not any(isinstance(v, (Mapping, list)) for v in value.values())
    ):
        yield Line(name, ", ".join(f"{key} {_text(part)}" for key, part in value.items()))
    elif isinstance(value, Mapping):
        for key in value:
            yield from _walk(f"{name}.{key}" if name else str(key), value[key])
    elif isinstance(value, Sequence) and not isinstance(value, str) and any(isinstance(v, Mapping | list) for v in value):
        for place, part in enumerate(value):
            yield from _walk(f"{name}.{place}", part)
    else:
        yield Line(name, _text(value))


def _text(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: NOTHING}[value]
    if isinstance(value, float):
        return figure(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(_text(part) for part in value) or NOTHING
    return str(value)
