"""One transaction over all collections: what it writes and the events about it are kept together, or not at all."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, OperationalError

from lamplighter.domain.consumer import Caller, callers_of
from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Unavailable
from lamplighter.domain.external_alert import Known
from lamplighter.domain.names import distribution_key, unknown
from lamplighter.domain.ownership import Ownership, ownership_of
from lamplighter.domain.project import Project
from lamplighter.domain.version import Version
from lamplighter.domain.vulnerability import Exposure, exposure
from lamplighter.store.advisories import Advisories, AdvisoryLoads
from lamplighter.store.answered import AnsweredRows
from lamplighter.store.arrivals import Arrivals
from lamplighter.store.blind_tests import BlindAnswers, BlindTests
from lamplighter.store.calibrations import Calibrations
from lamplighter.store.case_words import CaseWords
from lamplighter.store.closed_days import ClosedDays
from lamplighter.store.consumers import Consents, Consumers
from lamplighter.store.counters import Counters
from lamplighter.store.decisions import Decisions
from lamplighter.store.device_sign_ins import DeviceSignIns
from lamplighter.store.emergencies import Emergencies
from lamplighter.store.environments import Environments
from lamplighter.store.evidence import EvidenceFound
from lamplighter.store.external_alerts import ExternalAlerts
from lamplighter.store.felt import CallersFelt
from lamplighter.store.handovers import Handovers
from lamplighter.store.heartbeats import Heartbeats
from lamplighter.store.incidents import Incidents
from lamplighter.store.inputs import InputsSeen
from lamplighter.store.invitations import Invitations
from lamplighter.store.job_runs import JobRuns
from lamplighter.store.journal import Journal
from lamplighter.store.labels import Labels
from lamplighter.store.lowerings import Lowerings
from lamplighter.store.migrations import upgrade
from lamplighter.store.notices import Notices
from lamplighter.store.old_rows import OldRows
from lamplighter.store.outcomes import OutcomesByDay
from lamplighter.store.payloads import Payloads
from lamplighter.store.people import Bindings, Credentials, People, Teams
from lamplighter.store.policies import Policies
from lamplighter.store.predictions import Predictions
from lamplighter.store.profiles import Profiles, Readings
from lamplighter.store.projects import Projects
from lamplighter.store.quarantines import Quarantines
from lamplighter.store.replays import Replays
from lamplighter.store.retirements import Retirements
from lamplighter.store.retrainings import Challenges, Retrainings
from lamplighter.store.rollouts import Rollouts, Routings
from lamplighter.store.rulebook_changes import RuleBookChanges
from lamplighter.store.sightings import Sightings
from lamplighter.store.signatures import Signatures
from lamplighter.store.spot_checks import SpotChecks
from lamplighter.store.tallies import Tallies
from lamplighter.store.tracking.candidates import Candidates, RegisteredModels
from lamplighter.store.tracking.experiments import Experiments
from lamplighter.store.tracking.files import TrackedFiles
from lamplighter.store.tracking.logged_models import LoggedModels
from lamplighter.store.tracking.runs import Runs
from lamplighter.store.traffic import TrafficSeen
from lamplighter.store.turns import Missed, Turns
from lamplighter.store.validations import ValidationFindings, ValidationWords
from lamplighter.store.version_hours import VersionHours
from lamplighter.store.versions import Versions
from lamplighter.store.waivers import Waivers

Made = TypeVar("Made")


class _Of(Generic[Made]):
    """A collection of a transaction, made when it is first asked for: each question needs a few of them."""

    def __init__(self, kind: Callable[[Connection], Made]) -> None:
        self.kind = kind

    def __set_name__(self, _: type, name: str) -> None:
        self._name = name

    def __get__(self, transaction: "Transaction", _: type) -> Made:
        # An entry of the instance goes before a descriptor that has no `__set__`: the second time nobody comes here.
        made = transaction.__dict__[self._name] = self.kind(transaction.connection)
        return made


class Transaction:
    """Every collection, on one connection."""

    advisories = _Of(Advisories)
    advisory_loads = _Of(AdvisoryLoads)
    answered = _Of(AnsweredRows)
    arrivals = _Of(Arrivals)
    bindings = _Of(Bindings)
    blind_answers = _Of(BlindAnswers)
    blind_tests = _Of(BlindTests)
    calibrations = _Of(Calibrations)
    candidates = _Of(Candidates)
    case_words = _Of(CaseWords)
    challenges = _Of(Challenges)
    closed_days = _Of(ClosedDays)
    consents = _Of(Consents)
    consumers = _Of(Consumers)
    counters = _Of(Counters)
    credentials = _Of(Credentials)
    decisions = _Of(Decisions)
    device_sign_ins = _Of(DeviceSignIns)
    emergencies = _Of(Emergencies)
    environments = _Of(Environments)
    evidence = _Of(EvidenceFound)
    experiments = _Of(Experiments)
    external_alerts = _Of(ExternalAlerts)
    felt = _Of(CallersFelt)
    handovers = _Of(Handovers)
    heartbeats = _Of(Heartbeats)
    incidents = _Of(Incidents)
    inputs = _Of(InputsSeen)
    invitations = _Of(Invitations)
    journal = _Of(Journal)
    labels = _Of(Labels)
    logged_models = _Of(LoggedModels)
    lowerings = _Of(Lowerings)
    notices = _Of(Notices)
    old_rows = _Of(OldRows)
    payloads = _Of(Payloads)
    outcomes = _Of(OutcomesByDay)
    people = _Of(People)
    policies = _Of(Policies)
    predictions = _Of(Predictions)
    profiles = _Of(Profiles)
    projects = _Of(Projects)
    quarantines = _Of(Quarantines)
    readings = _Of(Readings)
    replays = _Of(Replays)
    job_runs = _Of(JobRuns)
    retirements = _Of(Retirements)
    retrainings = _Of(Retrainings)
    rollouts = _Of(Rollouts)
    routings = _Of(Routings)
    rulebook_changes = _Of(RuleBookChanges)
    sightings = _Of(Sightings)
    registered_models = _Of(RegisteredModels)
    runs = _Of(Runs)
    signatures = _Of(Signatures)
    spot_checks = _Of(SpotChecks)
    tallies = _Of(Tallies)
    teams = _Of(Teams)
    tracked_files = _Of(TrackedFiles)
    traffic = _Of(TrafficSeen)
    validation_findings = _Of(ValidationFindings)
    validation_words = _Of(ValidationWords)
    version_hours = _Of(VersionHours)
    versions = _Of(Versions)
    waivers = _Of(Waivers)

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def project(self, model: str) -> Project:
        """The project of a model; raises `NotFound` with the known names."""
        found = self.projects.find(model=model)
        if found is None:
            raise unknown("model", model, (project.name for project in self.projects.all()))
        return found

    def duties(self, project: Project, now: int) -> Ownership:
        """Everybody's duties of a model as of now, after whatever was handed over."""
        handed = self.handovers.of(project.name, now)
        return ownership_of(project, self.people.by_email(), self.teams.by_name(), handed)

    def exposure(self, version: Version) -> Exposure | None:
        """What is known of the packages of a version; nothing while no advisories are here."""
        loaded = self.advisory_loads.newest()
        if loaded is None:
            return None
        packages = [(distribution_key(name), number) for name, number in version.manifest.lock.packages.items()]
        return exposure(packages, self.advisories.among("package", [name for name, _ in packages]), loaded.newest)

    def callers(self, project: Project) -> tuple[Caller, ...]:
        """Every consumer of a model, declared or seen."""
        seen = self.traffic.callers(project.name)
        return callers_of(project.name, project.consumer, self.consumers.all(), seen, self.people.by_email())

    def known(self) -> Known:
        """The names that an alert of another system can mean."""
        projects = self.projects.all()
        return Known(
            models={project.name for project in projects},
            environments={environment.name for environment in self.environments.all()},
            sources={source.name for project in projects for source in project.source},
        )

    def environment(self, name: str) -> Environment:
        """An environment; raises `NotFound` with the known names."""
        found = self.environments.find(name=name)
        if found is None:
            raise unknown("environment", name, (environment.name for environment in self.environments.all()))
        return found


