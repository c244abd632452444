"""Who should deploy this model? A decision table over criticality, update frequency and readiness.

The table is this project's own reconstruction of common practice, not a standard. Each combination of inputs is covered by
exactly one rule.
"""

from enum import StrEnum

from lamplighter.domain.names import is_team
from lamplighter.domain.project import Project
from lamplighter.domain.readiness import Light, Part, Readiness
from lamplighter.domain.record import Record
from lamplighter.domain.stage import Stage

#: The stages that a receiving team takes over.
_RECEIVING = (Stage.DEPLOYMENT, Stage.MONITORING)


class Arrangement(StrEnum):
    """Who brings a model into production and keeps it there."""

    #: Do it yourself: autonomy and speed.
    DATA_SCIENTIST_LED = "data-scientist-led"
    #: Light, then hand over: the data scientist deploys first, IT takes over.
    COLLABORATIVE = "collaborative"
    #: IT-led: robustness and set guidelines.
    IT_LED = "it-led"


class Situation(Record, frozen=True):
    """The inputs of the table."""

    #: Whether the tier puts robustness before speed.
    critical: bool
    #: Whether a new version comes monthly or more often.
    often: bool
    #: Whether a team is named that can receive the model.
    receiver: bool
    #: Whether socket or ladder is red: what IT can repair.
    platform_red: bool
    #: Whether wiring or bulb is red: what data science can repair.
    model_red: bool


class Rule(Record, frozen=True):
    """One line of the table; a condition that is `None` always holds."""

    name: str
    arrangement: Arrangement
    why: str
    critical: bool | None = None
    often: bool | None = None
    receiver: bool | None = None
    platform_red: bool | None = None
    model_red: bool | None = None

    def matches(self, situation: Situation) -> bool:
        """Whether every condition holds."""
        return all(getattr(self, name) in (None, getattr(situation, name)) for name in Situation.__struct_fields__)


#: The whole table. Exactly one line holds for any situation.
RULES: tuple[Rule, ...] = (
    Rule(
        name="critical-rare",
        arrangement=Arrangement.IT_LED,
        why="An error costs revenue and trust, and it changes rarely: robustness first, by set guidelines.",
        critical=True,
        often=False,
        receiver=True,
        model_red=False,
    ),
    Rule(
        name="critical-rare-model-red",
        arrangement=Arrangement.COLLABORATIVE,
        why="An error costs revenue and trust, but what is red needs model knowledge to repair.",
        critical=True,
        often=False,
        receiver=True,
        model_red=True,
    ),
    Rule(
        name="critical-often",
        arrangement=Arrangement.COLLABORATIVE,
        why="An error costs revenue and trust, and versions come often: gates carry the pace, IT takes over later.",
        critical=True,
        often=True,
        receiver=True,
    ),
    Rule(
        name="critical-without-receiver",
        arrangement=Arrangement.IT_LED,
        why="An error costs revenue and trust, and no team is named that could receive it: name one before production.",
        critical=True,
        receiver=False,
    ),
    Rule(
        name="internal-platform-red",
        arrangement=Arrangement.COLLABORATIVE,
        why="Speed matters more than robustness, but what is red can only be repaired by IT.",
        critical=False,
        receiver=True,
        platform_red=True,
    ),
    Rule(
        name="internal-platform-red-alone",
        arrangement=Arrangement.DATA_SCIENTIST_LED,
        why="Speed matters more than robustness, and there is no IT team: the data scientist repairs what is red.",
        critical=False,
        receiver=False,
        platform_red=True,
    ),
    Rule(
        name="internal-often",
        arrangement=Arrangement.DATA_SCIENTIST_LED,
        why="Speed matters more than robustness, and new versions come often: automated gates, no waiting.",
        critical=False,
        often=True,
        platform_red=False,
    ),
    Rule(
        name="internal-rare",
        arrangement=Arrangement.DATA_SCIENTIST_LED,
        why="Speed matters more than robustness, and it changes rarely: light monitoring is enough.",
        critical=False,
        often=False,
        platform_red=False,
    ),
)


class Alternative(Record, frozen=True):
    """What would change the answer."""

    #: The input that is turned over.
    change: str
    arrangement: Arrangement
    rule: str


class Advice(Record, frozen=True):
    """The answer, the rule that fired and what would change it."""

    arrangement: Arrangement
    rule: str
    why: str
    situation: Situation
    alternatives: tuple[Alternative, ...]


def situation_of(*, critical: bool, often: bool, receiver: bool, readiness: Readiness) -> Situation:
    """The inputs of the table from what was measured."""
    red = {part for part in Part if readiness.light(part) is Light.RED}
    return Situation(
        critical=critical,
        often=often,
        receiver=receiver,
        platform_red=bool(red & {Part.SOCKET, Part.LADDER}),
        model_red=bool(red & {Part.WIRING, Part.BULB}),
    )


def presumed(project: Project, *, critical: bool) -> Rule:
    """The rule for a project whose readiness nobody has measured: nothing is taken for red."""
    often = bool(project.impact.updates and project.impact.updates.often)
    return rule_for(
        Situation(critical=critical, often=often, receiver=has_receiver(project), platform_red=False, model_red=False)
    )


def has_receiver(project: Project) -> bool:
    """Whether a team is named that has, or takes over, deployment or monitoring."""
    holders = [project.owners.holder(stage) for stage in _RECEIVING]
    return any(is_team(party) for holder in holders if holder for party in (holder.first, holder.then) if party)


def advise(situation: Situation) -> Advice:
    """The arrangement for a situation, with every single change that would give another one."""
    rule = rule_for(situation)
    turned = [(name, rule_for(_turned(situation, name))) for name in Situation.__struct_fields__]
    alternatives = tuple(
        Alternative(change=_words(name, situation), arrangement=other.arrangement, rule=other.name)
        for name, other in turned
        if other.arrangement is not rule.arrangement
    )
    return Advice(arrangement=rule.arrangement, rule=rule.name, why=rule.why, situation=situation, alternatives=alternatives)


def rule_for(situation: Situation) -> Rule:
    """The one rule that holds."""
    return next(rule for rule in RULES if rule.matches(situation))


def _turned(situation: Situation, name: str) -> Situation:
    values = {field: getattr(situation, field) for field in Situation.__struct_fields__}
    return Situation(**{**values, name: not values[name]})


_WORDS = {
    "critical": ("criticality raised", "criticality lowered"),
    "often": ("new versions monthly or more often", "new versions quarterly or less often"),
    "receiver": ("a receiving team named", "no receiving team"),
    "platform_red": ("socket or ladder red", "socket and ladder repaired"),
    "model_red": ("wiring or bulb red", "wiring and bulb repaired"),
}


def _words(name: str, situation: Situation) -> str:
    if_turned_on, if_turned_off = _WORDS[name]
    return if_turned_off if getattr(situation, name) else if_turned_on
