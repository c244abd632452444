"""Industrialization: artifacts and manifests come in, with evidence; nothing of them is executed here."""

from collections.abc import Mapping, Sequence
from typing import Any

from lamplighter.domain.challenge import KIND as CHALLENGE
from lamplighter.domain.drill import KIND as OUTAGE_DRILL
from lamplighter.domain.errors import Invalid, NotAllowed
from lamplighter.domain.evaluation import evaluation_in
from lamplighter.domain.events.version import EvidenceAdded, VersionRegistered
from lamplighter.domain.evidence import Evidence, differs_in_times_only
from lamplighter.domain.identity import Actor
from lamplighter.domain.names import DIGEST
from lamplighter.domain.paired import KIND as SHADOW
from lamplighter.domain.recalibration import KIND as RECALIBRATION
from lamplighter.domain.recalibration import check_lawful
from lamplighter.domain.record import canonical
from lamplighter.domain.replay import KIND as REPLAY
from lamplighter.domain.retuning import KIND as RETUNING
from lamplighter.domain.selection import KIND as SELECTION
from lamplighter.domain.training_input import KIND as TRAINING_INPUT
from lamplighter.domain.version import Manifest, Version
from lamplighter.lifecycle import elsewhere, measurable, profiles, retirement
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.tracking import candidates
from lamplighter.store.transaction import Transaction

#: Evidence that only the platform itself finds, and how.
_OWN: Mapping[str, str] = {
    REPLAY: "The platform itself replays the requests of consumers.",
    CHALLENGE: "The platform itself compares a challenger with the champion on the rows of both.",
    SELECTION: "The platform itself selects between champion and challenger, and signs it.",
    SHADOW: "The platform itself compares what a version scores along with what the live one answers.",
    OUTAGE_DRILL: "The platform itself asks the questions of a drill.",
    RETUNING: "The platform itself counts which decisions another threshold turns.",
    RECALIBRATION: "The platform itself fits a calibration, and judges it on rows that the fit has not seen.",
    TRAINING_INPUT: "The platform itself says what a training was given.",
}


def put_artifact(kit: Kit, digest: str, content: bytes) -> str:
    """Keep bytes under their digest."""
    kit.artifacts.put(digest, content)
    return digest


def missing_artifacts(kit: Kit, digests: Sequence[str]) -> list[str]:
    """Which of these are not kept."""
    return [digest for digest in digests if not DIGEST.fullmatch(digest) or not kit.artifacts.has(digest)]


def register(
    kit: Kit, actor: Actor, model: str, manifest: Manifest, evidence: Sequence[tuple[str, Mapping[str, Any]]], note: str
) -> Version:
    """Register a version; the same manifest again gives the version that is there. Raises `Invalid`, `NotAllowed` and
    `NotFound`."""
    for kind, _ in evidence:
        _check_brought(kind)
    return take_in(kit, actor, model, manifest, evidence, note)


def take_in(
    kit: Kit, actor: Actor, model: str, manifest: Manifest, evidence: Sequence[tuple[str, Mapping[str, Any]]], note: str
) -> Version:
    """The same with evidence that the platform has found itself. The bytes are durable before the row that names them.

    Times that were measured again void no acceptance: a pipeline that runs twice takes nobody's word away.
    """
    _check(kit, model, manifest)
    kit.artifacts.put(manifest.digest, canonical(manifest))
    with kit.store.transaction() as change:
        measurable.check(change.project(model), manifest.contract.output.meaning)
        elsewhere.check_manifest(change, manifest)
        retirement.check_stands(change, model)
        known = change.versions.find(model=model, digest=manifest.digest)
        version = known or _new(kit, change, actor, manifest, note)
        signed = known is not None and bool(change.signatures.all(version=version.digest))
        for kind, facts in evidence:
            if not (signed and _is_measured_again(change, version, kind, facts)):
                _add(kit, change, actor, version, kind, facts)
    return version


def _is_measured_again(look: Transaction, version: Version, kind: str, facts: Mapping[str, Any]) -> bool:
    known = look.evidence.newest(version.digest).get(kind)
    return known is not None and differs_in_times_only(kind, known.facts, facts)


def _check(kit: Kit, model: str, manifest: Manifest) -> None:
    if manifest.model != model:
        raise Invalid("Two names for one model.", why="The path and the manifest differ.", fix="Use one name.", code="E1113")
    check_lawful(manifest)
    missing = missing_artifacts(kit, [artifact.digest for artifact in manifest.artifacts])
    if missing:
        raise _missing(len(missing))
    # What the watch cannot read later is refused while whoever brings it is here.
    profiles.check_profile(kit, manifest)


def _missing(count: int) -> Invalid:
    return Invalid(
        "Artifacts of the version are missing.",
        why=f"{count} of them were not uploaded.",
        fix="Upload every artifact first, then register.",
        code="E1140",
    )


def _new(kit: Kit, change: Transaction, actor: Actor, manifest: Manifest, note: str) -> Version:
    version = Version(
        model=manifest.model,
        number=change.versions.next_number(manifest.model),
        digest=manifest.digest,
        manifest=manifest,
        author=actor.email,
        created_at=kit.clock.now(),
        note=note[:500],
    )
    change.versions.add(version)
    candidates.pack(kit, change, version)
    kit.record(change, VersionRegistered(model=version.model, number=version.number, digest=version.digest), actor)
    # From here on nobody removes what nothing names, until this version names it or is not registered.
    if missing := kit.artifacts.lacks([manifest.digest, *(artifact.digest for artifact in manifest.artifacts)]):
        raise _missing(len(missing))
    return version


def add_evidence(kit: Kit, actor: Actor, version: Version, kind: str, facts: Mapping[str, Any]) -> Evidence:
    """Bring facts about a version."""
    _check_brought(kind)
    with kit.store.transaction() as change:
        return _add(kit, change, actor, version, kind, facts)


def _check_brought(kind: str) -> None:
    if kind in _OWN:
        raise NotAllowed(
            "Nobody brings this evidence.",
            why=_OWN[kind],
            fix="Leave it out; the platform finds it when it is needed.",
            code="E1324",
        )


def _add(kit: Kit, change: Transaction, actor: Actor, version: Version, kind: str, facts: Mapping[str, Any]) -> Evidence:
    known = change.evidence.newest(version.digest).get(kind)
    if known is not None and known.facts == facts:
        return known
    found = Evidence(version=version.digest, kind=kind, facts=facts, author=actor.email, at=kit.clock.now())
    change.evidence.put(found)
    event = EvidenceAdded(model=version.model, version=version.digest, kind=kind, digest=found.digest)
    kit.record(change, event, actor)
    evaluation = evaluation_in(found)
    # As with a version: from here on nobody removes what this evidence names.
    if evaluation is not None and kit.artifacts.lacks([evaluation.scores]):
        raise _missing(1)
    return found
