"""What has happened to a model that a training would answer, trigger by trigger, and what that training would be given."""

from collections.abc import Callable, Iterator, Mapping
from statistics import median

import msgspec

from lamplighter.domain.duration import seconds
from lamplighter.domain.feed import heard_of
from lamplighter.domain.incident import Incident
from lamplighter.domain.instant import minute, rfc3339
from lamplighter.domain.lifetime import lifetime_of
from lamplighter.domain.monitor import Finding, Kind, is_of_run
from lamplighter.domain.project import Project
from lamplighter.domain.record import digest_of
from lamplighter.domain.retraining import State
from lamplighter.domain.routing import Routing
from lamplighter.domain.schedule import read_schedule
from lamplighter.domain.trigger import Condition, Trigger
from lamplighter.domain.triggering import Cause, Seen
from lamplighter.lifecycle import calibrating, movement, training_inputs
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.labelled import labelled
from lamplighter.lifecycle.mainstay import mainstay
from lamplighter.store.transaction import Transaction

#: Labelled rows that lateness is taken of.
_ROWS = 1000


class Model:
    """A live model with what its triggers look at, at one moment."""

    def __init__(self, kit: Kit, look: Transaction, project: Project, place: Routing) -> None:
        assert place.champion is not None
        self.kit, self.look, self.project, self.place = kit, look, project, place
        self.name, self.number, self.now = project.name, place.champion.number, kit.clock.now()
        #: Rows from here on are new.
        self.since = min(training_inputs.known_until(look, self.name), self.now)

    @property
    def known_to(self) -> int:
        """The event time up to which some truth has come, or now where none has."""
        head = self.look.predictions.label_head(self.name, self.place.environment)
        return min(head + 1, self.now) if head else self.now

    @property
    def trained_at(self) -> int:
        """When the training of the live version was asked for, or the version was registered."""
        made = next((one for one in self.look.retrainings.all(model=self.name) if one.number == self.number), None)
        version = self.look.versions.find(model=self.name, number=self.number)
        return made.requested_at if made else version.created_at if version else 0


def seen(kit: Kit, look: Transaction, project: Project, place: Routing) -> Iterator[Seen]:
    """Each condition of a project, with what has happened."""
    model = Model(kit, look, project, place)
    for condition in project.retrain.conditions:
        found = _LOOKS[condition.trigger](model, condition)
        yield _with_input(model, found) if found.cause is not None else found


def _with_input(model: Model, found: Seen) -> Seen:
    assert found.cause is not None
    given = training_inputs.plan(model.kit, model.look, model.name, found.cause.since, found.cause.until)
    return msgspec.structs.replace(found, given=given, delay=_delay(model))


def _delay(model: Model) -> int:
    """How long labels take, microseconds: the longer of what is declared and of what half of the newest ones took."""
    declared = int(seconds(model.project.monitor.labels.expected_after) * 1_000_000)
    newest = model.look.outcomes.newest_labelled(model.name, model.place.environment)
    came = model.look.labels.came(model.name, model.place.environment, *newest, _ROWS) if newest else ()
    return max(declared, int(median([max(0, at - happened) for happened, at in came])) if came else 0)


def declared_key(model: str, schedule: str) -> str:
    """The counter that holds the last instant of a schedule that came before the platform knew of it."""
    return f"schedule {digest_of(f'{model} {schedule}'.encode())[:32]}"


def _schedule(model: Model, condition: Condition) -> Seen:
    schedule = read_schedule(condition.bound)
    due, next_at = schedule.last(model.now), schedule.next(model.now)
    before = model.look.counters.value(declared_key(model.name, condition.bound))
    waits = f"It is due next {minute(next_at)}."
    cause = Cause(key=rfc3339(due), at=due, since=model.since, until=due, why=f"It was due {minute(due)}.")
    return Seen(condition, cause if before and due > before else None, waits, next_at)


