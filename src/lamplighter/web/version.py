"""One version: what is inside, what is known of it and what was decided about it."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from lamplighter import keys
from lamplighter.domain.environment import Level
from lamplighter.domain.identity import Permission, Person, Team
from lamplighter.domain.names import unknown
from lamplighter.domain.recalibration import recalibration_of
from lamplighter.domain.retuning import retuning_of
from lamplighter.domain.selection import KIND as SELECTION
from lamplighter.domain.selection import Sealed, sealed_in
from lamplighter.sdk.interface import Platform
from lamplighter.views.version import VersionView
from lamplighter.views.waivers import standing
from lamplighter.web import actions, facts, forms, recalibration, retuning, validations, waivers
from lamplighter.web.page import Page, done, shown


def version_page(request: Request, platform: Platform) -> Response:
    """Show a version."""
    name, number = request.path_params["model"], request.path_params["number"]
    state = platform.status(name)
    if not (number.isascii() and number.isdecimal()):
        raise unknown("version", number, (f"{name}@{known}" for known in range(1, state.versions + 1)))
    environment = state.live[-1].environment if state.live else ""
    view = platform.version(f"{name}@{int(number)}", environment)
    teams = {team.name: team for team in platform.teams()}
    recalibrated = recalibration_of(view.evidence)
    return shown(
        request,
        platform,
        "version.html",
        view=view,
        version=view.version,
        manifest=view.version.manifest,
        state=state,
        compared=state.live[-1] if state.live else None,
        live_in=[place for place in state.live if place.number == view.version.number],
        evidence=[facts.told(evidence) for evidence in view.evidence],
        actions=[
            actions.start_rollout(state, view.version.number, place, platform.whoami(), teams, platform.hold(name, place.name))
            for place in sorted(platform.environments(), key=lambda place: list(Level).index(place.level))
        ],
        offers=waivers.offers(platform, view, state),
        standing=standing,
        retuned=retuning_of(view.evidence),
        recalibrated=recalibrated,
        diagram=recalibration.diagram(recalibrated) if recalibrated else None,
        selected=_selected(view),
        is_signed=keys.holds,
        retunes=retuning.offered(view.version),
        validates=validations.why_not(platform, state),
        now=platform.waivers(name).at,
        mine=_mine(view, platform.whoami(), teams),
        section="fleet",
    )


def _selected(view: VersionView) -> Sealed | None:
    """The selection that its newest trial ended with; nothing where no trial has ended."""
    return next((sealed_in(one.facts) for one in view.evidence if one.kind == SELECTION), None)


def _mine(view: VersionView, person: Person, teams: Mapping[str, Team]) -> list[str]:
    """Consumers for which the person speaks."""
    owners = {person.email, *(team.name for team in teams.values() if person.email in team.members)}
    return [one.name for one in view.consumers if one.owner in owners] if person.may(Permission.CONSENT) else []


def consent(request: Request, platform: Platform) -> Response:
    """Write down the word of a consumer's owner."""
    name, number = request.path_params["model"], request.path_params["number"]
    accepted = forms.needed(request, "decision") == "accept"
    reason = forms.text(request, "reason") if accepted else forms.needed(request, "reason")
    consumer, environment = forms.needed(request, "consumer"), forms.needed(request, "environment")
    platform.consent(f"{name}@{number}", consumer, accepted, environment, reason)
    return done(f"/m/{name}/v/{number}", "consented" if accepted else "refused")


PAGES = (
    Page("GET", "/m/{model}/v/{number}", version_page, Permission.READ),
    Page("POST", "/m/{model}/v/{number}/consents", consent, Permission.CONSENT),
)
