"""The end of a model: how it is announced, who has agreed, what is in the way, and the way back."""

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.claimant import Claim, Claimant, Retiring
from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.identity import Permission, Person, Role, Team
from lamplighter.domain.ownership import acts_for
from lamplighter.domain.retirement import State
from lamplighter.domain.stage import Duty
from lamplighter.sdk.interface import Platform
from lamplighter.views.status import ModelStatus
from lamplighter.web import forms
from lamplighter.web.page import Page, done, shown


def retirement_page(request: Request, platform: Platform) -> Response:
    """Show the newest retirement of a model, or how to announce one."""
    name = request.path_params["model"]
    state, person = platform.status(name), platform.whoami()
    teams = {team.name: team for team in platform.teams()}
    try:
        found: Retiring | None = platform.retirement(name)
    except NotFound:
        found = None
    return shown(
        request,
        platform,
        "retirement.html",
        model=name,
        found=found,
        yours=[one.name for one in found.claimants if _speaks(person, one, teams)] if found else [],
        why_not=_why_not(state, person, teams),
        why_not_approve=_why_not_approve(found, person) if found else "",
        begins=found is None or not found.retirement.holds,
        states=State,
        section="fleet",
        every=10,
    )


def _speaks(person: Person, one: Claimant, teams: dict[str, Team]) -> bool:
    """Whether a word of this person is wanted for a consumer."""
    team = teams.get(one.owner)
    is_theirs = one.owner == person.email or (team is not None and person.email in team.members)
    return person.may(Permission.CONSENT) and is_theirs and one.claim in (Claim.WAITING, Claim.REFUSED)


def _why_not(state: ModelStatus, person: Person, teams: dict[str, Team]) -> str:
    """Why the signed-in person may not let the model end; empty if they may."""
    held = state.ownership.of(Duty.RETIRE)
    if held.holder and acts_for(held, person, teams) and person.may(Permission.DEPLOY):
        return ""
    return f"That is for {held.holder}, who owns its management." if held.holder else "Nobody owns its management."


def _why_not_approve(found: Retiring, person: Person) -> str:
    if Role.BUSINESS not in person.roles:
        return f"That takes the role {Role.BUSINESS}."
    return "You asked for it, so the word has to come from somebody else." if person.email == found.retirement.person else ""


def announce(request: Request, platform: Platform) -> Response:
    """Announce the end of a model, or another plan for it."""
    name, day = request.path_params["model"], forms.text(request, "by")
    platform.retire(name, forms.needed(request, "reason"), _instant(day), forms.text(request, "successor"))
    return done(f"/m/{name}/retirement", "announced")


def _instant(day: str) -> int:
    """The beginning of a day in UTC; 0 for none."""
    if not day:
        return 0
    try:
        return int(datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC).timestamp()) * 1_000_000
    except ValueError:
        raise Invalid("That is no day.", why="A day is written as in 2027-03-31.", fix="Choose one.", code="E1180") from None


def consent(request: Request, platform: Platform) -> Response:
    """Give the word of a consumer's owner."""
    name = request.path_params["model"]
    platform.consent_to_retirement(name, forms.needed(request, "consumer"), *_word(request))
    return _said(request)


def approve(request: Request, platform: Platform) -> Response:
    """Give the word of the business side."""
    platform.approve_retirement(request.path_params["model"], *_word(request))
    return _said(request)


def _word(request: Request) -> tuple[bool, str]:
    """Whether somebody agrees, and why; a refusal takes a reason."""
    agrees = forms.needed(request, "decision") == "agree"
    return agrees, forms.text(request, "reason") if agrees else forms.needed(request, "reason")


def _said(request: Request) -> Response:
    agrees = forms.needed(request, "decision") == "agree"
    return done(f"/m/{request.path_params['model']}/retirement", "consented" if agrees else "refused")


def end(request: Request, platform: Platform) -> Response:
    """Let a model end, take its announcement back, or bring it back."""
    name, step = request.path_params["model"], forms.needed(request, "step")
    if step == "finish":
        platform.finish_retirement(name, forms.text(request, "reason"))
        return done(f"/m/{name}/retirement", "retired")
    reason = forms.needed(request, "reason")
    if step == "revive":
        platform.revive(name, reason)
        return done(f"/m/{name}/retirement", "revived")
    platform.cancel_retirement(name, reason)
    return done(f"/m/{name}/retirement", "goes-on")


PAGES = (
    Page("GET", "/m/{model}/retirement", retirement_page, Permission.READ),
    Page("POST", "/m/{model}/retirement", announce, Permission.DEPLOY),
    Page("POST", "/m/{model}/retirement/consents", consent, Permission.CONSENT),
    Page("POST", "/m/{model}/retirement/approval", approve, Permission.APPROVE),
    Page("POST", "/m/{model}/retirement/end", end, Permission.DEPLOY),
)
