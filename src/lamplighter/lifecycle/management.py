"""Management: trainings that the platform runs, and trials of champion and challenger on the same rows."""

import math
from pathlib import Path

import msgspec

from lamplighter import plugins
from lamplighter.domain import retraining as moves
from lamplighter.domain.challenge import Challenge, Verdict
from lamplighter.domain.duration import seconds
from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Conflict, Invalid, LampError, NotFound
from lamplighter.domain.events.challenge import ChallengeDecided, ChallengeOpened
from lamplighter.domain.events.incident import IncidentOpened
from lamplighter.domain.events.run import RetrainingMoved, RetrainingRequested
from lamplighter.domain.events.version import EvidenceAdded
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.identity import PLATFORM, Actor
from lamplighter.domain.instant import rfc3339
from lamplighter.domain.job import TRIES, Cause
from lamplighter.domain.journal import Entry
from lamplighter.domain.monitor import Kind, is_of_run
from lamplighter.domain.names import unknown
from lamplighter.domain.ownership import ownership_of
from lamplighter.domain.project import Project, Trigger
from lamplighter.domain.retraining import Retraining, State, Step
from lamplighter.domain.stage import Duty
from lamplighter.domain.version import Version
from lamplighter.lifecycle import calibrating, elsewhere, gone, movement
from lamplighter.lifecycle.identity import issue_token
from lamplighter.lifecycle.kit import Kit
from lamplighter.monitoring.comparison import Comparison, compare
from lamplighter.monitoring.figure import Missing
from lamplighter.monitoring.pairing import Metric
from lamplighter.settings import Training
from lamplighter.store.transaction import Transaction
from lamplighter.trainers.base import Failed, Finished, Job, Running

#: The figures by which a trial can be decided.
METRICS = tuple(metric.value for metric in Metric)
#: Microseconds in a day, by which rows of a trial are grouped.
_DAY = 86_400_000_000
_ONE_DAY = "All rows are of one day. Days are compared, since rows of one day are alike, and it takes two of them."


def retrain(kit: Kit, actor: Actor, model: str, cause: str) -> Retraining:
    """Ask for a training as the project describes it; raises `Invalid` where it describes none, `Conflict` while one runs."""
    with kit.store.transaction() as change:
        project = change.project(model)
        _training(kit, project)
        if change.retrainings.find(model=model, open=True):
            raise Conflict(
                f"A training of {model} runs already.",
                why="One at a time keeps their data and versions apart.",
                fix="Wait for it.",
                code="E1531",
            )
        return _request(kit, change, actor, model, cause or actor.email, actor.email)


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


def _request(kit: Kit, change: Transaction, actor: Actor, model: str, cause: str, author: str) -> Retraining:
    now = kit.clock.now()
    asked = Retraining(id=change.counters.id("T"), model=model, cause=cause, author=author, requested_at=now, moved_at=now)
    change.retrainings.add(asked)
    kit.record(change, RetrainingRequested(model=model, retraining=asked.id, cause=cause), actor)
    return asked


def answer(kit: Kit, entry: Entry) -> None:
    """A functional incident starts a training, where the project says so and the last one is long enough ago."""
    event = entry.event
    assert isinstance(event, IncidentOpened)
    if event.kind != Kind.FUNCTIONAL or _is_of_a_job(kit, event.incident):
        return
    with kit.store.transaction() as change:
        project = change.project(event.model)
        earlier = change.retrainings.all(newest="requested_at", model=event.model)
        young = kit.clock.now() - seconds(project.retrain.cooldown) * 1_000_000
        incident = change.incidents.find(id=event.incident)
        measure = incident.finding.measure if incident is not None else ""
        moved = measure == movement.MEASURE
        wanted = Trigger.DRIFT if moved else Trigger.QUALITY
        # Scores that mean something else need another calibration, which no training promises.
        if (
            measure == calibrating.CALIBRATION
            or wanted not in project.retrain.when
            or project.retrain.run not in kit.settings.trainings
        ):
            return
        if any(one.cause == event.incident or one.requested_at > young for one in earlier):
            return
        duties = ownership_of(project, change.people.by_email(), change.teams.by_name())
        _request(kit, change, PLATFORM, event.model, event.incident, duties.of(Duty.RETRAIN).holder)


