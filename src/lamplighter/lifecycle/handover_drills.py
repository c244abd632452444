"""What the receiver of a handover shows: access, a rollback that really happens, and a page that really arrives."""

import secrets

import msgspec

from lamplighter.domain.errors import Conflict, Invalid, Unavailable
from lamplighter.domain.events.handover import HandoverShown, TestPageSent
from lamplighter.domain.handover import Drill, Fact, Handover, Proof, State, TestPage
from lamplighter.domain.identity import Actor, Permission
from lamplighter.domain.record import digest_of
from lamplighter.lifecycle import handover_checks, handover_sides, messages, receivers, rehearsal, routing
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.notices import Notice
from lamplighter.store.transaction import Transaction

#: What it takes to do the duties that are handed over.
_NEEDED = (Permission.DEPLOY, Permission.ROLL_BACK, Permission.RESPOND)
#: The channel that is the pages of this platform.
_INBOX = "inbox"
#: Characters of the word in a test page.
_LENGTH = 6


def access(kit: Kit, actor: Actor, key: str) -> Handover:
    """Look whether somebody of the receiver may do what is handed over, and whether the environment answers.

    Raises `NotAllowed` for everybody else, `NotFound` and `Conflict`.
    """
    with kit.store.reading() as look:
        found = _open(look, actor, key)
        place = handover_checks.place_of(look, found.model)
        others = [person for person in handover_sides.receivers(look, found) if person.email != actor.email]
    begun = kit.clock.elapsed()
    lacks = [permission for permission in _NEEDED if not actor.may(permission)]
    alive = routing.observe(kit, place.environment.name).alive
    capable = [person.email for person in others if all(person.may(permission) for permission in _NEEDED)]
    facts = (
        Fact("may", ", ".join(permission for permission in _NEEDED if permission not in lacks) or "nothing of it"),
        Fact("environment", f"{place.environment.name} {'answers' if alive else 'does not answer'}"),
        Fact("may as well", ", ".join(capable) or "nobody else"),
    )
    why = f"{actor.email} lacks {', '.join(lacks)}." if lacks else ""
    why = why or ("" if alive else f"{place.environment.name} does not answer.")
    return _show(kit, actor, key, Drill.ACCESS, kit.clock.elapsed() - begun, facts, why)


def rollback(kit: Kit, actor: Actor, key: str) -> Handover:
    """Return to the version before, as the person of the receiver who asks for it, where no customer calls; see `rehearsal`.

    Raises `NotAllowed` for everybody else, `NotFound`, `Conflict` and `Unavailable`.
    """
    with kit.store.transaction() as change:
        found = _open(change, actor, key)
        # Written down first: whatever happens, the next drill knows what to put back.
        aside = found.aside or rehearsal.stage(change, found.model)
        _kept(change, found, aside=aside)
    held = rehearsal.rehearse(kit, actor, key, aside)
    most = handover_checks.within(kit, Drill.ROLLBACK)
    facts = (
        Fact("where", held.environment),
        Fact("from", f"v{held.before}"),
        Fact("to", f"v{held.now}, which answered {held.answered} of {held.asked} requests afterwards"),
        Fact("limit", f"{most:g} s"),
    )
    why = "" if held.answered == held.asked else f"{held.asked - held.answered} requests were answered by another version."
    why = why or ("" if held.seconds <= most else f"It took {held.seconds:.1f} s, and {most:g} s are allowed.")
    return _show(kit, actor, key, Drill.ROLLBACK, held.seconds, facts, why)


