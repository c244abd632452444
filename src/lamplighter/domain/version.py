"""The one immutable thing: a version is a manifest addressed by its digest.

Everything that can change a decision is in the manifest, so another threshold is another version. The number
(`late-flights@7`) is given by the registry and is not part of the manifest.
"""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from lamplighter.domain.calibration import Calibration
from lamplighter.domain.contract import Contract
from lamplighter.domain.imported import Imported
from lamplighter.domain.record import Record, canonical, digest_of


class Badge(StrEnum):
    """What opening an artifact can do."""

    #: Numbers and text; opening it runs nothing.
    DATA = "data"
    #: A format with an audited list of types.
    AUDITED = "audited"
    #: Opening it runs code; sandboxed workers only.
    CODE = "code"


class Artifact(Record, frozen=True):
    """One file of a version, stored under its digest."""

    #: The part it plays: `plan`, `model`, `sample`, `golden`, `profile` or `source`.
    role: str
    #: File name for people; never a path.
    name: str
    #: SHA-256 of the bytes.
    digest: str
    #: Size in bytes.
    size: int
    #: How the bytes are to be read, such as `onnx`, `skops`, `lightgbm`, `xgboost`, `json`, `python-source`, `parquet`.
    format: str
    badge: Badge = Badge.DATA


class DecisionRule(Record, frozen=True):
    """How a score becomes a decision: the positive class from this score on."""

    threshold: float = 0.5


class Lock(Record, frozen=True):
    """The interpreter and packages a Python-runtime model was made with."""

    #: Major and minor version, such as 3.11.
    python: str = ""
    #: Name and exact version of each distribution the model needs.
    packages: Mapping[str, str] = {}
    #: SHA-256 of the wheels of each distribution that may be installed; empty means whatever the index gives for the version.
    hashes: Mapping[str, tuple[str, ...]] = {}


class PackedFrom(Record, frozen=True):
    """A version in the registry of MLflow."""

    name: str
    number: int
    #: Digest of its files.
    digest: str


class Provenance(Record, frozen=True):
    """Where a version came from."""

    #: Commit of the training code, empty if it was not under version control.
    commit: str = ""
    #: SHA-256 of the training rows.
    data_digest: str = ""
    #: Number of training rows.
    data_rows: int = 0
    #: What the rows cover, in words, such as `2013-01 to 2013-03`.
    data_period: str = ""
    #: Seed of the training run.
    seed: int | None = None
    #: Licence of the model, as an SPDX expression.
    licence: str = ""
    #: Which candidate it was packed from. Absent from the bytes of every other version, whose digests it leaves alone.
    candidate: PackedFrom | msgspec.UnsetType = msgspec.UNSET
    #: Which version of the registry of another server it was brought in from. Absent from the bytes of every other version.
    imported: Imported | msgspec.UnsetType = msgspec.UNSET


#: The runtime that answers without a process, or a package, of the model's own.
COMPILED = "compiled"
#: The runtime of a version that runs elsewhere: nothing here can serve it.
EXTERNAL = "external"


class Elsewhere(Record, frozen=True):
    """Where a version runs that is not served here, for people, and how its payloads are read."""

    #: An address or words, such as `https://churn.example.com` or `the vendor's cloud`.
    at: str
    #: What somebody does there to return to the version before, in words.
    back: str = ""
    #: Name of the output that holds the score in its payloads; empty where there is only one.
    output: str = ""
    #: Place of the score where the answer to a row is several numbers; -1 is the last.
    place: int = -1


class Manifest(Record, frozen=True):
    """Everything that can change a decision."""

    model: str
    #: Which runtime serves it: the name of a file in `serving/runtimes/`, or `external`.
    runtime: str
    contract: Contract
    artifacts: tuple[Artifact, ...]
    decision: DecisionRule = DecisionRule()
    lock: Lock = Lock()
    provenance: Provenance = Provenance()
    #: Where it runs, if not here. Absent from the bytes of every other version, whose digests it leaves alone.
    elsewhere: Elsewhere | msgspec.UnsetType = msgspec.UNSET
    #: What the scores of its files are calibrated by. Absent from the bytes of every other version, as above.
    calibration: Calibration | msgspec.UnsetType = msgspec.UNSET

    @property
    def calibrates(self) -> Calibration | None:
        """What its scores are calibrated by; nothing where it answers with those of its files."""
        return self.calibration if isinstance(self.calibration, Calibration) else None

    @property
    def digest(self) -> str:
        """The address of the version."""
        return digest_of(canonical(self))

    def artifact(self, role: str) -> Artifact:
        """The artifact that plays this part; raises `KeyError`."""
        return {artifact.role: artifact for artifact in self.artifacts}[role]

    @property
    def loads_packages(self) -> bool:
        """Whether the packages of its lock are loaded where it answers; a compiled version needs none of them."""
        return self.runtime not in (COMPILED, EXTERNAL)

    @property
    def badge(self) -> Badge:
        """The most dangerous badge among what a worker opens."""
        badges = {artifact.badge for artifact in self.artifacts}
        return next(badge for badge in (Badge.CODE, Badge.AUDITED, Badge.DATA) if badge in badges or badge is Badge.DATA)


class Version(Record, frozen=True):
    """A registered manifest: its number, who made it and when."""

    model: str
    number: int
    digest: str
    manifest: Manifest
    #: The person who registered it; never its approver.
    author: str
    #: Microseconds since the epoch, UTC.
    created_at: int
    #: One sentence on what is new.
    note: str = ""

    @property
    def name(self) -> str:
        """The reference people use, such as `late-flights@7`."""
        return f"{self.model}@{self.number}"

    @property
    def elsewhere(self) -> Elsewhere | None:
        """Where it runs; nothing for a version that is served here."""
        found = self.manifest.elsewhere
        return found if isinstance(found, Elsewhere) else None


def address(digest: str) -> str:
    """Where an object lies below the root of an artifact store: `ab/ab12…`. The digest must fully match `names.DIGEST`."""
    return f"{digest[:2]}/{digest}"
