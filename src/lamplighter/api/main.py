"""The application of the control plane: guarded routes, one host check, one form of error, and the reconciler beside it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from lamplighter.api.admission import Admission
from lamplighter.api.device_sign_ins import device_sign_in_routes
from lamplighter.api.external_alerts import external_alert_routes
from lamplighter.api.guard import Guarded, Public, guarded, refuse_unguarded
from lamplighter.api.metrics import Metrics
from lamplighter.api.mlflow.main import mlflow_routes
from lamplighter.api.openapi import document
from lamplighter.api.payloads import payload_routes
from lamplighter.api.pipelines import pipeline_routes
from lamplighter.api.problems import MethodNotTaken, problem, unexpected
from lamplighter.api.routes import routes
from lamplighter.domain.errors import LampError, NotFound
from lamplighter.domain.identity import Permission
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.reconciler import Reconciler


def build(kit: Kit, pages: Sequence[Guarded] = ()) -> Starlette:
    """The application over a kit, with the pages that go beside the API; raises `RuntimeError` for an unguarded route."""
    own = [
        *_own_routes(),
        *routes(),
        *payload_routes(),
        *external_alert_routes(),
        *mlflow_routes(),
        *pipeline_routes(),
        *device_sign_in_routes(),
    ]
    everything = [*own, *pages]
    refuse_unguarded(everything)
    hosts = ["127.0.0.1", "localhost", "[::1]", "::1", kit.settings.host, str(urlsplit(kit.settings.opened_at).hostname)]
    application = Starlette(
        routes=everything,
        lifespan=_lifespan,
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False)],
        exception_handlers={HTTPException: _http_error, Exception: unexpected},
    )
    application.router.redirect_slashes = False
    application.state.kit = kit
    application.state.admission = Admission(kit)
    application.state.reconciler = Reconciler(kit)
    return application


@asynccontextmanager
async def _lifespan(application: Starlette) -> AsyncIterator[None]:
    reconciler = application.state.reconciler
    reconciler.start()
    try:
        yield
    finally:
        reconciler.stop()
        application.state.kit.close()


def _own_routes() -> list[Guarded]:
    described = msgspec.json.encode(document())

    def livez(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    def readyz(request: Request) -> Response:
        kit = request.app.state.kit
        with kit.store.reading() as look:
            look.counters.value("journal")
        now = kit.clock.now()
        dead = [beat.sentence(now) for beat in request.app.state.reconciler.heartbeats if beat.is_dead(now)]
        return PlainTextResponse("".join(f"{one}\n" for one in dead or ["ok"]), status_code=503 if dead else 200)

    def openapi(_: Request) -> Response:
        return Response(described, media_type="application/json")

    return [
        guarded("GET", "/livez", livez, Public.PROBE),
        guarded("GET", "/readyz", readyz, Public.PROBE),
        guarded("GET", "/openapi.json", openapi, Permission.READ),
        guarded("GET", "/metrics", Metrics(), Permission.OBSERVE),
    ]


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    refusal: LampError
    if error.status_code == 404:
        refusal = NotFound("There is nothing here.", why="No route has this path.", fix="See /openapi.json for all of them.")
        return problem(request, refusal)
    why, fix = "The path exists for another method.", "See /openapi.json."
    answer = problem(request, MethodNotTaken("This method is not taken here.", why=why, fix=fix))
    answer.headers.update(error.headers or {})
    return answer
