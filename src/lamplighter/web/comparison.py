"""Versions of a model side by side."""

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.identity import Permission
from lamplighter.domain.version_comparison import MOST
from lamplighter.sdk.interface import Platform
from lamplighter.web.page import Page, shown

#: Versions that can be chosen, the newest.
_OFFERED = 24


def comparison_page(request: Request, platform: Platform) -> Response:
    """Show the live version of an environment and those that are chosen, or the newest."""
    name, environment = request.path_params["model"], request.query_params.get("environment", "")
    wanted = ",".join(request.query_params.getlist("versions"))
    found = platform.compare(name, wanted, environment)
    versions = sorted(platform.versions(name), key=lambda one: -one.number)
    return shown(
        request,
        platform,
        "comparison.html",
        found=found,
        cells_of=lambda line: {one.number: one for one in line.cells},
        offered=versions[:_OFFERED],
        picked={side.number for side in found.sides},
        places=[place.environment for place in platform.status(name).live],
        most=MOST,
        section="fleet",
    )


PAGES = (Page("GET", "/m/{model}/compare", comparison_page, Permission.READ),)
