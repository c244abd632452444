"""Trainings that the platform runs: asked for by people or by an incident, begun, and seen to their end."""

from pathlib import Path

import msgspec

from lamplighter import plugins
from lamplighter.domain import retraining as moves
from lamplighter.domain.errors import Conflict, Invalid, LampError, NotFound
from lamplighter.domain.events.run import RetrainingMoved, RetrainingRequested
from lamplighter.domain.identity import PLATFORM, Actor
from lamplighter.domain.job import TRIES, Cause
from lamplighter.domain.names import unknown
from lamplighter.domain.project import Project
from lamplighter.domain.record import canonical
from lamplighter.domain.retraining import Retraining, State, Step
from lamplighter.domain.training_input import TrainingInput, lack
from lamplighter.lifecycle import retirement, training_inputs
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.tokens import issue_token
from lamplighter.settings import Training
from lamplighter.store.transaction import Transaction
from lamplighter.trainers.base import Failed, Finished, Job, Running


def retrain(kit: Kit, actor: Actor, model: str, cause: str) -> Retraining:
    """Ask for a training as the project describes it; raises `Invalid` where it describes none, `Conflict` while one runs."""
    with kit.store.transaction() as change:
        project = change.project(model)
        _training(kit, project)
        retirement.check_goes_on(change, model)
        if change.retrainings.find(model=model, open=True):
            raise Conflict(
                f"A training of {model} runs already.",
                why="One at a time keeps their data and versions apart.",
                fix="Wait for it.",
                code="E1531",
            )
        given = training_inputs.current(kit, change, model)
        if why := lack(given, project.retrain.least_rows):
            raise Conflict(
                f"There is too little to train {model} on.",
                why=why,
                fix=f"Wait for labels, or lift what is quarantined: lamp quarantine list {model}",
                code="E1551",
            )
        return _request(kit, change, actor, model, cause or actor.email, actor.email, given)


def _training(kit: Kit, project: Project) -> Training:
    name = project.retrain.run
    if not name:
        raise Invalid(
            f"The project of {project.name} names no training.",
            why="[retrain] run is empty.",
            fix="Name a training of the platform's configuration as run in [retrain].",
            code="E1142",
        )
    if name not in kit.settings.trainings:
        raise unknown("training", name, kit.settings.trainings)
    return kit.settings.trainings[name]


def _request(
    kit: Kit, change: Transaction, actor: Actor, model: str, cause: str, author: str, given: TrainingInput
) -> Retraining:
    now, key = kit.clock.now(), change.counters.id("T")
    asked = Retraining(id=key, model=model, cause=cause, author=author, requested_at=now, moved_at=now, given=given)
    change.retrainings.add(asked)
    kit.record(change, RetrainingRequested(model=model, retraining=asked.id, cause=cause), actor)
    return asked


def advance(kit: Kit, asked: Retraining) -> None:
    """Start a training that was asked for, or see how it went."""
    with kit.store.reading() as look:
        project = look.project(asked.model)
    try:
        training = _training(kit, project)
    except (Invalid, NotFound) as error:
        _move(kit, asked, Step.FAIL, why=error.why, failed_by=Cause.CODE)
        return
    if asked.state is State.REQUESTED:
        _start(kit, asked, training)
        return
    outcome = plugins.plugin("trainers", training.trainer).outcome(asked.job, _place(kit, asked))
    if isinstance(outcome, Failed):
        again = outcome.passing and asked.tries < TRIES
        _move(kit, asked, Step.RETRY if again else Step.FAIL, why=outcome.why, failed_by=outcome.cause)
    elif isinstance(outcome, Finished):
        _move(kit, asked, Step.FINISH, number=outcome.number)
    else:
        assert isinstance(outcome, Running)


def end(kit: Kit, asked: Retraining, why: str) -> None:
    """End a training that nobody waits for any more; what its process still makes is refused."""
    _move(kit, asked, Step.FAIL, why=why, failed_by=Cause.CODE)


def _start(kit: Kit, asked: Retraining, training: Training) -> None:
    """Begin the job; one that cannot be begun has failed, or it would be tried at every look, each time with a new token."""
    job = Job(command=training.command, folder=training.folder, seconds=training.seconds, cluster=training.cluster)
    asked = _up_to_date(kit, asked)
    try:
        token = issue_token(kit, PLATFORM, asked.author, f"training {asked.id}", days=1).secret
        variables = {
            **_here(kit, training),
            "LAMP_TOKEN": token,
            "LAMP_TRAINING": asked.id,
            "LAMP_MODEL": asked.model,
            "LAMP_INPUT": str(_written(kit, asked)),
        }
        name = plugins.plugin("trainers", training.trainer).start(job, _place(kit, asked), variables)
    except LampError as error:
        _move(kit, asked, Step.FAIL, why=f"It could not be started: {error.what} {error.why}", failed_by=Cause.CODE)
    except OSError as error:
        _move(kit, asked, Step.FAIL, why=f"It could not be started: {error.strerror}.", failed_by=Cause.INFRASTRUCTURE)
    else:
        _move(kit, asked, Step.START, job=name, tries=asked.tries + 1, given=asked.given)


def _here(kit: Kit, training: Training) -> dict[str, str]:
    """Where the platform is, and the key it signs with, which never leaves this machine."""
    if training.cluster:
        return {"LAMP_URL": kit.settings.opened_at}
    # A training is named by the platform's configuration, so what it makes is vouched for by the platform's own key.
    return {"LAMP_URL": kit.settings.url, "LAMP_SIGN_WITH": str(kit.settings.signing_key)}


def _up_to_date(kit: Kit, asked: Retraining) -> Retraining:
    """The training with what it is given by the quarantines of now."""
    if not asked.given.until:
        return asked
    with kit.store.reading() as look:
        given = training_inputs.plan(kit, look, asked.model, asked.given.since, asked.given.until)
    return msgspec.structs.replace(asked, given=given)


def _written(kit: Kit, asked: Retraining) -> Path:
    """The file in which a command reads what it is given, beside its own folder, which it does not write to."""
    place = _place(kit, asked)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = place.with_name(f"{place.name}.input.json")
    file.write_bytes(canonical(asked.given))
    return file


def _place(kit: Kit, asked: Retraining) -> Path:
    """The folder of the try that runs or comes next. Each try has its own: a trainer begins nothing twice in one place."""
    turn = asked.tries if asked.state is State.RUNNING else asked.tries + 1
    return kit.settings.folder / "trainings" / (asked.id if turn <= 1 else f"{asked.id}.{turn}")


def _move(kit: Kit, asked: Retraining, step: Step, *, why: str = "", number: int = 0, **changes: object) -> None:
    with kit.store.transaction() as change:
        after = moves.advance(asked, step, now=kit.clock.now(), why=why, number=number, **changes)
        change.retrainings.replace(after, revision=asked.revision)
        if after.state is State.FINISHED:
            training_inputs.write_down(kit, change, after, number)
        event = RetrainingMoved(model=after.model, retraining=after.id, state=after.state, number=number, why=why)
        kit.record(change, event, PLATFORM)
