"""The rule book: what each tier of criticality asks for at each level of environment. Data only, kept in a TOML file."""

import re
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import partial
from typing import Any

import msgspec

from lamplighter.domain.acceptance import Side
from lamplighter.domain.checklist import GATE, Item, check_item
from lamplighter.domain.choices import misfit
from lamplighter.domain.decoding import from_json, from_toml
from lamplighter.domain.duration import seconds
from lamplighter.domain.environment import Level
from lamplighter.domain.errors import Invalid
from lamplighter.domain.expiry import ExpiryRule
from lamplighter.domain.field import check_field
from lamplighter.domain.freeze import Freeze, check_freeze
from lamplighter.domain.handover_rule import HandoverRule, check_handover
from lamplighter.domain.hours import read_hours
from lamplighter.domain.impact import Impact, Loss
from lamplighter.domain.log import LogRule
from lamplighter.domain.look_alike_rule import LookAlikeRule, check_look_alikes
from lamplighter.domain.monitor_plan import check_false_alarms
from lamplighter.domain.record import Settings, canonical, digest_of
from lamplighter.domain.retirement_rule import RetirementRule, check_retirement
from lamplighter.domain.selection_rule import SelectionRule, check_rule
from lamplighter.domain.steps import Steps, check_steps
from lamplighter.domain.toml_lines import line_of, line_of_item
from lamplighter.domain.validation import ValidationRule, check_validation
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
    #: Who validates its models from outside the building team, and how long owners of findings have.
    validation: ValidationRule = ValidationRule()
    #: Which releases look alike, so that one look answers for all of them, and who accepts those.
    look_alikes: LookAlikeRule = LookAlikeRule()
    #: What a challenger must show before it may take the champion's place.
    selection: SelectionRule = SelectionRule()
    #: What a model needs before it may be taken out of use.
    retirement: RetirementRule = RetirementRule()
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
    #: What is asked of handovers.
    handover: HandoverRule = HandoverRule()
    #: What has to be in order with every version; the gate `checklist` asks it. Absent from the bytes of a rule book that
    #: has none, whose digest it leaves alone.
    checklist: tuple[Item, ...] | msgspec.UnsetType = msgspec.UNSET

    @property
    def items(self) -> tuple[Item, ...]:
        """The checklist; empty where there is none."""
        return self.checklist if isinstance(self.checklist, tuple) else ()

    def uses(self, tier: Tier, level: Level) -> tuple[Mapping[str, Any], ...]:
        """The gates of a tier at a level with everything that they are asked with: their settings and, of the gate `checklist`,
        its items."""
        items = [msgspec.to_builtins(item) for item in self.items]
        return tuple({**use, "items": items} if use.get("use") == GATE else use for use in tier.rules(level).gates)

    @property
    def digest(self) -> str:
        """The revision of the rule book that decisions name."""
        return digest_of(canonical(self))

    def rank(self, tier: str) -> int:
        """Place of a tier, 0 for the least critical."""
        return [known.name for known in self.tier].index(tier)


def read_policy(text: str) -> Policy:
    """The rule book in a TOML text; raises `Invalid` naming the field that is wrong, and its line where there is one."""
    try:
        # The store gives numbers back as what their fields are; so does the text, or its digest would be another.
        policy = from_json(canonical(from_toml(text, Policy)), Policy)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        why, fix = misfit(Policy, error)
        raise Invalid("The policy file is not valid.", why=f"{_line(text, str(error))}{why}", fix=fix) from None
    check_handover(policy.handover)
    for place, item in enumerate(policy.items):
        before = [one.name for one in policy.items[:place]]
        _check(text, f"checklist[{place}]", f"checklist[{place}]", partial(check_item, before=before), item)
    for place, tier in enumerate(policy.tier):
        _check_tier(text, f"tier[{place}]", tier)
    known = [tier.name for tier in policy.tier]
    twice = [place for place, name in enumerate(known) if name in known[:place]]
    if twice:
        place = twice[0]
        raise _invalid(
            text, f"tier[{place}].name", f"Two tiers are called {known[place]}.", "Give each tier a name of its own."
        )
    lost = [place for place, rule in enumerate(policy.criticality) if rule.tier not in known]
    if lost or not known:
        place = lost[0] if lost else 0
        why = "A rule names a tier that does not exist."
        raise _invalid(text, f"criticality[{place}].tier", why, f"Name a known tier: {', '.join(known)}.")
    return policy


def _line(text: str, error: str) -> str:
    """The line that a reader of TOML means, as the start of a sentence; nothing where it tells it itself."""
    place, field = re.search(r"at `(?:key in )?(\$[^`]*)`", error), re.search(r"unknown field `([^`]*)`", error)
    if "(at line" in error:
        return ""
    # The reader does not say which key of a table it means; what is written there does.
    path, _, hidden = (place[1] if place else "$").partition("[...]")
    written = re.search(r"(?:value '|field `)([^'`]*)", error)
    if hidden and written:
        line = line_of_item(text, path.removesuffix(".levels"), written[1])
    else:
        line = line_of(text, path + (f".{field[1]}" if field else ""))
    return f"Line {line}: " if line else ""


def _invalid(text: str, place: str, why: str, fix: str) -> Invalid:
    line = line_of(text, place)
    return Invalid("The policy file is not valid.", why=f"Line {line}: {why}" if line else why, fix=fix)


def _check_tier(text: str, place: str, tier: Tier) -> None:
    for field, lawful, value in _fields(tier):
        _check(text, f"{place}.{field}", f"{field} of {tier.name}", lawful, value)
    for level in Level:
        if level not in tier.levels:
            raise Invalid(
                "The policy file is not valid.",
                why=f"Tier {tier.name} says nothing about {level}, and silence would mean no gate.",
                fix=f"Add [tier.levels.{level}].",
            )
        for field, lawful, value in _of_level(tier, level):
            _check(text, f"{place}.levels.{level}.{field}", f"{field} of {tier.name} at {level}", lawful, value)


def _check(text: str, place: str, field: str, lawful: Callable[[Any], object], value: Any) -> None:
    try:
        check_field(field, lawful, value)
    except Invalid as error:
        line = line_of(text, place)
        raise Invalid(
            error.what, why=f"Line {line}: {error.why}" if line else error.why, fix=error.fix, code=error.code
        ) from None


def _fields(tier: Tier) -> Iterator[tuple[str, Callable[[Any], object], Any]]:
    """What has to be lawful in a tier: where it stands, how it is told, and what it is."""
    yield "escalate_after", seconds, tier.escalate_after
    yield "review_within", seconds, tier.review_within
    yield "false_alarms", check_false_alarms, tier.false_alarms
    yield "waivers", check_waivers, tier.waivers
    yield "validation", check_validation, tier.validation
    yield "selection", check_rule, tier.selection
    yield "retirement", check_retirement, tier.retirement
    yield "look_alikes", partial(check_look_alikes, critical=tier.critical), tier.look_alikes
    yield "expiry.warn", seconds, tier.expiry.warn
    yield "expiry.grace", seconds, tier.expiry.grace
    if tier.log.least_keep:
        yield "log.least_keep", seconds, tier.log.least_keep


def _of_level(tier: Tier, level: Level) -> Iterator[tuple[str, Callable[[Any], object], Any]]:
    rules = tier.levels[level]
    yield from (("freeze", check_freeze, freeze) for freeze in rules.freeze)
    yield from (("windows", read_hours, hours) for hours in rules.windows)
    yield "rollout", check_steps, rules.rollout
    yield "rollout", partial(check_guarded, tier, level), rules.rollout


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