def _is_of_a_job(kit: Kit, key: str) -> bool:
    """Whether the incident is about a table or a training that failed, which no other training mends."""
    with kit.store.reading() as look:
        incident = look.incidents.find(id=key)
    measure = incident.finding.measure if incident is not None else ""
    return is_of_run(measure)


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


def _start(kit: Kit, asked: Retraining, training: Training) -> None:
    """Begin the job; one that cannot be begun has failed, or it would be tried at every look, each time with a new token."""
    job = Job(command=training.command, folder=training.folder, seconds=training.seconds)
    try:
        token = issue_token(kit, PLATFORM, asked.author, f"training {asked.id}", days=1).secret
        # A training is named by the platform's configuration, so what it makes is vouched for by the platform's own key.
        variables = {
            "LAMP_SIGN_WITH": str(kit.settings.signing_key),
            "LAMP_URL": kit.settings.url,
            "LAMP_TOKEN": token,
            "LAMP_TRAINING": asked.id,
            "LAMP_MODEL": asked.model,
        }
        name = plugins.plugin("trainers", training.trainer).start(job, _place(kit, asked), variables)
    except LampError as error:
        _move(kit, asked, Step.FAIL, why=f"It could not be started: {error.what} {error.why}", failed_by=Cause.CODE)
    except OSError as error:
        _move(kit, asked, Step.FAIL, why=f"It could not be started: {error.strerror}.", failed_by=Cause.INFRASTRUCTURE)
    else:
        _move(kit, asked, Step.START, job=name, tries=asked.tries + 1)


def _place(kit: Kit, asked: Retraining) -> Path:
    """The folder of the try that runs or comes next. Each try has its own: a trainer begins nothing twice in one place."""
    turn = asked.tries if asked.state is State.RUNNING else asked.tries + 1
    return kit.settings.folder / "trainings" / (asked.id if turn <= 1 else f"{asked.id}.{turn}")


def _move(kit: Kit, asked: Retraining, step: Step, *, why: str = "", number: int = 0, **changes: object) -> None:
    with kit.store.transaction() as change:
        after = moves.advance(asked, step, now=kit.clock.now(), why=why, number=number, **changes)
        change.retrainings.replace(after, revision=asked.revision)
        event = RetrainingMoved(model=after.model, retraining=after.id, state=after.state, number=number, why=why)
        kit.record(change, event, PLATFORM)


def challenge(kit: Kit, actor: Actor, version: Version, environment: Environment, metric: str, least_rows: int) -> Challenge:
    """Open a trial of a version against the live one; it has to score along, which is the deployment's matter.

    Raises `Conflict` where nothing is live, or where the version is the live one, and `NotFound` for an unknown metric.
    """
    if metric not in METRICS:
        raise unknown("metric", metric, METRICS)
    with kit.store.transaction() as change:
        elsewhere.check_served(change, version.model)
        champion = change.routings.of(version.model, environment.name).champion
        if champion is None or champion.digest == version.digest:
            raise Conflict(
                f"There is nothing to compare {version.name} with in {environment.name}.",
                why="No other version is live there.",
                fix="Deploy one, or choose another environment.",
                code="E1532",
            )
        trial = Challenge(
            id=change.counters.id("C"),
            model=version.model,
            environment=environment.name,
            champion=champion.number,
            challenger=version.number,
            metric=metric,
            least_rows=least_rows,
            opened_at=kit.clock.now(),
        )
        change.challenges.add(trial)
        event = ChallengeOpened(
            model=trial.model,
            challenge=trial.id,
            environment=trial.environment,
            champion=trial.champion,
            challenger=trial.challenger,
        )
        kit.record(change, event, actor)
    return trial


