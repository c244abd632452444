"""Who is told of the steps of a handover: whoever has to act next, on the other side."""

from lamplighter.domain.events.handover import (
    HandoverAccepted,
    HandoverDiscussed,
    HandoverEnded,
    HandoverShown,
    HandoverStarted,
)
from lamplighter.domain.handover import Drill, Handover, State
from lamplighter.domain.instant import minute
from lamplighter.domain.journal import Entry
from lamplighter.lifecycle import handover_sides, outbox, receivers
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.notices import Notice
from lamplighter.store.transaction import Transaction


def tell(kit: Kit, entry: Entry) -> None:
    """Tell the first of the other side who is here."""
    event = entry.event
    assert isinstance(event, HandoverStarted | HandoverDiscussed | HandoverAccepted | HandoverEnded)
    with kit.store.transaction() as change:
        found = change.handovers.find(id=event.handover)
        if found is None:
            return
        verb, said = _news(event, found)
        for person in _other_side(change, found, entry.actor):
            notice = Notice(
                event=entry.sequence,
                channel="",
                person=person,
                incident=found.id,
                model=found.model,
                title=f"{found.model}: handover {found.id} {verb}",
                text=f"{said}\n{kit.settings.url}/handover/{found.id}",
                about=f"handover.{verb}",
                at=entry.at,
            )
            outbox.put(kit, change, notice, receivers.channels_of(kit, change, found.model))


def end_page(kit: Kit, entry: Entry) -> None:
    """Tell channels that follow incidents that a test page is answered, so that it ends there."""
    event = entry.event
    assert isinstance(event, HandoverShown)
    if event.drill != Drill.PAGE:
        return
    text = f"{event.person} answered the test page of {event.handover} after {event.seconds:.0f} s."
    title = f"{event.model}: test page of {event.handover} answered"
    with kit.store.transaction() as change:
        notice = Notice(
            entry.sequence, "", "", event.handover, event.model, title, text, about="handover.answered", at=entry.at
        )
        outbox.put(kit, change, notice, receivers.channels_of(kit, change, event.model))


def _news(event: object, found: Handover) -> tuple[str, str]:
    if isinstance(event, HandoverStarted):
        return "started", f"{found.giver} asks {found.receiver} to take {', '.join(found.stages)} of {found.model}."
    if isinstance(event, HandoverDiscussed):
        return "discussed", f"{event.person}: {event.text}"
    if isinstance(event, HandoverAccepted):
        until = minute(event.co_own_until)
        return (
            "accepted",
            f"{event.receiver} has {', '.join(found.stages)} of {found.model}; {event.giver} stands in until {until}.",
        )
    assert isinstance(event, HandoverEnded)
    verb = {State.HANDED_BACK: "returned"}.get(State(event.state), event.state)
    return verb, f"{event.person}: {event.reason}\nThe duties of {found.model} are {event.owner}'s."


def _other_side(look: Transaction, found: Handover, person: str) -> tuple[str, ...]:
    """Who is first in call on the side that the person is not of; nobody if nobody is here."""
    receiving = handover_sides.receivers(look, found)
    others = handover_sides.givers(look, found) if person in {one.email for one in receiving} else receiving
    return tuple(one.email for one in others[:1])
