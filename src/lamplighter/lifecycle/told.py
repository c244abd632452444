"""One message to one person, on its way into the outbox."""

from typing import NamedTuple

from lamplighter.domain.journal import Entry
from lamplighter.lifecycle import outbox, receivers
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.notices import Notice
from lamplighter.store.transaction import Transaction


class Told(NamedTuple):
    """What is told."""

    person: str
    #: Key of what it is about, such as `W-2`.
    key: str
    model: str
    title: str
    #: A line each.
    text: tuple[str, ...]
    #: What happened, such as `waiver.lapsed`.
    about: str
    environment: str = ""


def tell(kit: Kit, change: Transaction, entry: Entry, told: Told) -> None:
    """Through the channels of the model."""
    outbox.put(kit, change, _notice(entry, told), receivers.channels_of(kit, change, told.model))


def tell_everywhere(kit: Kit, change: Transaction, entry: Entry, told: Told) -> None:
    """Through the channels of the model and through all others: nobody may say that it did not reach them."""
    channels = (*receivers.channels_of(kit, change, told.model), *kit.settings.channel_names)
    outbox.put(kit, change, _notice(entry, told), channels)


def _notice(entry: Entry, told: Told) -> Notice:
    return Notice(
        event=entry.sequence,
        channel="",
        person=told.person,
        incident=told.key,
        model=told.model,
        title=told.title,
        text="\n".join(told.text),
        about=told.about,
        at=entry.at,
        environment=told.environment,
    )