#: What tells a connection that it only reads: a look sees one moment and waits for no writer.
_LOOK: Mapping[str, Mapping[str, Any]] = {
    "sqlite": {"lamp_reading": True},
    "postgresql": {"isolation_level": "REPEATABLE READ"},
}


class Store:
    """The database. `sqlite:///path` or `postgresql+psycopg://...`; opening it brings its schema up to date."""

    def __init__(self, url: str, *, patience: float = 5.0) -> None:
        """Open it; `patience` is how long a write waits for those of this process, and then for those of others, seconds."""
        self.engine = _engine(url, int(patience * 1000))
        self._turns = Turns(patience) if self.engine.dialect.name == "sqlite" else None
        try:
            with _unavailable():
                upgrade(self.engine)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """A transaction that may write; it is committed at the end, or rolled back if anything is raised."""
        with _unavailable(), self._turn(), self.engine.begin() as connection:
            yield Transaction(connection)

    def _turn(self) -> AbstractContextManager[None]:
        return nullcontext() if self._turns is None else self._turns.taken()

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A consistent look; nothing it writes is kept and it waits for no writer."""
        options = _LOOK[self.engine.dialect.name]
        with _unavailable(), self.engine.connect().execution_options(**options) as connection:
            yield Transaction(connection)

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()


#: What SQLite says of a file that is no database any more.
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
#: What SQLite says of a statement that it cannot run, whoever else uses the file: waiting helps nobody.
_WRONG = sqlite3.SQLITE_ERROR


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        if getattr(error.orig, "sqlite_errorcode", None) == _WRONG:
            raise
        raise _busy() from error
    except Missed as error:
        raise _busy() from error
    except (DatabaseError, sqlite3.DatabaseError) as error:
        found = error.orig if isinstance(error, DatabaseError) else error
        if not isinstance(found, sqlite3.DatabaseError) or getattr(found, "sqlite_errorcode", 0) not in _DAMAGED:
            raise
        raise Unavailable(
            "The database is damaged.",
            why="SQLite does not find in its file what a database holds.",
            fix="Stop the platform with lamp down, keep the file, and put a copy from before in its place.",
            code="E1705",
        ) from error


def _busy() -> Unavailable:
    return Unavailable(
        "The database did not take the change.",
        why="It is busy, locked or cannot be reached.",
        fix="Try again in a moment; lamp doctor looks deeper.",
        code="E1701",
    )


def _engine(url: str, milliseconds: int) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        engine = create_engine(url, pool_pre_ping=True)
        event.listen(engine, "connect", partial(_prepare_postgresql, milliseconds))
        return engine
    engine = create_engine(url, connect_args={"timeout": milliseconds / 1000, "check_same_thread": False})
    event.listen(engine, "connect", partial(_prepare_sqlite, milliseconds))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_postgresql(milliseconds: int, connection: Any, _: object) -> None:
    connection.execute(f"SET lock_timeout = {milliseconds}")
    connection.commit()


def _prepare_sqlite(milliseconds: int, connection: Any, _: object) -> None:
    # Without the driver's own BEGIN, ours can take the write lock before the first read, so that no other writer slips between.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={milliseconds}"):
        connection.execute(f"PRAGMA {pragma}")
    if connection.execute("PRAGMA synchronous").fetchone()[0] != 2:
        raise Unavailable(
            "The database is not durable.", why="SQLite did not take synchronous=FULL.", fix="Use another SQLite library."
        )


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("lamp_reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
