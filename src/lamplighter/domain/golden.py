"""Rows that a version must go on answering as it did when it was registered."""

from collections.abc import Mapping, Sequence
from typing import Any

from lamplighter.domain.record import Record

#: The part that these rows play among the artifacts of a version.
ROLE = "golden"


class Golden(Record, frozen=True):
    """A few rows of the sample with the model's own scores."""

    #: Rows by column, as the contract takes them.
    columns: Mapping[str, Sequence[Any]]
    #: One score a row.
    scores: Sequence[float]
    #: Largest lawful difference of a score.
    tolerance: float
