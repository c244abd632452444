"""Where the inference logger of KServe sends its events: an address for each model and environment."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from lamplighter.api.guard import Guarded, actor, guarded
from lamplighter.domain.identity import Permission
from lamplighter.lifecycle import payloads
from lamplighter.sdk.door import BASE

#: The address that an InferenceService names as `logger.url`, with a token for pushing as its password.
PATH = f"{BASE}/models/{{model}}/environments/{{environment}}/payloads"


def payload_routes() -> list[Guarded]:
    """The one route; it takes events as they come and is no verb of the interface."""
    return [guarded("POST", PATH, _receive, Permission.PUSH)]


def _receive(request: Request) -> Response:
    caller, kit = actor(request), request.app.state.kit
    model, name = request.path_params["model"], request.path_params["environment"]
    caller.check_within(model, name)
    with kit.store.reading() as look:
        look.project(model)
        environment = look.environment(name)
    kept = payloads.receive(kit, caller, model, environment, request.headers, request.state.body)
    # Accepted, and waiting for the other half.
    return Response(msgspec.json.encode(kept), 202 if kept is None else 200, media_type="application/json")
