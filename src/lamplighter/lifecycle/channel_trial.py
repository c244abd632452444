"""A message of no meaning, by which people see whether a channel arrives."""

from lamplighter.domain.errors import NotFound, Unavailable
from lamplighter.domain.events.notification import Notified
from lamplighter.domain.identity import Actor
from lamplighter.lifecycle import messages
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.notices import Notice


def try_channel(kit: Kit, actor: Actor, name: str) -> None:
    """Send a message of no meaning through a channel at once; raises `NotFound`, or `Unavailable` if it does not arrive."""
    known = {*kit.settings.channels, *kit.settings.channel_names}
    if name not in known:
        raise NotFound(
            "There is no channel of that name.",
            why=f"Known: {', '.join(sorted(known))}.",
            fix="Name one of them, or add it to config.toml.",
            code="E1246",
        )
    title, text = "A test of lamplighter", f"{actor.email} tries whether messages arrive. Nothing is wrong.\n{kit.settings.url}"
    notice = Notice(0, name, actor.email, "test", "lamplighter", title, text, about="channel.tested", at=kit.clock.now())
    why = messages.send(kit, notice)
    with kit.store.transaction() as change:
        kit.record(change, Notified(person=actor.email, channel=name, delivered=not why, why=why), actor)
    if why:
        raise Unavailable(
            "The test message did not arrive.",
            why=why,
            fix=f"Correct {name} in config.toml or its receiver, then repeat.",
            code="E1569",
        )
