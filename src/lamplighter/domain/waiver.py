"""Waivers: one person takes on, for a time, what one gate found of one version in one environment; integrity never."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from lamplighter.domain.decision import Judgement, Refused, Undecided, Waived
from lamplighter.domain.duration import seconds
from lamplighter.domain.errors import Invalid
from lamplighter.domain.identity import PERMISSIONS, Permission, Role
from lamplighter.domain.instant import minute
from lamplighter.domain.record import Record, Settings

#: Gates that no rule book can open, and what each of them guards.
NEVER: Mapping[str, str] = {
    "parity": "it says whether what is served answers as what was built",
    "formats": "it says whether the bytes may be opened at all, and on whose signature",
    "acceptance": "it is the word of two people, and one cannot give it for both",
    "review": "it is the look of a second person, and the first cannot give it",
}


#: Microseconds before its end at which people are told of it.
_WEEK = 7 * 86_400_000_000


class AtExpiry(StrEnum):
    """What happens when a waiver is over while its version is live or on its way."""

    #: A rollout that rests on it keeps its share and goes no further.
    HOLD = "hold"
    #: Whoever owns the management of the model and the deputy are told, and the model is on watch.
    PAGE = "page"


#: What is declared for the end of a waiver, in words.
_THEN: Mapping[AtExpiry, str] = {
    AtExpiry.HOLD: "a rollout that rests on it is held",
    AtExpiry.PAGE: "whoever owns the model is told, and it is on watch",
}


class WaiverRule(Settings, frozen=True):
    """What a tier lets people waive; nothing, unless the rule book says so."""

    #: Roles that may give one.
    by: tuple[Role, ...] = ()
    #: Gates that may be waived.
    gates: tuple[str, ...] = ()
    #: A waiver holds for this long at most, such as 30d.
    longest: str = "30d"
    #: What happens when it is over. Nothing new is let in on it in any case.
    at_expiry: tuple[AtExpiry, ...] = (AtExpiry.HOLD, AtExpiry.PAGE)


class Waiver(Record, frozen=True):
    """What one person took on, why, until when, and what became of it."""

    #: Such as `W-3`.
    id: str
    model: str
    environment: str
    #: Number and digest of the version, and who registered it; the author never gives one.
    number: int
    version: str
    author: str
    gate: str
    #: What the gate said, word for word: the waiver covers this and nothing else.
    found: str
    #: Who gave it, in which role, and why.
    person: str
    role: Role
    why: str
    #: Microseconds since the epoch, UTC.
    opened_at: int
    until: int
    at_expiry: tuple[AtExpiry, ...]
    #: Party that owned the model's industrialization when it was given; empty where nobody did.
    team: str = ""
    #: How many waivers of this gate the model has had, with this one.
    nth: int = 1
    #: Who ended it early, and why.
    ended_by: str = ""
    end_why: str = ""
    #: When it was said that it ends soon; 0 until then.
    reminded_at: int = 0
    #: When the platform did what is declared for its end; 0 until then.
    lapsed_at: int = 0
    #: When nothing rested on it any more, and why; 0 and empty until then.
    settled_at: int = 0
    settled_why: str = ""
    #: Grows with every write; a write that saw an older one is refused.
    revision: int = 0

    @property
    def open(self) -> bool:
        """Whether something may rest on it, or rested on it and nobody has seen to that."""
        return not self.settled_at

    @property
    def calls(self) -> bool:
        """Whether it is over, something rests on it, and whoever owns the model is to see to that."""
        return self.open and bool(self.lapsed_at) and AtExpiry.PAGE in self.at_expiry

    def holds(self, now: int) -> bool:
        """Whether it is in force."""
        return self.open and now < self.until

    @property
    def reminder_at(self) -> int:
        """When people are told that it ends: a week before, of a short one when half of it has passed."""
        return self.until - min(_WEEK, (self.until - self.opened_at) // 2)


def then(waiver: Waiver) -> str:
    """What happens when it is over."""
    return ", ".join(["nothing new is let in on it", *(_THEN[deed] for deed in waiver.at_expiry)])


def check_waivers(rule: WaiverRule) -> WaiverRule:
    """The rule itself; raises `Invalid` for one that opens what stays shut, or that nobody can use."""
    seconds(rule.longest)
    shut = next((gate for gate in rule.gates if gate in NEVER), None)
    if shut is not None:
        why = f"The gate {shut} can never be waived: {NEVER[shut]}."
        raise Invalid("That cannot be waived.", why=why, fix=f"Leave {shut} out of gates.", code="E1270")
    idle = next((role for role in rule.by if Permission.APPROVE not in PERMISSIONS[role]), None)
    if idle is not None:
        able = ", ".join(role for role in Role if Permission.APPROVE in PERMISSIONS[role])
        why = f"The role {idle} accepts nothing, so it waives nothing."
        raise Invalid("That role cannot waive.", why=why, fix=f"Write by with some of {able}.", code="E1270")
    return rule


def waived(judgement: Judgement, waivers: Iterable[Waiver], rule: WaiverRule, now: int) -> Judgement:
    """What counts of a gate: what it said, or that somebody has taken on exactly that. Pure."""
    said = judgement.verdict
    if judgement.gate in NEVER or judgement.gate not in rule.gates or not isinstance(said, Refused | Undecided):
        return judgement
    for one in waivers:
        if one.gate == judgement.gate and one.found == said.why and one.holds(now):
            return msgspec.structs.replace(judgement, verdict=_waived(one))
    return judgement


def _waived(one: Waiver) -> Waived:
    told = f"{one.found} {one.person} waived it until {minute(one.until)} ({one.id}): {one.why}"
    return Waived(why=told, waiver=one.id, found=one.found, until=one.until)