def send_page(kit: Kit, actor: Actor, key: str) -> Handover:
    """Send a page of no meaning to whoever of the receiver is on call, through every channel that pages of the model take.

    A word stands in it that stands nowhere else; whoever says it has seen the page. Raises `NotAllowed` for everybody who is
    not of the receiver, `NotFound`, `Conflict`, and `Unavailable` if it does not arrive.
    """
    word = secrets.token_hex(_LENGTH // 2)
    with kit.store.transaction() as change:
        found = _open(change, actor, key)
        to = handover_sides.receivers(change, found)[0].email
        channels = receivers.channels_of(kit, change, found.model)
        page = TestPage(
            digest=_digest(key, word),
            person=actor.email,
            to=to,
            channels=channels,
            at=kit.clock.now(),
            word=word if _INBOX in channels else "",
        )
        after = _kept(change, found, page=page)
        event = TestPageSent(model=found.model, handover=key, person=actor.email, to=to, channels=channels)
        sequence = kit.record(change, event, actor)
    failed = {name: why for name in channels if (why := messages.send(kit, _notice(kit, after, page, sequence, name, word)))}
    if len(failed) == len(channels):
        raise Unavailable(
            "The test page did not arrive.",
            why="; ".join(f"{name}: {why}" for name, why in failed.items()) or "No channel is configured.",
            fix="Correct the channels in config.toml, then send it again.",
            code="E1761",
        )
    return after


def answer_page(kit: Kit, actor: Actor, key: str, word: str) -> Handover:
    """Answer a test page with the word that stands in it.

    Raises `NotAllowed` for everybody who is not of the receiver, `Invalid` for another word, and `Conflict` if none was sent.
    """
    with kit.store.reading() as look:
        found = _open(look, actor, key)
    page = found.page
    if page is None:
        raise Conflict(
            "No test page waits for an answer.",
            why="None was sent, or it was answered already.",
            fix=f"Send one with lamp handover drill {key} page.",
            code="E1526",
        )
    if not secrets.compare_digest(page.digest, _digest(key, word.strip().lower())):
        raise Invalid(
            "That is not the word of the test page.",
            why=f"It stands in the message that went to {page.to}, and nowhere else.",
            fix="Look at the newest one: each has a word of its own.",
            code="E1293",
        )
    took = (kit.clock.now() - page.at) / 1e6
    most = handover_checks.within(kit, Drill.PAGE)
    facts = (
        Fact("through", ", ".join(page.channels)),
        Fact("to", page.to),
        Fact("sent by", page.person),
        Fact("limit", f"{most:g} s"),
    )
    why = "" if took <= most else f"It was answered after {took:.0f} s, and {most:g} s are allowed."
    return _show(kit, actor, key, Drill.PAGE, took, facts, why)


def _open(look: Transaction, actor: Actor, key: str) -> Handover:
    """The handover, if it is open and the actor is of its receiver."""
    found = handover_sides.find(look, key)
    handover_sides.check_receiver(look, actor, found)
    if found.state is not State.OPEN:
        raise Conflict(
            f"{key} is {found.state}.",
            why="Drills belong to a handover that is open.",
            fix=f"Look at it with lamp handover show {key}.",
            code="E1524",
        )
    return found


def _show(kit: Kit, actor: Actor, key: str, drill: Drill, seconds: float, facts: tuple[Fact, ...], why: str) -> Handover:
    """Write down what was shown."""
    proof = Proof(
        drill=drill, person=actor.email, at=kit.clock.now(), seconds=round(seconds, 3), passed=not why, facts=facts, why=why
    )
    with kit.store.transaction() as change:
        found = _open(change, actor, key)
        over = {Drill.PAGE: {"page": None}, Drill.ROLLBACK: {"aside": None}}.get(drill, {})
        after = _kept(change, found, proofs=(*found.proofs, proof), **over)
        event = HandoverShown(
            model=found.model,
            handover=key,
            drill=drill,
            person=actor.email,
            seconds=proof.seconds,
            passed=proof.passed,
            facts=tuple((fact.name, fact.value) for fact in facts),
            why=why,
        )
        kit.record(change, event, actor)
    return after


def _kept(change: Transaction, before: Handover, **changes: object) -> Handover:
    after = msgspec.structs.replace(before, **changes, revision=before.revision + 1)
    change.handovers.replace(after, revision=before.revision)
    return after


def _digest(key: str, word: str) -> str:
    return digest_of(f"{key} {word}".encode())


def _notice(kit: Kit, handover: Handover, page: TestPage, sequence: int, channel: str, word: str) -> Notice:
    text = (
        f"{page.person} tests whether pages of {handover.model} reach {handover.receiver}. Nothing is wrong.\n"
        f"Answer it: lamp handover drill {handover.id} page --word {word}\n"
        f"{kit.settings.url}/handover/{handover.id}?word={word}"
    )
    title = f"{handover.model}: test page of {handover.id}, word {word}"
    return Notice(sequence, channel, page.to, handover.id, handover.model, title, text, about="handover.tested", at=page.at)
