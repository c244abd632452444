"""Spans of event time whose rows no training is given: a broken feed leaves them, or somebody names them.

Law of change: fields may be added with a default.
"""

from collections.abc import Iterable, Sequence

import msgspec

from lamplighter.domain.errors import Conflict, Invalid
from lamplighter.domain.record import Record

_LONGEST_REASON = 500


class Quarantine(Record, frozen=True):
    """One such span of a model."""

    #: Such as `Q-3`.
    id: str
    model: str
    #: Event time, microseconds since the epoch, UTC; half open. An end of 0 comes when the incident is over.
    start: int
    end: int
    reason: str
    #: Who named it; the platform, where an incident did.
    author: str
    added_at: int
    #: The incident that it is of, such as `I-31`; empty if somebody named it.
    incident: str = ""
    #: When it was lifted, 0 while it holds; by whom, and why.
    lifted_at: int = 0
    lifted_by: str = ""
    lifted_why: str = ""
    revision: int = 0

    @property
    def holds(self) -> bool:
        """Whether its rows are left out."""
        return not self.lifted_at


class Span(Record, frozen=True):
    """What a training was not given, and by which quarantine; event time in microseconds since the epoch, half open."""

    start: int
    end: int
    quarantine: str
    reason: str


def left_out(quarantines: Iterable[Quarantine], start: int, end: int) -> tuple[Span, ...]:
    """What those that hold take out of a window, oldest first; they may overlap."""
    found = [
        Span(start=max(one.start, start), end=min(one.end or end, end), quarantine=one.id, reason=one.reason)
        for one in quarantines
        if one.holds
    ]
    return tuple(sorted((span for span in found if span.start < span.end), key=lambda span: (span.start, span.end)))


def kept(spans: Sequence[Span], start: int, end: int) -> list[tuple[int, int]]:
    """The parts of a window that no span takes out, oldest first; `spans` are ordered by their start."""
    found, at = [], start
    for span in spans:
        if at < span.start:
            found.append((at, min(span.start, end)))
        at = max(at, span.end)
    return [*found, (at, end)] if at < end else found


def check_quarantine(one: Quarantine) -> Quarantine:
    """The quarantine itself if it has a span and a reason; raises `Invalid`."""
    if not 0 <= one.start < one.end:
        raise _unlawful("Its end is not behind its start.", "Turn the two round; the end is not part of the span.")
    if not one.reason or len(one.reason) > _LONGEST_REASON:
        raise _unlawful(
            f"Its reason is empty or over {_LONGEST_REASON} characters.", "Say in a sentence what is wrong with the rows."
        )
    return one


def _unlawful(why: str, fix: str) -> Invalid:
    return Invalid("That cannot be a quarantine.", why=why, fix=fix, code="E1276")


def lifted(one: Quarantine, *, by: str, why: str, now: int) -> Quarantine:
    """The quarantine once its rows count again; raises `Conflict` where they do, and `Invalid` without a reason."""
    if not one.holds:
        raise Conflict(
            f"{one.id} is lifted already.",
            why=f"{one.lifted_by} has lifted it: {one.lifted_why}",
            fix=f"Look with lamp quarantine list {one.model}.",
            code="E1549",
        )
    if not why or len(why) > _LONGEST_REASON:
        raise _unlawful(
            f"The reason to lift it is empty or over {_LONGEST_REASON} characters.", "Say why its rows count again."
        )
    return msgspec.structs.replace(one, lifted_at=now, lifted_by=by, lifted_why=why, revision=one.revision + 1)
