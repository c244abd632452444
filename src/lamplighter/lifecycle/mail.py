"""Mail to one person, at once: what it holds is a secret, so it is neither kept nor tried again."""

from lamplighter.channels import apprise
from lamplighter.channels.base import Message, Receiver, Undelivered
from lamplighter.domain.errors import Unavailable
from lamplighter.settings import Settings


def channel(settings: Settings) -> str:
    """The first channel by name that is a server of mail; empty where there is none."""
    return next((name for name, address in sorted(settings.apprise.items()) if apprise.is_mail(address)), "")


def send(settings: Settings, name: str, message: Message) -> None:
    """Send to the person of the message and to nobody else; raises `Unavailable` if it does not arrive."""
    try:
        apprise.send(message, Receiver(address=apprise.addressed(settings.apprise[name], message.person)))
    except Undelivered as error:
        raise Unavailable(
            "The mail did not go out.",
            why=f"Channel {name}: {error}",
            fix="See that it arrives with lamp doctor, then repeat.",
            code="E1446",
        ) from None
