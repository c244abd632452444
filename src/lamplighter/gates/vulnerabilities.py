"""Is anything known to be wrong with the packages that the version loads where it answers?"""

from lamplighter.domain.decision import Inapplicable, Passed, Refused, Undecided, Verdict
from lamplighter.domain.duration import seconds
from lamplighter.domain.evidence import Dossier
from lamplighter.domain.instant import day
from lamplighter.domain.record import Settings
from lamplighter.domain.vulnerability import Vulnerability, Weight
from lamplighter.gates.base import elsewhere

#: Vulnerabilities that are named in a sentence.
_NAMED = 3


class Gate(Settings, frozen=True):
    """No vulnerability heavier than `most` is known, to advisories that know of the last `oldest`.

    `unstated` is what an advisory counts as that does not say how bad it is. Without any advisories it is undecided where
    they are `needed`, and has nothing to judge elsewhere.
    """

    most: Weight = Weight.MODERATE
    unstated: Weight = Weight.HIGH
    oldest: str = "30d"
    needed: bool = False

    def judge(self, dossier: Dossier) -> Verdict:
        """Refused naming the packages and where they are mended."""
        away = elsewhere(dossier, "its packages are not known here")
        if away is not None:
            return away
        if not dossier.version.manifest.loads_packages:
            return Inapplicable(why="It is compiled: where it answers none of its packages is loaded.")
        found, cure = dossier.exposure, "Load new ones: lamp admin advisories FILE"
        if found is None:
            if self.needed:
                return Undecided(why="No advisories are here, so nobody knows what is wrong with its packages.", fix=cure)
            return Inapplicable(why="No advisories are here.")
        if dossier.now - found.newest > seconds(self.oldest) * 1_000_000:
            return Undecided(why=f"The advisories know nothing after {day(found.newest)}; wanted is {self.oldest}.", fix=cure)
        heavy = found.above(self.most, self.unstated)
        if heavy:
            return Refused(why=_told(heavy), fix=_cure(heavy))
        light = f"; {len(found.found)} known, none above {self.most}" if found.found else ", nothing known"
        return Passed(why=f"{found.packages} packages{light}, as of {day(found.newest)}.")


def _told(heavy: tuple[Vulnerability, ...]) -> str:
    more = f"; and {len(heavy) - _NAMED} more" if len(heavy) > _NAMED else ""
    return "; ".join(one.told for one in heavy[:_NAMED]) + f"{more}."


def _cure(heavy: tuple[Vulnerability, ...]) -> str:
    newer = list(dict.fromkeys(f"{one.package}>={one.mended}" for one in heavy if one.mended))
    if not newer:
        return "Nothing mends it yet: leave the package out, or have the gate waived by who may."
    return f"Train and register it with {', '.join(newer[:_NAMED])}, or have the gate waived by who may."