def _volume(model: Model, condition: Condition) -> Seen:
    wanted, until = int(condition.bound), max(model.known_to, model.since)
    given = training_inputs.plan(model.kit, model.look, model.name, model.since, until)
    rows = labelled(model.look, model.name, model.place.environment, given.new, model.now).labelled
    told = f"{rows:,} of {wanted:,} new rows have their label."
    cause = Cause(key=f"rows from {rfc3339(model.since)}", at=until, since=model.since, until=until, why=told)
    return Seen(condition, cause if rows >= wanted else None, told)


def _incident(model: Model, condition: Condition) -> Seen:
    wants_drift = condition.trigger is Trigger.DRIFT
    for one in model.look.incidents.of(model.name):
        finding = one.of(model.name)
        fits = _is_functional(finding) and (finding.measure == movement.MEASURE) is wants_drift
        if fits and finding.number >= model.number and not _has_had(model, one):
            cause = Cause(key=one.id, at=one.opened_at, since=finding.start, until=finding.end, why=f"{one.id} is open.")
            return Seen(condition, cause, "")
    what = "inputs or predictions that moved" if wants_drift else "lost quality"
    return Seen(condition, None, f"No incident about {what} is open that has had no training.")


def _has_had(model: Model, incident: Incident) -> bool:
    known = model.look.retrainings.all(model=model.name)
    return any(one.cause == incident.id and one.state is not State.REFUSED for one in known)


def _is_functional(finding: Finding) -> bool:
    """Whether a training may mend what was found. None mends a table or a training that failed. Scores that mean something else
    need another calibration, which no training promises."""
    is_run = is_of_run(finding.measure) or finding.measure == calibrating.CALIBRATION
    return finding.kind is Kind.FUNCTIONAL and not is_run


def _expiry(model: Model, condition: Condition) -> Seen:
    place = model.look.environment(model.place.environment)
    lifetime = lifetime_of(model.kit.policy, model.project, place, model.place, model.now)
    if lifetime is None:
        return Seen(condition, None, f"Versions expire in production, and {model.place.environment} is none.")
    ends, due = lifetime.expiry.at, lifetime.expiry.at - int(seconds(condition.bound) * 1_000_000)
    key, told = f"v{model.number} at {rfc3339(ends)}", f"v{model.number} expires {minute(ends)}."
    cause = Cause(key=key, at=due, since=model.since, until=max(due, model.since), why=told)
    return Seen(condition, cause if model.now >= due else None, told, due)


def _upstream(model: Model, condition: Condition) -> Seen:
    trained_at, length = model.trained_at, int(seconds(model.project.monitor.quality.window) * 1_000_000)
    found = [one for source in model.project.source for one in _changes(model, source.name) if one[0] > trained_at]
    if not found:
        return Seen(condition, None, f"No source has changed since v{model.number} was trained.")
    at, key, told = max(found)
    return Seen(condition, Cause(key=key, at=at, since=at, until=at + length, why=told), "")


def _changes(model: Model, source: str) -> Iterator[tuple[int, str, str]]:
    """When a source has changed, with the key of that change and a sentence."""
    heard = heard_of(model.look.arrivals.of(source))
    if heard.changed_at:
        told = f"The schema of {source} is {heard.schema} since {minute(heard.changed_at)}."
        yield heard.changed_at, f"{source} with schema {heard.schema}", told
    upstream = mainstay(model.look, source) if source != model.name else None
    if upstream is not None and upstream.champion is not None:
        version = f"{source}@{upstream.champion.number}"
        yield upstream.live_since, f"{version} since {rfc3339(upstream.live_since)}", f"{version} is live upstream."


_LOOKS: Mapping[Trigger, Callable[[Model, Condition], Seen]] = {
    Trigger.SCHEDULE: _schedule,
    Trigger.VOLUME: _volume,
    Trigger.QUALITY: _incident,
    Trigger.DRIFT: _incident,
    Trigger.EXPIRY: _expiry,
    Trigger.UPSTREAM: _upstream,
}
