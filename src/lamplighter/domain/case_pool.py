"""Rows of the evaluation set from which the platform picks cases, with what really happened and the version's scores."""

from collections.abc import Mapping, Sequence

import msgspec

from lamplighter.domain.blind_test import Card
from lamplighter.domain.case import in_words
from lamplighter.domain.contract import Meaning, Output
from lamplighter.domain.decoding import from_json
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.record import Record, canonical

#: The kind of the evidence.
KIND = "case-pool"
#: Rows of a pool at most.
MOST = 400


class Pool(Record, frozen=True):
    """Rows, as the evidence holds them."""

    #: Names of the inputs, and the values of each row in that order.
    names: tuple[str, ...]
    rows: tuple[tuple[bool | int | float | str | None, ...], ...]
    #: What really happened in each row, and what the version scores it with.
    labels: tuple[float, ...]
    scores: tuple[float, ...]
    #: Rows of the evaluation set that they are of.
    of: int

    def row(self, place: int) -> Mapping[str, bool | int | float | str | None]:
        """One row by the names of its inputs."""
        return dict(zip(self.names, self.rows[place], strict=True))


class Drawn(Record, frozen=True):
    """One row that was picked, and why."""

    place: int
    #: Such as `boundary`; people read it beside the answer, since before it would tell what the version says.
    origin: str


def pool_in(evidence: Evidence | None) -> Pool | None:
    """What the evidence says; nothing where there is none, or of another shape: anybody who may register brings facts."""
    if evidence is None or evidence.kind != KIND:
        return None
    try:
        pool = from_json(canonical(evidence.facts), Pool)
    except msgspec.ValidationError:
        return None
    width, length = len(pool.names), len(pool.rows)
    fits = length <= MOST and len(pool.labels) == len(pool.scores) == length and all(len(row) == width for row in pool.rows)
    return pool if fits else None


def cards_drawn(pool: Pool, drawn: Sequence[Drawn], output: Output, threshold: float, within: float) -> tuple[Card, ...]:
    """The rows that were picked, as cases; what the version answers is its score by its own threshold."""
    return tuple(
        Card(
            # No case of a project has a name with a capital.
            name=f"P-{number}",
            words="",
            inputs=pool.row(one.place),
            decision=in_words(output, pool.scores[one.place], threshold),
            score=pool.scores[one.place],
            expected=happened(output, pool.labels[one.place]),
            happened=True,
            within=within,
            origin=one.origin,
        )
        for number, one in enumerate(drawn, start=1)
    )


def happened(output: Output, label: float) -> str:
    """What really happened, in words of the output."""
    if output.meaning is Meaning.NUMBER:
        return f"{label:.6g}"
    return (output.classes or ("0", "1"))[label >= 0.5]
