"""Whether a trigger sets off a training now: what has happened, and what stands in its way.

What is shown and what is done come from here, so that they are the same.
"""

from collections.abc import Sequence
from enum import StrEnum

from lamplighter.domain.instant import minute
from lamplighter.domain.quarantine import Quarantine
from lamplighter.domain.record import Record
from lamplighter.domain.retrain_plan import Budget, Retrain
from lamplighter.domain.retraining import Retraining, State
from lamplighter.domain.training_input import TrainingInput, lack
from lamplighter.domain.trigger import Condition, Trigger
from lamplighter.domain.window import DAY, LABELLED, OVERDUE_LABELLED


class Readiness(StrEnum):
    """Where a trigger stands."""

    #: Nothing has happened that would set it off.
    ARMED = "armed"
    #: Something has, and nothing stands in its way.
    DUE = "due"
    #: A training of the model runs.
    TRAINING = "training"
    #: The last training is not long enough ago.
    COOLING = "cooling"
    #: Rows of its window, or their labels, have not come yet.
    WAITING = "waiting for labels"
    #: What remains outside of quarantined spans is too little.
    QUARANTINED = "quarantined"
    #: The budget of trainings is used up.
    OVER_BUDGET = "over budget"


#: In these a training is refused, which is on record.
REFUSING = (Readiness.QUARANTINED, Readiness.OVER_BUDGET)


class Cause(Record, frozen=True):
    """Something that sets off one training, once."""

    #: Tells it from every other cause of its trigger, such as `I-31` or an instant.
    key: str
    #: When it arose, microseconds since the epoch, UTC.
    at: int
    #: The window of event time whose rows a training for it has to know.
    since: int
    until: int
    #: What has happened, as a sentence.
    why: str


class Seen(Record, frozen=True):
    """What is known of one condition."""

    condition: Condition
    #: What has happened; nothing if nothing has.
    cause: Cause | None
    #: What it waits for, as a sentence, where nothing has happened.
    why: str
    #: When that is, microseconds since the epoch; 0 where nobody can know.
    next_at: int = 0
    #: What a training for the cause would be given.
    given: TrainingInput = TrainingInput()
    #: How long labels take after their rows, microseconds.
    delay: int = 0


class Standing(Record, frozen=True):
    """A trigger as it stands."""

    trigger: Trigger
    #: How `lamp.toml` writes it.
    condition: str
    readiness: Readiness
    #: Why, and what it waits for, as a sentence.
    why: str
    #: When that may change, microseconds since the epoch; 0 where nobody can know.
    next_at: int
    #: The cause that is not served yet; empty for none.
    cause: str
    #: The last training that it set off, and when; empty and 0 for none.
    training: str
    fired_at: int


class Spent(Record, frozen=True):
    """How much of a budget is used."""

    trainings: int
    days: int
    used: int
    #: When there is room again, microseconds since the epoch; 0 while there is.
    free_at: int

    @property
    def sentence(self) -> str:
        """How much is used."""
        return (
            f"{self.used:,} of {self.trainings:,} trainings in {'a day' if self.days == 1 else f'{self.days:,} days'} are used."
        )


class NextTraining(Record, frozen=True):
    """When a model is trained next, and with what."""

    model: str
    #: Name of the training in the configuration of the platform; empty where the project names none.
    run: str
    triggers: tuple[Standing, ...]
    budget: Spent | None
    #: What a training would be given now.
    given: TrainingInput
    #: Spans whose rows no training is given, newest first.
    quarantines: tuple[Quarantine, ...]


def asked_for(trainings: Sequence[Retraining]) -> list[Retraining]:
    """Those that nothing has forbidden, the newest first."""
    return sorted((one for one in trainings if one.state is not State.REFUSED), key=lambda one: -one.requested_at)


