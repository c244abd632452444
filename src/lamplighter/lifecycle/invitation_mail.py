"""What is mailed to somebody who is invited to accept a version."""

from lamplighter.channels.base import Message
from lamplighter.domain.invitation import Invitation
from lamplighter.lifecycle.kit import Kit


def asking(kit: Kit, one: Invitation, link: str) -> Message:
    """The link, to whom it is for."""
    text = (
        f"{one.sent_by} asks you to accept version {one.number} of {one.model} for {one.environment}.",
        "You answer some cases first, then you see what the model says, and then you say your word. It takes a few minutes.",
        link,
        "The link is for you alone and good for one word. Do not pass it on.",
    )
    return _message(kit, one, f"{one.model}: your word on version {one.number} is asked for", text)


def telling(kit: Kit, one: Invitation, code: str) -> Message:
    """The code, to whoever has opened the link."""
    text = (
        f"Your code is {code}",
        "It is good for ten minutes, in the browser in which you asked for it. Nobody will ask you for it.",
    )
    return _message(kit, one, f"{one.model}: your code", text)


def _message(kit: Kit, one: Invitation, title: str, lines: tuple[str, ...]) -> Message:
    return Message(
        id=f"{one.version[:12]}-{kit.clock.now()}",
        person=one.person,
        model=one.model,
        incident=f"{one.model}@{one.number}",
        title=title,
        text="\n\n".join(lines),
        about="acceptance.asked",
        at=kit.clock.now(),
        environment=one.environment,
    )
