"""Which channels bring a message anywhere: the receivers of the configuration, and plugins that need no address."""

from collections.abc import Iterable

from lamplighter import plugins
from lamplighter.domain.errors import NotFound
from lamplighter.domain.names import unknown
from lamplighter.settings import Settings


def channels(settings: Settings) -> frozenset[str]:
    """Their names."""
    return frozenset(
        {*settings.channel_names, *plugins.names("channels")} - (settings.receivers.keys() - {*settings.channel_names})
    )


def check(settings: Settings, names: Iterable[str]) -> None:
    """Raise `NotFound` for a name that no message could arrive through."""
    known = channels(settings)
    for name in names:
        if name not in known:
            raise _unreached(settings, name, known)


def _unreached(settings: Settings, name: str, known: Iterable[str]) -> NotFound:
    refused = unknown("channel", name, known)
    if name not in settings.receivers:
        return refused
    field = settings.fields_of_receivers[name]
    return NotFound(
        f"The channel {name} has no address.",
        why=f"{name} is a kind of channel, and a message goes to a receiver of that kind. {refused.why}",
        fix=f'Give a receiver of `{field}` in config.toml a name, such as pager, and write that name in place of "{name}".',
        code="E1201",
    )
