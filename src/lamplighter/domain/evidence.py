"""What is known about a version: facts with a digest, and the whole of what a gate may look at."""

from collections.abc import Mapping
from typing import Any

from lamplighter.domain.acceptance import Signature
from lamplighter.domain.consent import Consent
from lamplighter.domain.consumer import Caller
from lamplighter.domain.criticality import Criticality
from lamplighter.domain.emergency import Emergency
from lamplighter.domain.environment import Environment
from lamplighter.domain.ownership import Ownership
from lamplighter.domain.project import Project
from lamplighter.domain.record import Record, canonical, digest_of
from lamplighter.domain.replay import Replay
from lamplighter.domain.sandbox import Sandbox
from lamplighter.domain.validation import ValidationFinding, ValidationWord
from lamplighter.domain.version import Version
from lamplighter.domain.vulnerability import Exposure
from lamplighter.domain.waiver import Waiver

#: Facts that come out a little different each time they are measured, or on another machine, by kind of evidence.
_TIMES: Mapping[str, frozenset[str]] = {"load-check": frozenset({"load_seconds", "latency_ms", "sample_scores"})}


def differs_in_times_only(kind: str, facts: Mapping[str, Any], others: Mapping[str, Any]) -> bool:
    """Whether two measurements of one kind say the same but for how long something took."""
    times = _TIMES.get(kind, frozenset())
    return bool(times) and all(facts.get(name) == others.get(name) for name in (facts.keys() | others.keys()) - times)


class Evidence(Record, frozen=True):
    """Facts about one version, of one kind."""

    #: Digest of the version they are about.
    version: str
    #: What kind: `data-checks`, `parity`, `load-check`, `performance`, `selection`, ...
    kind: str
    #: The facts; plain values that JSON can hold.
    facts: Mapping[str, Any]
    #: Who brought them.
    author: str
    #: Microseconds since the epoch, UTC.
    at: int

    @property
    def digest(self) -> str:
        """Address of the facts."""
        return digest_of(canonical(self))


class Dossier(Record, frozen=True):
    """Everything a gate is handed. Decisions can be taken again from it."""

    project: Project
    criticality: Criticality
    version: Version
    environment: Environment
    ownership: Ownership
    policy_digest: str
    #: Newest evidence of each kind.
    evidence: Mapping[str, Evidence]
    #: Sides that the policy and the project want to hear.
    approvals: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()
    #: Levels at which this very version has been live.
    levels: tuple[str, ...] = ()
    #: The version that is live there now, if any.
    live: Version | None = None
    #: Everybody who calls the model or is declared to.
    callers: tuple[Caller, ...] = ()
    #: Words of owners of consumers about this version there, oldest first.
    consents: tuple[Consent, ...] = ()
    #: The replay of this version against the live one, if one was asked for.
    replay: Replay | None = None
    #: How closed processes of versions are there; nothing if that is not known.
    sandbox: Sandbox | None = None
    #: What is known to be wrong with its packages; nothing if no advisories are here.
    exposure: Exposure | None = None
    #: The emergency in which this is asked, if it is one.
    emergency: Emergency | None = None
    #: Emergencies of this model there that nobody has reviewed, oldest first.
    unreviewed: tuple[Emergency, ...] = ()
    #: Open findings of validations of the model, those that matter most first, and validators' words on this version.
    validation_findings: tuple[ValidationFinding, ...] = ()
    validation_words: tuple[ValidationWord, ...] = ()
    #: Waivers of this version there that something rests on or rested on, oldest first.
    waivers: tuple[Waiver, ...] = ()
    #: SHA-256 of the public key that this platform signs with; empty where nothing that it signed is among the evidence.
    sealer: str = ""
    #: Figures of quality of the live version, where the rule book has them compared.
    live_figures: Evidence | None = None
    #: Why the platform accepts nothing of this model by itself now, whatever the rule book says; empty if it may.
    no_auto_approval: str = ""
    #: Microseconds since the epoch, UTC.
    now: int = 0

    @property
    def binding(self) -> str:
        """What a signature is bound to: version, evidence, project, policy, and the waivers in force. A change of any gives
        another digest."""
        parts = {kind: found.digest for kind, found in self.evidence.items()}
        bound: list[Any] = [self.version.digest, parts, self.project.digest, self.policy_digest]
        return digest_of(canonical([*bound, self.waived] if self.waived else bound))

    @property
    def waived(self) -> str:
        """The waivers in force, by name; empty where nothing is waived."""
        return ",".join(one.id for one in self.waivers if one.holds(self.now))

    @property
    def seen(self) -> Mapping[str, str]:
        """What a signature is bound to, by name: to say later what has changed."""
        parts = {kind: found.digest for kind, found in self.evidence.items()}
        more = {"waivers": self.waived} if self.waived else {}
        return {**parts, "project": self.project.digest, "policy": self.policy_digest, **more}
