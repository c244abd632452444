"""Triggers of trainings: each cause is answered once, by a training or by a refusal on record."""

from collections.abc import Sequence
from functools import partial

from lamplighter.domain import retraining as moves
from lamplighter.domain.errors import Conflict
from lamplighter.domain.events.incident import IncidentOpened
from lamplighter.domain.events.run import RetrainingMoved, RetrainingRefused, RetrainingRequested
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.journal import Entry
from lamplighter.domain.monitor import Kind
from lamplighter.domain.project import Project
from lamplighter.domain.retraining import Retraining, State, Step
from lamplighter.domain.schedule import read_schedule
from lamplighter.domain.stage import Duty
from lamplighter.domain.training_input import TrainingInput
from lamplighter.domain.trigger import Trigger
from lamplighter.domain.triggering import REFUSING, NextTraining, Readiness, Seen, Standing, asked_for, spent, standing
from lamplighter.lifecycle import trained_for, training_inputs
from lamplighter.lifecycle.guarding import guarded
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.mainstay import mainstay
from lamplighter.store.transaction import Transaction


def answer(kit: Kit, entry: Entry) -> None:
    """A functional incident may set off a training at once. What fails here is looked at again, and keeps no reaction back."""
    event = entry.event
    assert isinstance(event, IncidentOpened)
    if event.kind == Kind.FUNCTIONAL:
        guarded(partial(_look, kit, event.model))


def look(kit: Kit) -> None:
    """Look at the triggers of every model. One that cannot be looked at keeps no other back."""
    with kit.store.reading() as look:
        models = [project.name for project in look.projects.all() if project.retrain.when]
    for model in models:
        guarded(partial(_look, kit, model))


def show(kit: Kit, look: Transaction, model: str) -> NextTraining:
    """When a model is trained next, and with what; raises `NotFound`."""
    project, now = look.project(model), kit.clock.now()
    budget, known = project.retrain.budget, look.retrainings.all(model=model)
    return NextTraining(
        model=model,
        run=project.retrain.run,
        triggers=tuple(stands for _, stands in _standings(kit, look, project)),
        budget=spent(budget, known, now) if budget else None,
        given=training_inputs.current(kit, look, model),
        quarantines=tuple(look.quarantines.all(newest="added_at", model=model, open=True)),
    )


def _standings(kit: Kit, look: Transaction, project: Project) -> Sequence[tuple[Seen, Standing]]:
    """Each condition of a project and where it stands."""
    place, now = mainstay(look, project.name), kit.clock.now()
    known = look.retrainings.all(model=project.name)
    if place is None:
        idle = f"{project.name} is live nowhere yet."
    elif look.retirements.of(project.name) is not None:
        idle = f"{project.name} is being retired, and nothing is trained for it any more."
    elif project.retrain.run not in kit.settings.trainings:
        idle = f"The configuration of the platform has no training {project.retrain.run}."
    else:
        found = trained_for.seen(kit, look, project, place)
        return [(one, standing(one, project.retrain, known, now)) for one in found]
    unready = [Seen(condition, None, idle) for condition in project.retrain.conditions]
    return [(one, standing(one, project.retrain, known, now)) for one in unready]


def _look(kit: Kit, model: str) -> None:
    """Set off the first training that is due, and put on record what is refused."""
    _declare(kit, model)
    with kit.store.reading() as look:
        found = _standings(kit, look, look.project(model))
        known = look.retrainings.all(model=model)
    due = next((one for one in found if one[1].readiness is Readiness.DUE), None)
    if due is not None:
        _fire(kit, model, *due)
    for seen, stands in found:
        if stands.readiness in REFUSING and not _is_on_record(stands, known):
            _write(kit, model, seen, stands, State.REFUSED)


def _is_on_record(stands: Standing, known: Sequence[Retraining]) -> bool:
    """Whether it was refused for this cause. The instants of a schedule are refused together until a training follows."""
    refused = [one for one in known if one.state is State.REFUSED and one.trigger == stands.trigger]
    last = max((one.requested_at for one in asked_for(known)), default=0)
    goes_on = stands.trigger is Trigger.SCHEDULE and any(one.requested_at > last for one in refused)
    return goes_on or any(one.cause == stands.cause for one in refused)


def _declare(kit: Kit, model: str) -> None:
    """Remember which instants of a schedule came before the platform knew of it: none of them sets off anything."""
    with kit.store.reading() as look:
        conditions = look.project(model).retrain.conditions
        schedules = [one.bound for one in conditions if one.trigger is Trigger.SCHEDULE]
        new = [text for text in schedules if not look.counters.value(trained_for.declared_key(model, text))]
    for text in new:
        with kit.store.transaction() as change:
            change.counters.raise_to(trained_for.declared_key(model, text), read_schedule(text).last(kit.clock.now()))


def _fire(kit: Kit, model: str, seen: Seen, stands: Standing) -> None:
    with kit.store.reading() as look:
        known = look.retrainings.find(model=model, fired=f"{stands.trigger} {stands.cause}")
    if known is None:
        _write(kit, model, seen, stands, State.REQUESTED)
    elif known.state is State.REFUSED:
        _allow(kit, known, seen)


def _allow(kit: Kit, refused: Retraining, seen: Seen) -> None:
    """What forbade a training is over."""
    now, model = kit.clock.now(), refused.model
    try:
        with kit.store.transaction() as change:
            _check_alone(change, model)
            given = _given(kit, change, model, seen)
            after = moves.advance(refused, Step.ALLOW, now=now, given=given, requested_at=now)
            change.retrainings.replace(after, revision=refused.revision)
            kit.record(change, RetrainingMoved(model=model, retraining=after.id, state=after.state), PLATFORM)
    except Conflict:
        return


def _write(kit: Kit, model: str, seen: Seen, stands: Standing, state: State) -> None:
    """Keep what a trigger wants; of several control planes that look at once one succeeds, for a cause has one training."""
    now = kit.clock.now()
    try:
        with kit.store.transaction() as change:
            # Whoever asks for the next id at the same time waits here until this is kept, and sees it then.
            key = change.counters.id("T")
            if state is State.REQUESTED:
                _check_alone(change, model)
            holder = change.duties(change.project(model), now).of(Duty.RETRAIN).holder
            given = _given(kit, change, model, seen)
            asked = Retraining(
                id=key, model=model, cause=stands.cause, trigger=stands.trigger, author=holder, state=state,
                requested_at=now, moved_at=now, given=given, why=stands.why if state is State.REFUSED else "",
            )  # fmt: skip
            change.retrainings.add(asked)
            kit.record(change, _told(asked), PLATFORM)
    except Conflict:
        return


def _told(asked: Retraining) -> RetrainingRequested | RetrainingRefused:
    cause = f"{asked.trigger}, {asked.cause}"
    if asked.state is State.REFUSED:
        return RetrainingRefused(model=asked.model, retraining=asked.id, cause=cause, person=asked.author, why=asked.why)
    return RetrainingRequested(model=asked.model, retraining=asked.id, cause=cause)


def _given(kit: Kit, look: Transaction, model: str, seen: Seen) -> TrainingInput:
    """What the training is given: its window, and whatever has its label since."""
    assert seen.cause is not None
    place = mainstay(look, model)
    head = look.predictions.label_head(model, place.environment) if place else 0
    until = max(seen.cause.until, min(head + 1, kit.clock.now()))
    return training_inputs.plan(kit, look, model, seen.cause.since, until)


def _check_alone(change: Transaction, model: str) -> None:
    if change.retrainings.find(model=model, open=True) is not None:
        raise Conflict("Another training runs.", why="One at a time.", fix="Wait for it.", code="E1531")