def decide(kit: Kit, actor: Actor, key: str, start: int, end: int) -> Challenge:
    """Decide a trial on the labelled rows that both versions scored in a window; the result is evidence of the challenger.

    Rows of one day are one group, since flights of one storm are not independent. Raises `NotFound` and `Conflict`.
    """
    with kit.store.transaction() as change:
        trial = change.challenges.find(id=key)
        if trial is None:
            raise unknown("challenge", key, (found.id for found in change.challenges.all()))
        if trial.verdict is not Verdict.RUNNING:
            raise Conflict(f"{key} is decided.", why=f"It ended with {trial.verdict}.", fix="Open another one.", code="E1533")
        compared = _compared(change, trial, start, end)
        after = _decided(trial, compared, start, end, kit.clock.now())
        change.challenges.replace(after, revision=trial.revision)
        version = change.versions.find(model=trial.model, number=trial.challenger)
        assert version is not None
        _write_down(kit, change, actor, after, version)
    return after


def _compared(change: Transaction, trial: Challenge, start: int, end: int) -> Comparison | Missing:
    for number in (trial.champion, trial.challenger):
        closed = change.closed_days.between(trial.model, trial.environment, number, start // _DAY * _DAY, end)
        if closed:
            raise gone.refusal(closed, f"Decide on a window from {rfc3339(closed[-1].day + _DAY)} on.")
    one = change.predictions.joined(trial.model, trial.environment, trial.champion, start, end)
    other = change.predictions.joined(trial.model, trial.environment, trial.challenger, start, end)
    champion, challenger = dict(zip(one.ids, one.scores, strict=True)), dict(zip(other.ids, other.scores, strict=True))
    rows = [(i, at, label) for i, at, label in zip(one.ids, one.event_at, one.labels, strict=True) if i in challenger]
    return compare(
        trial.metric,
        [label for _, _, label in rows],
        [champion[i] for i, _, _ in rows],
        [challenger[i] for i, _, _ in rows],
        least=trial.least_rows,
        groups=[at // _DAY for _, at, _ in rows],
    )


def _decided(trial: Challenge, compared: Comparison | Missing, start: int, end: int, now: int) -> Challenge:
    window = {"start": start, "end": end, "decided_at": now, "revision": trial.revision + 1}
    if isinstance(compared, Missing):
        return msgspec.structs.replace(trial, **window, verdict=Verdict.NOT_ENOUGH_EVIDENCE, why=compared.why)
    if not math.isfinite(compared.high - compared.low):
        # Rows of one day are one group, which has no interval; and what is infinite cannot be kept as JSON.
        why = _ONE_DAY if compared.groups == 1 else compared.why
        return msgspec.structs.replace(trial, **window, verdict=Verdict.NOT_ENOUGH_EVIDENCE, rows=compared.n, why=why)
    return msgspec.structs.replace(
        trial,
        **window,
        verdict=Verdict(compared.verdict),
        champion_value=compared.champion,
        challenger_value=compared.challenger,
        difference=compared.difference,
        low=compared.low,
        high=compared.high,
        rows=compared.n,
        why=compared.why,
    )


def _write_down(kit: Kit, change: Transaction, actor: Actor, trial: Challenge, version: Version) -> None:
    facts = {name: getattr(trial, name) for name in _FACTS}
    found = Evidence(version=version.digest, kind="challenge", facts=facts, author=actor.email, at=kit.clock.now())
    change.evidence.put(found)
    kit.record(change, EvidenceAdded(model=trial.model, version=version.digest, kind="challenge", digest=found.digest), actor)
    event = ChallengeDecided(
        model=trial.model,
        challenge=trial.id,
        environment=trial.environment,
        champion=trial.champion,
        challenger=trial.challenger,
        verdict=trial.verdict,
        metric=trial.metric,
        difference=trial.difference,
        low=trial.low,
        high=trial.high,
    )
    kit.record(change, event, actor)


_FACTS = (
    "id", "environment", "champion", "challenger", "metric", "verdict", "champion_value", "challenger_value",
    "difference", "low", "high", "rows", "start", "end",
)  # fmt: skip
