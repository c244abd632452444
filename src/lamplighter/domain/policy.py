"""The rule book: what each tier of criticality asks for at each level of environment. Data only, kept in a TOML file."""

from collections.abc import Mapping
from enum import StrEnum
from functools import partial
from typing import Any

import msgspec

from lamplighter.domain.acceptance import Side
from lamplighter.domain.choices import misfit
from lamplighter.domain.duration import seconds
from lamplighter.domain.environment import Level
from lamplighter.domain.errors import Invalid
from lamplighter.domain.expiry import ExpiryRule
from lamplighter.domain.field import check_field
from lamplighter.domain.freeze import Freeze, check_freeze
from lamplighter.domain.hours import read_hours
from lamplighter.domain.impact import Impact, Loss
from lamplighter.domain.log import LogRule
from lamplighter.domain.monitor_plan import check_false_alarms
from lamplighter.domain.record import Settings, canonical, digest_of
from lamplighter.domain.steps import Steps, check_steps
from lamplighter.domain.waiver import WaiverRule, check_waivers


class Answer(StrEnum):
    """What the platform does by itself when an incident opens."""

    #: Write it down.
    NOTE = "note"
    #: Tell the holder of the duty.
    NOTIFY = "notify"
    #: Tell the holder and return to the version before.
    ROLL_BACK = "roll-back"


class LevelRules(Settings, frozen=True):
    """What one tier asks for at one level."""

    #: Gates in the order they are judged: `use` names the gate, the rest are its settings.
    gates: tuple[Mapping[str, Any], ...] = ()
    #: Sides that must accept, each by another person, none by the author.
    approvals: tuple[Side, ...] = ()
    rollout: Steps = Steps(steps=(100,), each="0s", least_requests=0)
    #: Days on which nothing new goes live; what is under way keeps its share and may always go back.
    freeze: tuple[Freeze, ...] = ()
    #: Hours of the week in which rollouts go on, such as `Mon-Thu 09:00-16:00 Europe/Paris`; always if none are named.
    windows: tuple[str, ...] = ()


class Tier(Settings, frozen=True):
    """A level of care. The file lists tiers from the least to the most critical."""

    name: str
    #: One sentence for people.
    summary: str
    #: Whether robustness goes before speed.
    critical: bool
    #: What happens when a technical incident opens.
    technical: Answer
    #: What happens when a functional incident opens.
    functional: Answer
    #: An unacknowledged incident goes to the deputy after this long, such as 15m.
    escalate_after: str
    #: A version may be live for this many days; after that the model is on watch.
    expires_after_days: int
    #: What happens before and after that.
    expiry: ExpiryRule = ExpiryRule()
    #: False alarms of drift that a model may give in a month, over all inputs together.
    false_alarms: float = 1.0
    #: How long a second person has to review an emergency, such as 3d.
    review_within: str = "3d"
    #: What is kept of requests at least, and what never.
    log: LogRule = LogRule()
    #: What people may take on for a time although a gate says no.
    waivers: WaiverRule = WaiverRule()
    levels: Mapping[Level, LevelRules] = {}

    def rules(self, level: Level) -> LevelRules:
        """The rules at a level; raises `KeyError` if the policy is silent, which `read_policy` has ruled out."""
        return self.levels[level]


class CriticalityRule(Settings, frozen=True):
    """One line of the table that gives the tier; a condition that is left out always holds."""

    name: str
    tier: str
    why: str
    customers: bool | None = None
    loss: tuple[Loss, ...] = ()
    reversible: bool | None = None
    automated: bool | None = None

    def matches(self, impact: Impact) -> bool:
        """Whether every condition holds; an answer that is missing meets no condition."""
        if impact.missing():
            return False
        flags = ("customers", "reversible", "automated")
        plain = all(getattr(self, flag) in (None, getattr(impact, flag)) for flag in flags)
        return plain and (not self.loss or impact.loss in self.loss)


class Policy(Settings, frozen=True):
    """The whole rule book."""

    name: str
    version: int
    tier: tuple[Tier, ...]
    #: First match gives the tier.
    criticality: tuple[CriticalityRule, ...]

    @property
    def digest(self) -> str:
        """The revision of the rule book that decisions name."""
        return digest_of(canonical(self))

    def rank(self, tier: str) -> int:
        """Place of a tier, 0 for the least critical."""
        return [known.name for known in self.tier].index(tier)


def read_policy(text: str) -> Policy:
    """The rule book in a TOML text; raises `Invalid` naming the field that is wrong."""
    try:
        policy = msgspec.toml.decode(text, type=Policy, strict=True)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        why, fix = misfit(Policy, error)
        raise Invalid("The policy file is not valid.", why=why, fix=fix) from None
    for tier in policy.tier:
        _check_tier(tier)
    known = [tier.name for tier in policy.tier]
    twice = [name for name in known if known.count(name) > 1]
    if twice:
        why = f"Two tiers are called {twice[0]}."
        raise Invalid("The policy file is not valid.", why=why, fix="Give each tier a name of its own.")
    if not known or any(rule.tier not in known for rule in policy.criticality):
        raise Invalid("The policy file is not valid.", why="A rule names a tier that does not exist.", fix="Name a known tier.")
    return policy


def _check_tier(tier: Tier) -> None:
    check_field(f"escalate_after of {tier.name}", seconds, tier.escalate_after)
    check_field(f"review_within of {tier.name}", seconds, tier.review_within)
    check_field(f"false_alarms of {tier.name}", check_false_alarms, tier.false_alarms)
    check_field(f"waivers of {tier.name}", check_waivers, tier.waivers)
    check_field(f"expiry.warn of {tier.name}", seconds, tier.expiry.warn)
    check_field(f"expiry.grace of {tier.name}", seconds, tier.expiry.grace)
    if tier.log.least_keep:
        check_field(f"log.least_keep of {tier.name}", seconds, tier.log.least_keep)
    for level in Level:
        if level not in tier.levels:
            raise Invalid(
                "The policy file is not valid.",
                why=f"Tier {tier.name} says nothing about {level}, and silence would mean no gate.",
                fix=f"Add [tier.levels.{level}].",
            )
        for freeze in tier.levels[level].freeze:
            check_field(f"freeze of {tier.name} at {level}", check_freeze, freeze)
        for hours in tier.levels[level].windows:
            check_field(f"windows of {tier.name} at {level}", read_hours, hours)
        check_field(f"rollout of {tier.name} at {level}", check_steps, tier.levels[level].rollout)
        check_field(f"rollout of {tier.name} at {level}", partial(check_guarded, tier, level), tier.levels[level].rollout)


def check_guarded(tier: Tier, level: Level, steps: Steps) -> Steps:
    """The steps themselves, unless a critical model would come into production unguarded; raises `Invalid`."""
    if tier.critical and level is Level.PRODUCTION and not steps.least_requests:
        raise Invalid(
            "The rollout has no guard.",
            why=f"With least_requests = 0 time alone brings a version on, and {tier.name} models need evidence.",
            fix="Write least_requests = 100, or leave it out.",
            code="E1519",
        )
    return steps
