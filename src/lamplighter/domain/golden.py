"""Rows that a version must go on answering as it did when it was registered."""

import struct
from collections.abc import Mapping, Sequence
from typing import Any

from lamplighter.domain.record import Record, digest_of

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


def digest_of_scores(scores: Sequence[float]) -> str:
    """SHA-256 of scores as little-endian doubles: the same only where every bit of every score is."""
    return digest_of(struct.pack(f"<{len(scores)}d", *scores))
