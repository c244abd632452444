"""Rows of the prediction log as columns, with what came true of them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from lamplighter.domain.contract import Kind
from lamplighter.domain.prediction import prediction_id
from lamplighter.domain.rows import column_of
from lamplighter.domain.version import Version
from lamplighter.lifecycle.drawing import Drawn


class Table(NamedTuple):
    """Columns of one length, with the kinds of those that are inputs and the names of those that are redacted."""

    columns: Mapping[str, tuple[Any, ...]]
    inputs: Mapping[str, Kind]
    redacted: tuple[str, ...]


def table(rows: Sequence[Drawn], versions: Mapping[str, Version], labels: Mapping[str, float], hidden: frozenset[str]) -> Table:
    """A table of these rows by the versions that may have answered them, the newest last; `hidden` inputs are left out,
    whatever was recorded of them. Without rows it has the columns of the newest version."""
    digests = dict.fromkeys(one.record.digest for one in rows) or list(versions)[-1:]
    contracts = [versions[digest].manifest.contract for digest in digests]
    redacted = hidden.union(*(one.record.redacted for one in rows))
    kinds = {column.name: column.kind for contract in contracts for column in contract.inputs}

    def filled(value: Callable[[Drawn], Any]) -> tuple[Any, ...]:
        return tuple(map(value, rows))

    columns = {
        "time": filled(lambda one: one.record.event_at),
        "answered_at": filled(lambda one: one.record.at),
        "id": filled(_id),
        "request": filled(lambda one: one.record.request),
        "version": filled(lambda one: versions[one.record.digest].name),
        "consumer": filled(lambda one: one.record.consumer),
    }
    after = {
        "score": filled(_score),
        "decision": filled(lambda one: _decision(one, versions[one.record.digest])),
        "label": filled(lambda one: labels.get(one.id)),
        "failure": filled(lambda one: one.record.failure or None),
    }
    columns |= {column_of(name): tuple(_input(one, name, hidden, redacted) for one in rows) for name in kinds}
    return Table(
        columns=columns | after,
        inputs={column_of(name): Kind.TEXT if name in redacted else kind for name, kind in kinds.items()},
        redacted=tuple(column_of(name) for name in kinds if name in redacted),
    )


def _id(one: Drawn) -> str:
    """The id that a label names."""
    return one.record.ids[0] if one.record.ids else prediction_id(one.record.request, one.row)


def _score(one: Drawn) -> float | None:
    return one.record.scores[0] if one.record.scores else None


def _decision(one: Drawn, version: Version) -> str | None:
    """The class that the score means; nothing for models that answer with numbers."""
    classes, score = version.manifest.contract.output.classes, _score(one)
    if score is None or len(classes) != 2:
        return None
    return classes[score >= version.manifest.decision.threshold]


def _input(one: Drawn, name: str, hidden: frozenset[str], redacted: frozenset[str]) -> Any:
    """What was recorded of an input, as a text where hashes stand in the same column. Values that came in before it was
    redacted stand in the log as they came."""
    if name in hidden and name not in one.record.redacted:
        return None
    values = one.record.columns.get(name)
    value = values[0] if values else None
    return str(value) if value is not None and name in redacted else value
