"""What a version was evaluated on, as a fact: which rows with which truth, and where its scores of them are kept.

Two versions were evaluated on the same set where the digests are equal. The digest is that of the table that was handed over,
with all its columns and the labels, whatever the order of its rows and columns; so versions that take other inputs can share a
set. Scores are kept of at most `MOST_KEPT` rows: the same ones for every version that was evaluated on the set.
"""

import msgspec

from lamplighter.domain.decoding import from_json
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.record import Record, canonical

#: The kind of the evidence.
KIND = "evaluation"
#: Rows whose scores are kept.
MOST_KEPT = 50_000
#: Bytes of the scores as they are kept, and as they are read; no set that is kept takes as many.
MOST_BYTES = 8_000_000


class Evaluation(Record, frozen=True):
    """One evaluation of one version."""

    #: SHA-256 of the set: names of the columns, and every row with its label.
    digest: str
    #: Rows of the set.
    rows: int
    #: Whether the version has not seen them.
    held_out: bool
    #: Rows whose scores are kept.
    kept: int
    #: SHA-256 of the kept scores, labels and slices; an artifact.
    scores: str


def evaluation_in(evidence: Evidence | None) -> Evaluation | None:
    """What the evidence says; nothing where there is none, or of another shape: anybody who may register brings facts."""
    if evidence is None or evidence.kind != KIND:
        return None
    try:
        return from_json(canonical(evidence.facts), Evaluation)
    except msgspec.ValidationError:
        return None
