"""Where an Alertmanager sends its webhooks."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from lamplighter.api.guard import Guarded, guarded
from lamplighter.api.problems import TooLarge, UnsupportedMediaType
from lamplighter.domain.identity import Permission
from lamplighter.lifecycle import external_alerts
from lamplighter.sdk.door import BASE

#: The address that a `webhook_config` names as `url`.
PATH = f"{BASE}/alerts"
#: Bytes of one notification at most.
LARGEST = 4 * 1024 * 1024


def external_alert_routes() -> list[Guarded]:
    """The one route; it takes notifications as they come and is no verb of the interface."""
    return [guarded("POST", PATH, _receive, Permission.ALERT)]


def _receive(request: Request) -> Response:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType(
            "The body is of a type this route does not take.",
            why="It takes application/json only.",
            fix="Send Content-Type: application/json, as an Alertmanager does.",
        )
    content: bytes = request.state.body
    if len(content) > LARGEST:
        raise TooLarge(
            "The notification is too large.",
            why=f"Its body is over {LARGEST} bytes.",
            fix="Group alerts by more labels, or set max_alerts in the webhook_config.",
        )
    taken = external_alerts.receive(request.app.state.kit, content)
    return Response(msgspec.json.encode(taken), media_type="application/json", headers={"Cache-Control": "no-store"})
