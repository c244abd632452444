"""What people do with an incident besides ending it, and what the clock does when they do nothing."""

from lamplighter.domain.criticality import tier_of
from lamplighter.domain.duration import seconds
from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.identity import PLATFORM, Actor
from lamplighter.domain.incident import Incident, State, Step
from lamplighter.domain.monitor import Kind, Severity
from lamplighter.domain.ownership import last_resort
from lamplighter.lifecycle.incidents import find, take
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction

#: An incident may be quiet for this long at most, seconds; what takes longer is a decision, not a pause.
LONGEST_SNOOZE = 14 * 86_400.0
#: What was found again so shortly ago is still so, microseconds.
_STILL = 180_000_000
#: The last level of an escalation: the business owner, or whoever looks after the platform.
_LAST = 2


def snooze(kit: Kit, actor: Actor, key: str, duration: str, reason: str) -> Incident:
    """Be quiet about an incident for a time such as 4h; then it is told again if it is still wrong.

    Raises `Invalid` without a reason or for more than 14 days, `NotFound` and `Conflict`.
    """
    length = seconds(duration)
    if not reason.strip() or not 0 < length <= LONGEST_SNOOZE:
        raise Invalid(
            "That is not a snooze.",
            why="It takes a time of at most 14 days, and a reason that others can read.",
            fix=f'Write lamp incident snooze {key} --for 4h --reason "the source is back at noon".',
            code="E1567",
        )
    with kit.store.transaction() as change:
        until = kit.clock.now() + round(length * 1_000_000)
        note = f"Quiet for {duration}: {reason.strip()}"
        return take(kit, change, find(change, key), actor, Step.SNOOZE, note, snoozed_until=until, who=actor.email)


def assign(kit: Kit, actor: Actor, key: str, to: str, note: str = "") -> Incident:
    """Give an incident to a person or a team; who is there is told, and the clock begins anew.

    Raises `NotFound` for a party that nobody is, or in which nobody is there.
    """
    with kit.store.transaction() as change:
        people, teams = change.people.by_email(), change.teams.by_name()
        members = teams[to].members if to in teams else (to,)
        holder = next((email for email in members if email in people and people[email].active), "")
        if not holder:
            raise NotFound(
                "The incident cannot be given to them.",
                why="No person or team of that name is here, or everybody in it has left.",
                fix="See who is here with lamp users list and lamp teams list.",
                code="E1245",
            )
        said = f"Given to {to}. {note}".strip()
        more = {"assignee": to, "who": holder, "level": 0, "clock_at": kit.clock.now()}
        return take(kit, change, find(change, key), actor, Step.ASSIGN, said, person=holder, **more)


def note(kit: Kit, actor: Actor, key: str, text: str) -> Incident:
    """Write down what was seen or done; raises `Invalid` for no words, `NotFound` and `Conflict`."""
    if not text.strip():
        raise Invalid("A note has no words.", why="Nothing would be written down.", fix="Say what you saw.", code="E1568")
    with kit.store.transaction() as change:
        return take(kit, change, find(change, key), actor, Step.NOTE, text.strip())


def wake(kit: Kit) -> None:
    """End every snooze whose time is over: tell again what is still wrong, and let rest what is not."""
    now = kit.clock.now()
    with kit.store.reading() as look:
        quiet = [one for one in look.incidents.all(open=True) if one.state is State.SNOOZED and one.snoozed_until <= now]
    for incident in quiet:
        with kit.store.transaction() as change:
            if _still_wrong(change, incident, now):
                more = {"level": 0, "clock_at": now}
                said = "The time of quiet is over and it is still wrong."
                take(kit, change, incident, PLATFORM, Step.WAKE, said, person=incident.has_it, **more)
            else:
                said = "The time of quiet is over and it was not found again."
                take(kit, change, incident, PLATFORM, Step.MITIGATE, said)


def _still_wrong(look: Transaction, incident: Incident, now: int) -> bool:
    """Whether it is; what cannot be looked at again counts as wrong."""
    finding = incident.finding
    if finding.kind is Kind.FUNCTIONAL:
        same = {"model": finding.model, "environment": finding.environment, "number": finding.number}
        newest = look.readings.all(newest="end", limit=1, equals={**same, "measure": finding.measure, "column": finding.column})
        return not newest or newest[0].end <= finding.end or newest[0].crossed
    return not incident.found_at or now - incident.found_at <= _STILL


def escalate(kit: Kit) -> None:
    """Tell the next in line of every incident that nobody acknowledged within the time of its tier."""
    now = kit.clock.now()
    with kit.store.reading() as look:
        waiting = [i for i in look.incidents.all(open=True) if i.state is State.OPEN and i.level < _LAST]
    for incident in waiting:
        if incident.finding.severity is Severity.PAGE and now - (incident.clock_at or incident.opened_at) >= _patience(
            kit, incident
        ):
            with kit.store.transaction() as change:
                _escalate(kit, change, incident, now)


def _patience(kit: Kit, incident: Incident) -> float:
    """How long an incident may wait at each level, microseconds."""
    tier = tier_of(kit.policy, incident.tier) if incident.tier else kit.policy.tier[-1]
    return seconds(tier.escalate_after) * 1_000_000


def _escalate(kit: Kit, change: Transaction, incident: Incident, now: int) -> None:
    level, person = _next_in_line(change, incident)
    if not person:
        take(kit, change, incident, PLATFORM, Step.ESCALATE, "Nobody acknowledged it, and nobody else is there.", level=_LAST)
        return
    said = f"Nobody acknowledged it in time; {person} is told."
    more = {"level": level, "clock_at": now, "who": person, "escalated": True}
    take(kit, change, incident, PLATFORM, Step.ESCALATE, said, person=person, **more)


def _next_in_line(look: Transaction, incident: Incident) -> tuple[int, str]:
    """The level and the person that come next; nobody is told twice."""
    people, teams = look.people.by_email(), look.teams.by_name()
    told = {incident.holder, incident.has_it}
    deputy = incident.deputy
    if incident.level < 1 and deputy not in {"", *told} and deputy in people and people[deputy].active:
        return 1, deputy
    return _LAST, last_resort(look.project(incident.model), people, teams, {*told, deputy} if incident.level else told)
