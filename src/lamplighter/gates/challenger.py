"""Was it selected in place of the live version, by a decision that this platform has signed?"""

from lamplighter import keys
from lamplighter.domain.challenge import KIND as BEFORE_SIGNATURES
from lamplighter.domain.challenge import Choice
from lamplighter.domain.decision import Inapplicable, Passed, Refused, Undecided, Verdict
from lamplighter.domain.evidence import Dossier, Evidence
from lamplighter.domain.record import Settings
from lamplighter.domain.retuning import same_scores
from lamplighter.domain.selection import KIND, Selection, sealed_in
from lamplighter.domain.version import Version
from lamplighter.gates.base import elsewhere


class Gate(Settings, frozen=True):
    """The evidence `selection`: the platform has signed that it may take the place of the version that is live there.

    It reads that decision and measures nothing itself. `needed` says whether there must have been a trial at all.
    """

    needed: bool = False

    def judge(self, dossier: Dossier) -> Verdict:
        """Refused where the champion was kept or nobody has signed; undecided without a selection where one is needed."""
        away = elsewhere(dossier, "it cannot score along here, so no trial can be held")
        if away is not None:
            return away
        if dossier.live is None:
            return Passed(why="Nothing is live there that it could be compared with.")
        if dossier.live.number == dossier.version.number:
            return Passed(why="It is the version that is live there.")
        fix = f"Let it score along with lamp challenge start {dossier.version.name}."
        found = dossier.evidence.get(KIND)
        if found is None and BEFORE_SIGNATURES in dossier.evidence:
            return Undecided(why="Its trial ended without a signed selection.", fix=fix)
        if found is None and _decides_otherwise(dossier.version, dossier.live):
            told = f"It gives the same scores as v{dossier.live.number} and decides at another threshold"
            return Inapplicable(why=f"{told}: no figure of scores can tell them apart.")
        if found is None:
            return self._untried(f"It was never compared with v{dossier.live.number}.", "No trial was held", fix)
        made = _signed(found, dossier.sealer)
        if made is None:
            return Refused(why="What says that it was selected is not signed by this platform.", fix=fix)
        if not _is_about(made, dossier, dossier.live):
            seen = f"{made.trial} compared {made.model}@{made.challenger} with v{made.champion} in {made.environment}"
            why = f"{seen}, not with v{dossier.live.number} in {dossier.environment.name}."
            return self._untried(why, why.removesuffix("."), fix)
        return _told(made)

    def _untried(self, why: str, seen: str, fix: str) -> Verdict:
        return Undecided(why=why, fix=fix) if self.needed else Passed(why=f"{seen}, and none is asked for.")


def _signed(found: Evidence, sealer: str) -> Selection | None:
    """The selection in the evidence if the platform has signed exactly that."""
    sealed = sealed_in(found.facts)
    return sealed.selection if sealed is not None and sealer and keys.holds(sealed, sealer) else None


def _decides_otherwise(version: Version, live: Version) -> bool:
    """Whether all that differs is how scores are decided on."""
    return version.digest != live.digest and same_scores(version.manifest, live.manifest)


def _is_about(made: Selection, dossier: Dossier, live: Version) -> bool:
    wanted = (dossier.version.digest, live.digest, dossier.environment.name)
    return (made.challenger_version, made.champion_version, made.environment) == wanted


def _told(made: Selection) -> Verdict:
    primary = made.primary
    seen = f"{primary.metric} differs by {primary.difference:+.4f} on {primary.n:,} rows"
    if made.choice is Choice.SWAP:
        return Passed(why=f"{made.trial} selected it: {seen}. {made.why}")
    if made.choice is Choice.KEEP:
        return Refused(
            why=f"{made.trial} keeps v{made.champion}, for {made.by}: {made.why}", fix="Keep the live version, or train again."
        )
    fix = f"Let another trial run longer: lamp challenge start {made.model}@{made.challenger}."
    return Undecided(why=f"{made.trial} left it open, for {made.by}: {made.why}", fix=fix)
