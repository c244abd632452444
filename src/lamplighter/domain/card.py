"""The model file of one version: everything on record of it, in the order in which somebody reads who has to answer for it.

Law of change: sections and fields may be added; a section is never renamed.
"""

from lamplighter.domain.contract import Meaning
from lamplighter.domain.record import Record


class Table(Record, frozen=True):
    """Rows of texts below their heads."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Section(Record, frozen=True):
    """One part; what is not on record is said to be missing."""

    #: Such as `limitations`; the anchor on a page.
    name: str
    title: str
    sentences: tuple[str, ...] = ()
    #: Name and text of each fact.
    facts: tuple[tuple[str, str], ...] = ()
    tables: tuple[Table, ...] = ()


class Figure(Record, frozen=True):
    """One measured figure, on all rows or on a slice, with its interval where it has one."""

    metric: str
    #: Such as `origin = 'EWR'`; empty for all rows.
    slice: str
    value: float
    low: float | None = None
    high: float | None = None
    #: Rows that it was measured on.
    rows: int = 0


class Card(Record, frozen=True):
    """The whole file, made from the record alone."""

    #: Such as `late-flights@3`, and its digest.
    version: str
    digest: str
    model: str
    number: int
    summary: str
    licence: str
    meaning: Meaning
    #: Format of the model's artifact, such as `skops`; empty for one that runs elsewhere.
    format: str
    #: Whether the figures were measured on rows that the model has not seen.
    held_out: bool
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]
    #: When it was made, microseconds since the epoch, UTC, and how far the journal went: entries, and the hash of the last.
    made_at: int
    entries: int
    head: str
