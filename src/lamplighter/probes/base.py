"""The promise of a probe: it looks at one part of the ground and says red, amber or green with what it saw."""

from typing import Protocol

from lamplighter.domain.evidence import Evidence
from lamplighter.domain.ownership import Ownership
from lamplighter.domain.project import Project
from lamplighter.domain.readiness import Reading
from lamplighter.domain.record import Record
from lamplighter.domain.version import Version


class Ground(Record, frozen=True):
    """What probes are handed: measured a moment ago."""

    project: Project
    ownership: Ownership
    #: The environment that matters most, and whether its serving could be reached; `None` if it does not run yet.
    environment: str
    answers: bool | None
    #: Milliseconds until it answered.
    answer_ms: float
    #: Whether its port is free, where nothing runs yet.
    port_free: bool
    #: Who looks after the platform.
    operators: tuple[str, ...]
    #: The newest version and its evidence by kind.
    version: Version | None
    evidence: dict[str, Evidence]
    #: Columns of the contract that no declared source brings.
    unfed: tuple[str, ...]


class Probe(Protocol):
    """What the module of a probe offers."""

    def probe(self, ground: Ground) -> Reading:
        """What is seen of one part."""
        ...
