"""PagerDuty by its Events API v2: an incident is one alert there, known by the same key until it ends. What nothing would end,
such as a release, is a change event, which never pages.
"""

from typing import Any

import msgspec

from lamplighter.channels.base import Message, Receiver, post
from lamplighter.domain.instant import rfc3339
from lamplighter.domain.monitor import Kind, Severity

#: Who acknowledges or ends it here is spared the page there.
FOLLOWS = True
DIGESTS = False
#: What has changed stands beside what went wrong.
RELEASES = True
_ALERTS, _CHANGES = "/v2/enqueue", "/v2/change/enqueue"
#: What an alert does after each step of its incident. The others change nothing that PagerDuty knows of.
_ACTIONS = {
    "incident.opened": "trigger",
    "incident.woken": "trigger",
    "incident.escalated": "trigger",
    "incident.assigned": "trigger",
    "incident.acknowledged": "acknowledge",
    "incident.snoozed": "acknowledge",
    "incident.mitigated": "resolve",
    "incident.resolved": "resolve",
    "handover.tested": "trigger",
    "handover.answered": "resolve",
}
#: Longest texts that are taken, characters.
_SUMMARY, _DETAIL = 1024, 10_000


def send(message: Message, receiver: Receiver) -> None:
    """Post the event, if the step is one for PagerDuty; anything but 2xx is not delivered."""
    path, event = event_of(message, receiver.secrets[0] if receiver.secrets else "")
    if event:
        content = msgspec.json.encode(event)
        post(receiver.address.rstrip("/") + path, content, {"Content-Type": "application/json"}, who="PagerDuty")


def event_of(message: Message, routing_key: str) -> tuple[str, dict[str, Any]]:
    """The path and the body for a message; an empty body where there is nothing to say."""
    if not message.about.startswith("incident.") and message.about not in _ACTIONS:
        return _CHANGES, {"routing_key": routing_key, "payload": _payload(message), "links": _links(message)}
    # What is over is told as that, however long an earlier step of it waited: nobody is woken by it.
    action = "resolve" if message.over else _ACTIONS.get(message.about, "")
    if not action:
        return _ALERTS, {}
    event = {"routing_key": routing_key, "event_action": action, "dedup_key": _key(message)}
    if action != "trigger":
        return _ALERTS, event
    about = {"component": message.model, "group": message.environment, "class": message.kind}
    payload = {**_payload(message), "severity": _severity(message), **{name: text for name, text in about.items() if text}}
    return _ALERTS, {**event, "payload": payload, "links": _links(message), "client": "lamplighter", "client_url": message.url}


def _key(message: Message) -> str:
    """The same for all that is told of an incident, and of no other: two platforms may count alike."""
    return f"lamplighter/{message.incident}/{message.opened_at}"


def _severity(message: Message) -> str:
    if message.about == "handover.tested":
        # Less would wake nobody, and the test is whether it does.
        return "critical"
    if message.severity != Severity.PAGE:
        return "warning" if message.severity == Severity.NOTICE else "info"
    return "error" if message.kind in (Kind.FUNCTIONAL, Kind.LIFETIME) else "critical"


def _payload(message: Message) -> dict[str, Any]:
    told = {"text": message.text[:_DETAIL], "who": message.person, "source": message.source}
    return {
        "summary": message.title[:_SUMMARY],
        "source": "/".join(part for part in (message.model, message.environment) if part) or "lamplighter",
        "timestamp": rfc3339(message.opened_at or message.at),
        "custom_details": {name: text for name, text in told.items() if text},
    }


def _links(message: Message) -> list[dict[str, str]]:
    return [{"href": message.url, "text": f"{message.incident} in lamplighter"}] if message.url else []
