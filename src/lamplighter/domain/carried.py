"""Evidence that holds for another version too, because it speaks of what both have in common: files and training data."""

from collections.abc import Mapping
from typing import Any

import msgspec

from lamplighter.domain.decoding import from_plain
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.record import Record
from lamplighter.domain.version import Version

#: Kinds of evidence that no decision rule changes: what the files are, where they came from and how they run.
KINDS = ("parity", "load-check", "data-checks", "compilation", "training")
#: Where the facts of evidence that was carried over say so.
FIELD = "carried"


class Carried(Record, frozen=True):
    """Where facts came from."""

    #: Number and digest of the version that they were found of.
    number: int
    version: str
    #: Digest of the evidence that they stand in.
    evidence: str


def carried(found: Evidence, of: Version) -> Mapping[str, Any]:
    """The facts of a version's evidence, saying whose they are; what was carried before says where it came from first."""
    source = Carried(number=of.number, version=of.digest, evidence=found.digest)
    return {FIELD: msgspec.to_builtins(source), **found.facts}


def source_of(facts: Mapping[str, Any]) -> Carried | None:
    """Where facts came from; nothing for those that were found of the version itself."""
    try:
        return from_plain(facts.get(FIELD), Carried)
    except msgspec.ValidationError:
        return None
