"""What is inside a version and what is known of it."""

from typing import TYPE_CHECKING

from lamplighter.domain.contract import Difference, differences
from lamplighter.domain.decision import Decision
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.names import DigestPrefix, Live, Number, Previous, Reference, unknown
from lamplighter.domain.record import Record
from lamplighter.domain.validation import ValidationFinding, ValidationWord, ranked
from lamplighter.domain.version import Version
from lamplighter.domain.vulnerability import Exposure
from lamplighter.domain.waiver import Waiver
from lamplighter.views.consumers import Affected, affected

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction


class VersionView(Record, frozen=True):
    """A version with its evidence and what was decided about it."""

    version: Version
    evidence: tuple[Evidence, ...]
    decisions: tuple[Decision, ...]
    #: What callers of the live version would notice; empty if nothing is live or it is the live one.
    differences: tuple[Difference, ...]
    #: What it changes for each consumer of the environment that was asked about; empty where nothing else is live.
    consumers: tuple[Affected, ...] = ()
    #: What was waived of it, newest first.
    waivers: tuple[Waiver, ...] = ()
    #: Open findings of validators about the model, and those about this version that are closed; their words on this version.
    validation_findings: tuple[ValidationFinding, ...] = ()
    validation_words: tuple[ValidationWord, ...] = ()
    #: What is known of its packages; nothing while no advisories are here.
    exposure: Exposure | None = None
    #: SHA-256 of the public key that the platform signs with.
    sealer: str = ""


def version_view(look: "Transaction", reference: Reference, environment: str) -> VersionView:
    """The version a reference names; raises `NotFound`."""
    version = resolve(look, reference, environment)
    live = look.routings.of(version.model, environment).champion
    base = look.versions.find(model=version.model, number=live.number) if live and live.digest != version.digest else None
    return VersionView(
        version=version,
        evidence=tuple(look.evidence.newest(version.digest).values()),
        decisions=tuple(look.decisions.all(newest="at", model=version.model, number=version.number)),
        differences=differences(base.manifest.contract, version.manifest.contract) if base else (),
        consumers=affected(look, version, environment),
        validation_findings=ranked(
            one for one in look.validation_findings.all(model=version.model) if one.open or one.version == version.digest
        ),
        validation_words=tuple(look.validation_words.all(version=version.digest)),
        waivers=tuple(look.waivers.all(newest="opened_at", version=version.digest)),
        exposure=look.exposure(version),
    )


def resolve(look: "Transaction", reference: Reference, environment: str) -> Version:
    """The version that a reference means in an environment; a bare model means its newest. Raises `NotFound`."""
    look.project(reference.model)
    number = _number(look, reference, environment)
    found = look.versions.find(model=reference.model, number=number) if number else None
    if found is None:
        known = [f"{reference.model}@{version.number}" for version in look.versions.all(model=reference.model)]
        raise unknown("version", str(reference), known[-12:])
    return found


def _number(look: "Transaction", reference: Reference, environment: str) -> int:
    match reference.selector:
        case None:
            return look.versions.next_number(reference.model) - 1
        case Number(number=number):
            return number
        case Live():
            champion = look.routings.of(reference.model, environment).champion
            return champion.number if champion else 0
        case Previous():
            previous = look.routings.of(reference.model, environment).previous
            return previous.number if previous else 0
        case DigestPrefix(prefix=prefix):
            found = look.versions.starting_with(reference.model, prefix)
            return found[0].number if len(found) == 1 else 0
