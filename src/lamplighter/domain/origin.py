"""What a version was trained with, as far as a machine can see it: enough to do it again. The facts of the evidence `training`.

The commit, the seed and what the rows cover are in the provenance of the version itself.
"""

from collections.abc import Mapping

import msgspec

from lamplighter.domain.decoding import from_json
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.record import Record, canonical
from lamplighter.domain.version import Lock

#: The kind of the evidence.
KIND = "training"
#: The parts of the data, in the order in which they are told.
PARTS = ("sample", "labels", "evaluation")


class Rows(Record, frozen=True):
    """One part of the data."""

    #: SHA-256 over its canonical form: columns by name, or numbers.
    digest: str
    rows: int


class Origin(Record, frozen=True):
    """The environment and the data of a training."""

    #: Interpreter, and exact versions of every distribution that was installed from an index.
    lock: Lock
    #: Distributions that were loaded and that no index has: installed from a folder, a file or a repository.
    local: tuple[str, ...] = ()
    #: Version of lamplighter.
    lamplighter: str = ""
    #: System and machine, such as `Linux x86_64`.
    system: str = ""
    #: Path of the project within its repository; empty for its root, and outside one.
    folder: str = ""
    #: What was trained on (`sample`, `labels`) and measured on (`evaluation`, with its labels).
    data: Mapping[str, Rows] = {}


def origin_in(evidence: Evidence | None) -> Origin | None:
    """What the evidence says; nothing where there is none, or of another shape: anybody who may register brings facts."""
    try:
        return from_json(canonical(evidence.facts), Origin) if evidence else None
    except msgspec.ValidationError:
        return None
