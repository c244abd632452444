"""Rows that a model was asked for, with what it answered and what came true: behind an incident, or of a window of time."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from lamplighter.domain.contract import Kind
from lamplighter.domain.monitor import Finding, is_of_run
from lamplighter.domain.monitor import Kind as About
from lamplighter.domain.prediction import Scored
from lamplighter.domain.record import Record

#: Rows of one answer, unless fewer or more are asked for, and at most.
USUAL_ROWS, MOST_ROWS = 10_000, 50_000

#: Columns of rows in front of their inputs, and behind them.
BEFORE = ("time", "answered_at", "id", "request", "version", "consumer")
AFTER = ("score", "decision", "label", "failure")


class Clock(StrEnum):
    """Which time of a request decides whether it lies in a window; the names are those of the fields of a record."""

    #: When it happened in the caller's world.
    EVENT = "event_at"
    #: When it was answered.
    ANSWER = "at"


class Window(Record, frozen=True):
    """From one moment up to another, microseconds since the epoch, UTC; half open."""

    clock: Clock
    start: int
    end: int

    def holds(self, record: Scored) -> bool:
        """Whether a request lies in it."""
        return self.start <= int(getattr(record, self.clock)) < self.end


class Rows(Record, frozen=True):
    """Some rows in the order of their time, and which they are. Nothing stands where a value is not known or not kept."""

    model: str
    environment: str
    #: The incident that they are behind, and the condition that all of them meet; empty where none was named.
    incident: str
    condition: str
    window: Window
    #: Values by column: those of `BEFORE`, where `time` and `answered_at` are microseconds since the epoch, the inputs, and
    #: those of `AFTER`.
    columns: Mapping[str, tuple[Any, ...]]
    #: What the columns of inputs hold; hashes are texts.
    inputs: Mapping[str, Kind]
    #: Columns of inputs that are not as they came: replaced by hashes, or left out.
    redacted: tuple[str, ...]
    #: Rows that fit. If there are more than were asked for, those given are an even sample of them, the same each time.
    found: int
    #: Requests that lie in the window and whose inputs were not kept; no condition chooses them.
    without_inputs: int
    #: Share of the log that was looked through, the newest part of it; below 1, rows of the rest are missing.
    looked_through: float = 1.0

    @property
    def is_whole(self) -> bool:
        """Whether all of the log was looked through."""
        return self.looked_through >= 1.0

    @property
    def is_sample(self) -> bool:
        """Whether more rows fit than are given."""
        return self.count < self.found

    @property
    def count(self) -> int:
        """Rows that are given."""
        return len(self.columns["id"])

    @property
    def cut(self) -> str:
        """What is missing where not all of the log was looked through."""
        percent = int(100 * self.looked_through)
        newest = f"the newest {percent} % of it was" if percent else "less than 1 % of it was, the newest"
        return f"There was no time to look through the whole log: {newest}, and rows of the rest are missing."

    @property
    def sentence(self) -> str:
        """How many they are, of which, and what they lack."""
        many = f"{self.count:,}" if self.count == self.found else f"{self.count:,} of {self.found:,}"
        behind = f" behind {self.incident}" if self.incident else ""
        where = f" where {self.condition}" if self.condition else ""
        told = [f"{many} row{'' if self.found == 1 else 's'} of {self.model} in {self.environment}{behind}{where}."]
        told += ["They are an even sample."] if self.is_sample else []
        told += [f"Redacted: {', '.join(self.redacted)}."] if self.redacted else []
        told += [f"The inputs of {self.without_inputs:,} requests were not kept."] if self.without_inputs else []
        told += [] if self.is_whole else [self.cut]
        return " ".join(told)


def column_of(name: str) -> str:
    """The column in which an input stands."""
    return f"input.{name}" if name in BEFORE + AFTER else name


def window_of(finding: Finding) -> Window | None:
    """The window whose rows a finding is about; nothing where it is about none, a source that is late or a run that failed."""
    if is_of_run(finding.measure):
        return None
    is_of_rows = finding.kind is About.FUNCTIONAL or (finding.kind is About.FEED and bool(finding.column))
    if finding.end <= finding.start or not (is_of_rows or finding.kind is About.TECHNICAL):
        return None
    return Window(clock=Clock.EVENT if is_of_rows else Clock.ANSWER, start=finding.start, end=finding.end)
