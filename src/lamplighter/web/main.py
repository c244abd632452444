"""The control plane with its pages: what `lamp up` starts."""

from collections.abc import Awaitable, Callable, Sequence
from typing import cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from lamplighter.api.guard import Guarded
from lamplighter.api.main import build
from lamplighter.api.problems import unexpected
from lamplighter.domain.errors import Invalid, LampError, NotFound
from lamplighter.lifecycle.kit import Kit
from lamplighter.settings import read_settings
from lamplighter.web.headers import StrictHeaders
from lamplighter.web.refusals import error_page
from lamplighter.web.routes import pages

_Handler = Callable[[Request, Exception], Awaitable[Response]]


def application() -> Starlette:
    """The whole application over the settings of this process; raises `Invalid` for settings that cannot be."""
    return with_pages(Kit.open(read_settings()), pages())


def with_pages(kit: Kit, routes: Sequence[Guarded]) -> Starlette:
    """The application over a kit, with these pages, their headers and their refusals."""
    application = build(kit, routes)
    application.state.error_page = error_page
    known = cast(_Handler, application.exception_handlers[HTTPException])

    async def not_routed(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return error_page(request, _refusal(error)) or await known(request, error)

    def failed(request: Request, error: Exception) -> Response:
        logged = unexpected(request, error)
        return error_page(request, _DEFECT) or logged

    application.add_exception_handler(HTTPException, not_routed)
    application.add_exception_handler(Exception, failed)
    application.add_middleware(StrictHeaders)
    return application


_DEFECT = LampError(
    "The platform failed.",
    why="It met something it does not expect; this is a defect of the platform, not of what you did.",
    fix="Look for the id of the request in the log of the control plane.",
)


def _refusal(error: HTTPException) -> LampError:
    if error.status_code == 404:
        return NotFound("There is nothing here.", why="No page has this address.", fix="Start from the fleet.")
    return Invalid("This cannot be done here.", why="The page takes another method.", fix="Start from the fleet.")
