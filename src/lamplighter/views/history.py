"""What was live at an instant, who approved it and on what evidence: told from the journal alone."""

from typing import TYPE_CHECKING

from lamplighter.domain.decision import Decision
from lamplighter.domain.events.design import ProjectSaved
from lamplighter.domain.events.retirement import RetirementFinished
from lamplighter.domain.events.routing import RolledBack, SwitchedOff, SwitchedOn, WentLive
from lamplighter.domain.events.version import DecisionMade, VersionAccepted
from lamplighter.domain.journal import Entry
from lamplighter.domain.names import unknown
from lamplighter.domain.record import Record
from lamplighter.domain.switch import Off

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction


class Approval(Record, frozen=True):
    """One key that was turned."""

    person: str
    side: str
    #: Microseconds since the epoch, UTC.
    at: int
    #: Place in the journal.
    sequence: int


class AsOf(Record, frozen=True):
    """The truth of one environment at one instant."""

    model: str
    environment: str
    #: The instant asked for, microseconds since the epoch.
    at: int
    #: Number and digest of the live version; 0 and empty if none was.
    number: int
    version: str
    #: Since when, and by whose deed.
    since: int
    by: str
    #: How it came to be live: `rollout` or `rollback`; `retired` where nothing is because the model was retired.
    how: str
    approvals: tuple[Approval, ...]
    #: The decision it rests on, with every verdict and the digests of the evidence.
    decision: Decision | None
    #: Criticality at the time.
    tier: str
    #: Places in the journal that say so.
    sequences: tuple[int, ...]
    #: Who had switched the model off, if anybody had: then nobody was answered by what was live.
    off: Off | None = None


def at(look: "Transaction", model: str, environment: str, instant: int) -> AsOf:
    """What was live, by the journal up to the instant; raises `NotFound` for a model without history."""
    entries = look.journal.of(model, until=instant)
    if not entries and look.projects.find(model=model) is None:
        raise unknown("model", model, (project.name for project in look.projects.all()))
    deed = _last_deed(entries, environment)
    tier = next((e.event.tier for e in reversed(entries) if isinstance(e.event, ProjectSaved)), "")
    if deed is None:
        return AsOf(
            model=model, environment=environment, at=instant, number=0, version="", since=0, by="", how="",
            approvals=(), decision=None, tier=tier, sequences=(),
        )  # fmt: skip
    event = deed.event
    if isinstance(event, RetirementFinished):
        return AsOf(
            model=model, environment=environment, at=instant, number=0, version="", since=deed.at, by=deed.actor,
            how="retired", approvals=(), decision=None, tier=tier, sequences=(deed.sequence,),
        )  # fmt: skip
    assert isinstance(event, WentLive | RolledBack)
    origin = deed if isinstance(event, WentLive) else _went_live(entries, environment, event.version, deed.sequence) or deed
    approvals = _approvals(entries, environment, event.version, origin.sequence)
    switch = _switch(entries, environment)
    decision = _decision(look, entries, environment, event.number, origin.sequence)
    return AsOf(
        model=model,
        environment=environment,
        at=instant,
        number=event.number,
        version=event.version,
        since=deed.at,
        by=deed.actor,
        how="rollout" if isinstance(event, WentLive) else "rollback",
        approvals=approvals,
        decision=decision,
        tier=tier,
        sequences=tuple(
            sorted(
                {
                    deed.sequence,
                    origin.sequence,
                    *(approval.sequence for approval in approvals),
                    *((switch.sequence,) if switch else ()),
                }
            )
        ),
        off=Off(switch.at, switch.actor, switch.event.reason) if switch and isinstance(switch.event, SwitchedOff) else None,
    )


def _switch(entries: list[Entry], environment: str) -> Entry | None:
    """When the model was switched off there, if it still was; the retirement of a model ends that."""
    for entry in reversed(entries):
        event = entry.event
        if isinstance(event, SwitchedOn | SwitchedOff) and event.environment == environment:
            return entry if isinstance(event, SwitchedOff) else None
        if isinstance(event, RetirementFinished) and environment in event.environments:
            return None
    return None


def _last_deed(entries: list[Entry], environment: str) -> Entry | None:
    """What last changed who answers there; a retirement changes it wherever the model was."""
    return next((entry for entry in reversed(entries) if _concerns(entry, environment)), None)


def _concerns(entry: Entry, environment: str) -> bool:
    event = entry.event
    if isinstance(event, RetirementFinished):
        return environment in event.environments
    return isinstance(event, WentLive | RolledBack) and event.environment == environment


def _went_live(entries: list[Entry], environment: str, version: str, before: int) -> Entry | None:
    for entry in reversed(entries):
        event = entry.event
        same = isinstance(event, WentLive) and event.environment == environment and event.version == version
        if same and entry.sequence < before:
            return entry
    return None


def _approvals(entries: list[Entry], environment: str, version: str, before: int) -> tuple[Approval, ...]:
    newest: dict[str, Approval] = {}
    for entry in entries:
        event = entry.event
        if not isinstance(event, VersionAccepted) or entry.sequence >= before:
            continue
        if event.environment == environment and event.version == version:
            newest[event.side] = Approval(person=event.person, side=event.side, at=entry.at, sequence=entry.sequence)
    return tuple(newest.values())


def _decision(look: "Transaction", entries: list[Entry], environment: str, number: int, before: int) -> Decision | None:
    made = [
        entry.event
        for entry in entries
        if isinstance(entry.event, DecisionMade) and entry.event.environment == environment and entry.event.number == number
        if entry.sequence < before and entry.event.passed
    ]
    return look.decisions.find(digest=made[-1].decision) if made else None
