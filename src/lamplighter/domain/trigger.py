"""What sets off a training, as `when` of `[retrain]` writes it: the name of a trigger, and what it needs to know behind it."""

from collections.abc import Sequence
from enum import StrEnum

from lamplighter.domain.duration import some_seconds
from lamplighter.domain.errors import Invalid
from lamplighter.domain.names import unknown
from lamplighter.domain.record import Record
from lamplighter.domain.schedule import read_schedule


class Trigger(StrEnum):
    """What sets off a training."""

    #: A time has come, such as `schedule 0 5 1 * *`.
    SCHEDULE = "schedule"
    #: So many new rows have their label, such as `volume 20000`.
    VOLUME = "volume"
    #: An incident about lost quality, measured or expected.
    QUALITY = "quality"
    #: A notice of inputs that moved and matter, or of predictions that moved.
    DRIFT = "drift"
    #: The live version expires in so long, such as `expiry 21d`.
    EXPIRY = "expiry"
    #: A source has another schema, or a model upstream another live version.
    UPSTREAM = "upstream"


#: What stands behind the name, for those that need it.
_EXAMPLES = {Trigger.SCHEDULE: "schedule 0 5 1 * *", Trigger.VOLUME: "volume 20000", Trigger.EXPIRY: "expiry 21d"}


class Condition(Record, frozen=True):
    """A trigger with what it needs to know."""

    trigger: Trigger
    #: The schedule, the number of rows or the length of time, as it was written; empty where nothing is needed.
    bound: str = ""

    @property
    def text(self) -> str:
        """How it is written."""
        return f"{self.trigger} {self.bound}".strip()


def read_condition(text: str) -> Condition:
    """The condition that a text means; raises `Invalid`, for an unknown name with the known ones."""
    name, _, bound = text.strip().partition(" ")
    bound = bound.strip()
    if name not in list(Trigger):
        told = unknown("trigger", name, list(Trigger))
        raise Invalid(told.what, why=told.why, fix=told.fix, code="E1279")
    trigger = Trigger(name)
    if trigger not in _EXAMPLES:
        if bound:
            raise _unlawful(f"Nothing stands behind {trigger}", f'Write "{trigger}"')
        return Condition(trigger=trigger)
    if trigger is Trigger.VOLUME and not (bound.isdecimal() and bound.isascii() and 0 < int(bound) < 10**12):
        raise _unlawful("volume is followed by a number of rows", 'Write "volume 20000"')
    if not bound:
        raise _unlawful(f"{trigger} says when only with what stands behind it", f'Write "{_EXAMPLES[trigger]}"')
    if trigger is Trigger.SCHEDULE:
        read_schedule(bound)
    if trigger is Trigger.EXPIRY:
        some_seconds(bound)
    return Condition(trigger=trigger, bound=bound)


def check_conditions(texts: Sequence[str]) -> None:
    """Raise `Invalid` unless each is a condition, and each trigger stands there once."""
    triggers = [read_condition(text).trigger for text in texts]
    twice = next((one for one in triggers if triggers.count(one) > 1), None)
    if twice is not None:
        raise _unlawful(f"{twice} stands there twice", "Keep one of them")


def _unlawful(why: str, fix: str) -> Invalid:
    return Invalid("That is not a trigger.", why=f"{why}.", fix=f"{fix}.", code="E1279")
