"""Waivers run out: people are told before it, and what is declared happens once; then the model is on watch."""

from typing import Any

import msgspec

from lamplighter.domain.events.waiver import WaiverAnnounced, WaiverEndsSoon, WaiverLapsed, WaiverSettled
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.stage import Duty
from lamplighter.domain.waiver import AtExpiry, Waiver
from lamplighter.lifecycle import judging
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction


def watch(kit: Kit) -> None:
    """Look at every waiver that is over and not seen to: the first time what is declared happens."""
    now = kit.clock.now()
    with kit.store.reading() as look:
        over = [one for one in look.waivers.all(open=True) if not one.holds(now)]
        done = {one.id: settled(kit, look, one) for one in over}
    for one in over:
        if done[one.id] and one.lapsed_at:
            _settle(kit, one, done[one.id])
        elif not one.lapsed_at:
            _lapse(kit, one, done[one.id])


def settled(kit: Kit, look: Transaction, waiver: Waiver) -> str:
    """Why nothing rests on a waiver that is over; empty while something does."""
    if not _is_used(look, waiver):
        return f"v{waiver.number} neither answers there nor is on its way."
    version, place = look.versions.find(model=waiver.model, number=waiver.number), look.environment(waiver.environment)
    assert version is not None
    for one in judging.judge(kit, look, version, place, PLATFORM).judgements:
        if one.gate == waiver.gate:
            return f"The gate lets it in now: {one.verdict.why}" if one.verdict else ""
    return f"The rule book does not ask the gate {waiver.gate} there any more."


def remind(kit: Kit) -> None:
    """Tell whoever gave a waiver and whoever owns the model, once, that it ends soon and that a version rests on it."""
    now = kit.clock.now()
    with kit.store.reading() as look:
        ending = [one for one in look.waivers.all(open=True) if one.holds(now) and one.reminder_at <= now]
        late = [one for one in ending if not one.reminded_at and _is_used(look, one)]
    for one in late:
        with kit.store.transaction() as change:
            change.waivers.replace(_changed(one, reminded_at=now), revision=one.revision)
            for person in dict.fromkeys((one.person, *_owners(kit, change, one.model)[:1])):
                event = WaiverEndsSoon(**_place(one), gate=one.gate, person=person, until=one.until)
                kit.record(change, event, PLATFORM)


def _is_used(look: Transaction, waiver: Waiver) -> bool:
    """Whether its version answers there or is on its way."""
    live = look.routings.of(waiver.model, waiver.environment)
    under_way = look.rollouts.find(model=waiver.model, environment=waiver.environment, open=True)
    here = {one.digest for one in (live.champion, live.challenger) if one is not None}
    return waiver.version in here | ({under_way.version} if under_way else set())


def _lapse(kit: Kit, waiver: Waiver, done: str) -> None:
    """The waiver is over: say so, and tell whom it concerns."""
    now = kit.clock.now()
    after = _changed(waiver, lapsed_at=now, **({"settled_at": now, "settled_why": done} if done else {}))
    with kit.store.transaction() as change:
        change.waivers.replace(after, revision=waiver.revision)
        place = _place(waiver)
        event = WaiverLapsed(**place, gate=waiver.gate, rested_on=not done, at_expiry=waiver.at_expiry)
        kit.record(change, event, PLATFORM)
        if done:
            kit.record(change, WaiverSettled(**place, gate=waiver.gate, why=done), PLATFORM)
        elif AtExpiry.PAGE in waiver.at_expiry:
            for person in _owners(kit, change, waiver.model):
                kit.record(change, WaiverAnnounced(**place, person=person), PLATFORM)


def _settle(kit: Kit, waiver: Waiver, why: str) -> None:
    with kit.store.transaction() as change:
        change.waivers.replace(_changed(waiver, settled_at=kit.clock.now(), settled_why=why), revision=waiver.revision)
        kit.record(change, WaiverSettled(**_place(waiver), gate=waiver.gate, why=why), PLATFORM)


def _owners(kit: Kit, look: Transaction, model: str) -> tuple[str, ...]:
    held = look.duties(look.project(model), kit.clock.now()).of(Duty.RETIRE)
    return tuple(dict.fromkeys(filter(None, (held.holder, held.deputy))))


def _changed(waiver: Waiver, **changes: Any) -> Waiver:
    return msgspec.structs.replace(waiver, **changes, revision=waiver.revision + 1)


def _place(waiver: Waiver) -> dict[str, Any]:
    return {
        "model": waiver.model,
        "waiver": waiver.id,
        "environment": waiver.environment,
        "number": waiver.number,
    }
