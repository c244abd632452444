"""Who is told of a retirement: at its announcement, before its day, on its day, and when it ends or is taken back."""

from lamplighter.domain.duration import seconds
from lamplighter.domain.events.retirement import RetirementTold
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.journal import Entry
from lamplighter.domain.retirement import Retirement, Step, advance
from lamplighter.lifecycle import claims, retirement
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.told import Told, tell
from lamplighter.store.transaction import Transaction

_TITLES = {
    "announced": "is to be retired",
    "soon": "ends soon",
    "due": "may end now",
    "cancelled": "is not retired after all",
    "finished": "was retired",
    "revived": "may be deployed again",
}


def inform(kit: Kit, entry: Entry) -> None:
    """Tell one person, through the channels of the model."""
    event = entry.event
    assert isinstance(event, RetirementTold)
    with kit.store.transaction() as change:
        found = change.retirements.find(id=event.retirement)
        if found is None:
            return
        title = f"{found.model}: {found.id}, it {_TITLES[event.about]}"
        text = (*_text(found, event), f"{kit.settings.url}/m/{found.model}/retirement")
        told = Told(event.person, found.id, found.model, title, text, f"retirement.{event.about}")
        tell(kit, change, entry, told)


def _text(found: Retirement, event: RetirementTold) -> tuple[str, ...]:
    if event.about in ("cancelled", "revived"):
        return (f"{found.moved_by}: {found.note}",)
    if event.about == "finished":
        successor = f" Ask {found.successor} instead." if found.successor else ""
        return (f"{found.model} answers nobody any more.{successor}", f"Reason: {found.reason}")
    lines = [found.told, f"{found.person} asked for it: {found.reason}"]
    if event.consumers:
        lines.append(f"You speak for {', '.join(event.consumers)}, which calls it.")
        lines += [f"Agree: lamp retire consent {found.model} --for {name}" for name in event.consumers]
    else:
        lines.append(f"How it stands: lamp retire show {found.model}")
    return tuple(lines)


def remind(kit: Kit) -> None:
    """Tell whom it concerns, once, that the day is near, and its holder that it has come."""
    now = kit.clock.now()
    with kit.store.reading() as look:
        found = [one for one in look.retirements.all(open=True) if one.sunset]
        near = [one for one in found if not one.reminded_at and one.sunset - _before(kit, look, one) <= now < one.sunset]
        due = [one for one in found if not one.due_told_at and one.sunset <= now]
    for one in near:
        with kit.store.transaction() as change:
            _told(kit, change, one, "soon", reminded_at=now)
    for one in due:
        with kit.store.transaction() as change:
            _told(kit, change, one, "due", due_told_at=now)


def _before(kit: Kit, look: Transaction, one: Retirement) -> int:
    return int(seconds(retirement.rule_of(kit, look.project(one.model))[0].remind) * 1_000_000)


def _told(kit: Kit, change: Transaction, one: Retirement, about: str, **at: int) -> None:
    change.retirements.replace(advance(one, Step.REMIND, now=kit.clock.now(), **at), revision=one.revision)
    found = claims.retiring(kit, change, one)
    people = claims.concerned(change, found) if about == "soon" else dict.fromkeys(filter(None, [found.holder]), ())
    for person, names in people.items():
        event = RetirementTold(model=one.model, retirement=one.id, person=person, about=about, consumers=names)
        kit.record(change, event, PLATFORM)
