"""Any of the services that Apprise knows: mail, Slack, Teams, PagerDuty and many more. Needs `lamplighter[notify]`."""

import importlib
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from lamplighter.channels.base import Message, Receiver, Undelivered
from lamplighter.domain.monitor import Severity

#: People do not want to hear of every step.
FOLLOWS = False
DIGESTS = True
RELEASES = False
_MAIL = frozenset({"mailto", "mailtos"})
#: What names readers in the address of a server of mail.
_READERS = frozenset({"to", "cc", "bcc"})


def send(message: Message, receiver: Receiver) -> None:
    """Deliver through the Apprise address of the configuration."""
    try:
        library: Any = importlib.import_module("apprise")
    except ModuleNotFoundError:
        raise Undelivered("Apprise is not installed; install lamplighter[notify].") from None
    sender = library.Apprise()
    if not sender.add(receiver.address):
        raise Undelivered("Apprise does not know this kind of address.")
    # Unnamed it counts as HTML for mail, and all of it becomes one line.
    told = sender.notify(title=message.title, body=message.text, body_format="text", notify_type=_kind(message))
    if not told:
        raise Undelivered("The service behind the address did not take it.")


def is_mail(address: str) -> bool:
    """Whether the address is one server of mail, so that a message can go to one person and to nobody else."""
    # Apprise takes several addresses in one text, and a secret must not go to the others.
    return urlsplit(address).scheme.lower() in _MAIL and address.count("://") == 1


def addressed(address: str, person: str) -> str:
    """The address of a server of mail with one person as the only reader, whoever it names by itself."""
    parts = urlsplit(address)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name.lower() not in _READERS]
    return urlunsplit((parts.scheme, parts.netloc, "/", urlencode([*kept, ("to", person)]), ""))


def _kind(message: Message) -> str:
    """How loudly services that know the difference tell it."""
    if message.over:
        return "success"
    return {Severity.PAGE: "failure", Severity.NOTICE: "warning"}.get(Severity(message.severity or Severity.NOTE), "info")
