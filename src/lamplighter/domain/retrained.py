"""What differs between a version and the one that it would replace: only data and parameters, or more than that.

A plain retrain has the code, the packages, the contract and the threshold of the version before. What it learned is another
matter: the figures of both are held side by side.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from lamplighter.domain.contract import Contract
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.record import Record, canonical, digest_of
from lamplighter.domain.version import Manifest, Version

#: The evidence that holds figures of quality, and the artifact that is code.
KIND, _CODE = "performance", "source"


class Compared(Record, frozen=True):
    """One figure of quality of the version that is live and of the one that would replace it."""

    #: Such as `auc`, or `auc where carrier = AA`.
    name: str
    before: float
    after: float

    @property
    def change(self) -> float:
        """By what part of its value it moved: 0.02 for two in a hundred more; endless where it moved from nothing."""
        if self.before == self.after:
            return 0.0
        return (self.after - self.before) / abs(self.before) if self.before else float("inf")


class Retrained(Record, frozen=True):
    """How a version differs from the one that it would replace."""

    #: What is other than data and parameters, a sentence each; none of a plain retrain.
    differs: tuple[str, ...]
    figures: tuple[Compared, ...] = ()

    def outside(self, within: float) -> tuple[Compared, ...]:
        """Figures that moved by more than this part, for the better too: what is too good is looked at as well."""
        return tuple(one for one in self.figures if not abs(one.change) <= within)


def retrained(live: Version | None, candidate: Version, before: Evidence | None, after: Evidence | None) -> Retrained:
    """What lies between the version that is live and one that would replace it, with the evidence `performance` of both."""
    if live is None:
        return Retrained(differs=("Nothing is live there that it would replace.",))
    figures = _compared(before.facts if before else {}, after.facts if after else {})
    named = {one.name for one in figures}
    told = [*_differences(live.manifest, candidate.manifest)]
    if not figures:
        told.append("Figures of quality of both versions are not known.")
    lost = sorted(_figures(before.facts if before else {}).keys() - named)
    if figures and lost:
        told.append(f"{lost[0]} was measured of the version before and not of this one.")
    if before and after and before.facts.get("held_out") != after.facts.get("held_out"):
        told.append("One was measured on rows that were held out, the other on rows it learned from.")
    return Retrained(differs=tuple(told), figures=figures)


def _differences(live: Manifest, candidate: Manifest) -> Iterator[str]:
    if isinstance(live.elsewhere, msgspec.Struct) or isinstance(candidate.elsewhere, msgspec.Struct):
        yield "It runs elsewhere, so nothing here has opened it."
    if live.runtime != candidate.runtime:
        yield f"Its runtime was {live.runtime}, and is {candidate.runtime}."
    yield from _code(live, candidate)
    if live.lock != candidate.lock:
        yield "Its Python or its packages are others."
    if agreed(live.contract) != agreed(candidate.contract):
        yield "Its inputs or its output are others."
    if live.decision != candidate.decision:
        yield f"Its threshold was {live.decision.threshold:g}, and is {candidate.decision.threshold:g}."
    if live.calibration != candidate.calibration:
        yield f"Its scores were {_calibration(live)}, and are {_calibration(candidate)}."
    if live.provenance.licence != candidate.provenance.licence:
        yield "Its licence is another one."
    if _forms(live) != _forms(candidate):
        yield "It is made of other kinds of files."


def _calibration(manifest: Manifest) -> str:
    by = manifest.calibrates
    return f"calibrated (intercept {by.intercept:.3f}, slope {by.slope:.3f})" if by else "not calibrated"


def _code(live: Manifest, candidate: Manifest) -> Iterator[str]:
    before, now = live.provenance.commit, candidate.provenance.commit
    if not now or now.endswith("-dirty"):
        yield "It names no commit of its training code, so nobody can say that the code is the same."
    elif before != now:
        yield f"Its training code was {before[:12] or 'of no commit'}, and is {now[:12]}."
    elif _sources(live) != _sources(candidate):
        yield "The code that it runs is another one."


def agreed(contract: Contract) -> Contract:
    """A contract without the smallest and largest values that were seen: those are data."""
    inputs = tuple(msgspec.structs.replace(column, low=None, high=None) for column in contract.inputs)
    return msgspec.structs.replace(contract, inputs=inputs)


def shape(manifest: Manifest) -> str:
    """Digest of what retrains leave as it is, without name and code: what versions of one definition have in common."""
    parts = [manifest.runtime, agreed(manifest.contract), manifest.decision, manifest.lock]
    return digest_of(canonical([*parts, manifest.calibrates] if manifest.calibrates else parts))


def _sources(manifest: Manifest) -> set[str]:
    return {artifact.digest for artifact in manifest.artifacts if artifact.role == _CODE}


def _forms(manifest: Manifest) -> set[tuple[str, str, str]]:
    return {(artifact.role, artifact.format, artifact.badge.value) for artifact in manifest.artifacts}


def _compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Compared, ...]:
    old, new = _figures(before), _figures(after)
    return tuple(Compared(name=name, before=old[name], after=new[name]) for name in sorted(old.keys() & new.keys()))


def _figures(facts: Mapping[str, Any]) -> Mapping[str, float]:
    """Figures by name; facts come from outside and may hold anything."""
    found: dict[str, float] = {}
    parts = facts.get("figures")
    for part, figures in (parts if isinstance(parts, Mapping) else {}).items():
        for name, figure in (figures if isinstance(figures, Mapping) else {}).items():
            value = figure.get("value") if isinstance(figure, Mapping) else None
            if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300:
                found[f"{name} where {part}" if part else name] = float(value)
    return found
