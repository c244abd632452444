"""Any of the services that Apprise knows: mail, Slack, Teams, PagerDuty and many more. Needs `lamplighter[notify]`."""

import importlib
from typing import Any

from lamplighter.channels.base import Message, Receiver, Undelivered
from lamplighter.domain.monitor import Severity

#: People do not want to hear of every step.
FOLLOWS = False
DIGESTS = True
RELEASES = False


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


def _kind(message: Message) -> str:
    """How loudly services that know the difference tell it."""
    if message.over:
        return "success"
    return {Severity.PAGE: "failure", Severity.NOTICE: "warning"}.get(Severity(message.severity or Severity.NOTE), "info")
