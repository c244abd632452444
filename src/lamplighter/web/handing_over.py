"""How somebody asks another team to take a model: whom, what is known already, and what is left to answer."""

from collections.abc import Mapping
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.environment import Level
from lamplighter.domain.errors import LampError
from lamplighter.domain.identity import Permission, Person, Team
from lamplighter.domain.ownership import acts_for
from lamplighter.domain.stage import Duty, Stage
from lamplighter.sdk.interface import Platform
from lamplighter.views.handover import HandoverView
from lamplighter.views.status import ModelStatus
from lamplighter.web import forms
from lamplighter.web.page import Page, done, shown


def why_not(state: ModelStatus, person: Person, teams: Mapping[str, Team]) -> str:
    """Why the person cannot hand the model over now; empty if they can. It asks what the verb asks."""
    deploys = state.ownership.of(Duty.DEPLOY)
    if not acts_for(deploys, person, teams):
        ask = f" Ask {deploys.holder}." if deploys.holder else ""
        return f"It is {deploys.accountable or 'nobody'}'s to deploy, and nobody gives what they do not have.{ask}"
    if not person.may(Permission.DEPLOY):
        return "It takes the permission deploy, which none of your roles carries."
    if all(place.level is not Level.PRODUCTION for place in state.live):
        return "Nothing is live in production, so there is nothing to take over yet."
    if state.handover:
        return f"{state.handover.id} asks {state.handover.receiver} for it already."
    return ""


def start_page(request: Request, platform: Platform) -> Response:
    """Show whom it can go to; with somebody chosen, what would be written down and what is left to answer."""
    name, to = request.path_params["model"], request.query_params.get("to", "")[:200]
    state, person, teams = platform.status(name), platform.whoami(), platform.teams()
    closed = why_not(state, person, {team.name: team for team in teams})
    seen, refused = _foretold(platform, name, to) if to and not closed else (None, None)
    holder = platform.project(name).owners.holder(Stage.DEPLOYMENT)
    return shown(
        request,
        platform,
        "hand_over.html",
        state=state,
        why_not=closed,
        parties=[*(team.name for team in teams), *_people(platform, person)],
        to=to or (holder.then if holder else ""),
        seen=seen,
        refused=refused,
        section="owners",
    )


def _foretold(platform: Platform, name: str, to: str) -> tuple[HandoverView | None, LampError | None]:
    try:
        return platform.foretell_handover(name, to), None
    except LampError as refused:
        return None, refused


def _people(platform: Platform, but: Person) -> list[str]:
    """Everybody who could have the rights that go with it."""
    return [one.email for one in platform.people() if one.active and one.email != but.email and one.may(Permission.DEPLOY)]


def start(request: Request, platform: Platform) -> Response:
    """Ask for it."""
    name, to = request.path_params["model"], forms.needed(request, "to")
    asked = platform.foretell_handover(name, to).questions
    answers = {one.name: text for one in asked if (text := forms.text(request, f"answer-{one.name}"))}
    made = platform.start_handover(name, to, answers)
    return done(f"/handover/{quote(made.id)}", "handed")


PAGES = (
    Page("GET", "/m/{model}/hand-over", start_page, Permission.READ),
    Page("POST", "/m/{model}/hand-over", start, Permission.DEPLOY),
)
