"""Another threshold for a version: what it would turn, consumer by consumer, before a version of it is made."""

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.contract import Meaning
from lamplighter.domain.identity import Permission
from lamplighter.domain.version import Version
from lamplighter.sdk.interface import Platform
from lamplighter.web import forms
from lamplighter.web.page import Page, done, shown


def offered(version: Version) -> bool:
    """Whether a threshold of the platform decides for a version."""
    return version.elsewhere is None and version.manifest.contract.output.meaning is Meaning.PROBABILITY


def retuning_page(request: Request, platform: Platform) -> Response:
    """Ask for a threshold, and show what it would turn once one is named."""
    name, number = request.path_params["model"], request.path_params["number"]
    state = platform.status(name)
    version = platform.version(f"{name}@{number}").version
    places = [place.name for place in platform.environments()]
    live = state.live[-1].environment if state.live else places[0]
    environment, threshold = request.query_params.get("environment", live), _number(request)
    found = platform.retuning(version.name, environment, threshold) if threshold is not None and offered(version) else None
    may = platform.whoami().may(Permission.REGISTER)
    return shown(
        request,
        platform,
        "retuning.html",
        version=version,
        offered=offered(version),
        places=places,
        environment=environment,
        threshold=threshold,
        found=found,
        why_not="" if may else f"It takes the permission {Permission.REGISTER}, which none of your roles carries.",
        section="fleet",
    )


def _number(request: Request) -> float | None:
    try:
        return float(request.query_params.get("threshold", ""))
    except ValueError:
        return None


def retune(request: Request, platform: Platform) -> Response:
    """Make the version that the page has shown."""
    name, number = request.path_params["model"], request.path_params["number"]
    environment, threshold = forms.needed(request, "environment"), forms.fraction(request, "threshold")
    made = platform.retune(f"{name}@{number}", environment, threshold, forms.needed(request, "reason"))
    return done(f"/m/{name}/v/{made.version.number}", "retuned")


PAGES = (
    Page("GET", "/m/{model}/v/{number}/retune", retuning_page, Permission.READ),
    Page("POST", "/m/{model}/v/{number}/retune", retune, Permission.REGISTER),
)