def spent(budget: Budget, trainings: Sequence[Retraining], now: int) -> Spent:
    """How much of a budget these have used."""
    length = budget.days * DAY
    used = [one.requested_at for one in asked_for(trainings) if one.requested_at > now - length]
    free_at = used[budget.trainings - 1] + length if len(used) >= budget.trainings else 0
    return Spent(trainings=budget.trainings, days=budget.days, used=len(used), free_at=free_at)


def standing(seen: Seen, plan: Retrain, trainings: Sequence[Retraining], now: int) -> Standing:
    """Whether a condition sets off a training now, of a model with these trainings."""
    known, trigger = asked_for(trainings), seen.condition.trigger
    last = next((one for one in known if one.trigger == trigger), None)
    cause = seen.cause if seen.cause is not None and not _served(seen.cause, trigger, known) else None
    readiness, why, next_at = _readiness(seen, cause, plan, known, now)
    return Standing(
        trigger=trigger,
        condition=seen.condition.text,
        readiness=readiness,
        why=why,
        next_at=next_at,
        cause=cause.key if cause else "",
        training=last.id if last else "",
        fired_at=last.requested_at if last else 0,
    )


def _served(cause: Cause, trigger: Trigger, known: Sequence[Retraining]) -> str:
    """The training that a cause has had, or that was asked for since and knew its window; empty for none."""
    for one in known:
        knew = one.requested_at >= cause.at and (not one.given.until or one.given.until >= cause.until)
        if one.cause == cause.key and one.trigger in ("", trigger):
            return one.id
        if knew and one.state is not State.FAILED:
            return one.id
    return ""


def _readiness(
    seen: Seen, cause: Cause | None, plan: Retrain, known: Sequence[Retraining], now: int
) -> tuple[Readiness, str, int]:
    """The first thing that stands in its way."""
    if cause is None:
        had = f"{seen.cause.why} {_served(seen.cause, seen.condition.trigger, known)} was for it." if seen.cause else ""
        return Readiness.ARMED, had or seen.why, seen.next_at
    running = next((one for one in known if one.is_open), None)
    if running is not None:
        return Readiness.TRAINING, f"{cause.why} {running.id} is {running.state}.", 0
    rested_at = known[0].requested_at + plan.cooldown_of(seen.condition.trigger) if known else 0
    if now < rested_at:
        return Readiness.COOLING, f"{cause.why} The last training was {minute(known[0].requested_at)}.", rested_at
    awaited, comes_at = _awaited(cause, seen, now)
    if awaited:
        return Readiness.WAITING, f"{cause.why} {awaited}", comes_at
    if short := lack(seen.given, plan.least_rows):
        kept_back = seen.given.withheld or not seen.given.new
        return (Readiness.QUARANTINED if kept_back else Readiness.WAITING), f"{cause.why} {short}", 0
    use = spent(plan.budget, known, now) if plan.budget else None
    if use is not None and use.free_at:
        return Readiness.OVER_BUDGET, f"{cause.why} {use.sentence}", use.free_at
    return Readiness.DUE, cause.why, now


def _awaited(cause: Cause, seen: Seen, now: int) -> tuple[str, int]:
    """What of the window has not come yet, and when it is expected: labels of nearly all rows, or of half of them once the
    rest is overdue. A volume of rows with labels waits for none. Empty where nothing is awaited."""
    given, expected_at = seen.given, cause.until + seen.delay
    if seen.condition.trigger is Trigger.VOLUME:
        return "", 0
    if now < cause.until:
        return f"It waits for rows up to {minute(cause.until)} and their labels.", expected_at
    if given.labelled >= LABELLED * given.scored:
        return "", 0
    overdue = now >= cause.until + 2 * seen.delay
    if overdue and given.labelled >= OVERDUE_LABELLED * given.scored:
        return "", 0
    have = f"{given.labelled:,} of {given.scored:,} rows up to {minute(cause.until)} have their label;"
    if now < expected_at:
        return f"{have} the rest is expected by {minute(expected_at)}.", expected_at
    return (
        f"{have} the rest is overdue, and it takes {'half' if overdue else '99 %'} of them.",
        0 if overdue else cause.until + 2 * seen.delay,
    )
