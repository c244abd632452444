"""Push a table of predictions, whatever its size: read in bites, sent in requests that may be repeated."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lamplighter.domain.contract import Contract, Kind
from lamplighter.domain.pushed import Pushed
from lamplighter.domain.record import Record
from lamplighter.domain.version import Version
from lamplighter.sdk import brought
from lamplighter.sdk.brought import Bite
from lamplighter.sdk.interface import Platform

#: Rows of one request.
ROWS = 5_000


@dataclass(frozen=True)
class Columns:
    """Which column of a table holds what; an empty name means that there is none."""

    id: str = "id"
    time: str = "time"
    score: str = "score"
    consumer: str = ""
    latency_ms: str = ""
    failure: str = ""


class Progress(Record, frozen=True):
    """How far a push is."""

    #: Rows of the table that the platform has, with those that were left out in front.
    rows: int
    kept: int = 0
    #: Rows that were there before.
    known: int = 0
    #: Rows of days that are closed, which are not kept.
    closed: int = 0


def push(
    platform: Platform,
    version: Version,
    environment: str,
    source: Path | None,
    columns: Columns,
    *,
    start: int = 0,
    rows: int = ROWS,
    told: Callable[[Progress], None] = lambda _: None,
) -> Progress:
    """Push every row from `start` on as predictions of a version; no source is JSON lines from stdin.

    Raises `NotFound` and `Invalid` for a table that does not fit, and what the platform answers. What was told is durable.
    """
    done = Progress(rows=start)
    for bite in brought.bites(source, rows, start):
        made = _pushed(bite, version, columns)
        answer = platform.push_predictions(version.model, environment, made)
        done = Progress(
            rows=done.rows + len(made),
            kept=done.kept + answer.kept,
            known=done.known + answer.known,
            closed=done.closed + answer.closed,
        )
        told(done)
    return done


def _pushed(bite: Bite, version: Version, columns: Columns) -> list[Pushed]:
    ids = [value if isinstance(value, str) else str(value) for value in brought.column(bite, columns.id)]
    times = brought.moments(brought.column(bite, columns.time))
    scores = brought.values_of(Kind.NUMBER, brought.column(bite, columns.score))
    failures = _texts(bite, columns.failure, len(ids))
    consumers = _texts(bite, columns.consumer, len(ids))
    latencies = (
        brought.values_of(Kind.NUMBER, brought.column(bite, columns.latency_ms)) if columns.latency_ms else [None] * len(ids)
    )
    return [
        Pushed(
            id=one,
            time=time,
            score=score,
            inputs=inputs,
            number=version.number,
            consumer=consumer,
            latency_ms=latency,
            failure=why,
        )
        for one, time, score, inputs, consumer, latency, why in zip(
            ids, times, scores, _inputs(bite, version.manifest.contract), consumers, latencies, failures, strict=True
        )
    ]


def _texts(bite: Bite, name: str, count: int) -> Sequence[str]:
    return [value or "" for value in brought.column(bite, name)] if name else [""] * count


def _inputs(bite: Bite, contract: Contract) -> list[dict[str, Any]]:
    """The inputs of each row; none where the table has not one of them."""
    names = [column.name for column in contract.inputs]
    if not any(name in bite for name in names):
        return [{} for _ in next(iter(bite.values()))]
    found = [brought.values_of(column.kind, brought.column(bite, column.name)) for column in contract.inputs]
    return [dict(zip(names, row, strict=True)) for row in zip(*found, strict=True)]
