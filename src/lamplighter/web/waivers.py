"""What was waived: the list with its numbers, one waiver, and how somebody gives or ends one."""

from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.decision import Refused, Undecided
from lamplighter.domain.duration import seconds
from lamplighter.domain.identity import Permission, Person
from lamplighter.domain.policy import Policy
from lamplighter.domain.waiver import NEVER, Waiver, WaiverRule, then
from lamplighter.sdk.interface import Platform
from lamplighter.views.status import ModelStatus
from lamplighter.views.version import VersionView
from lamplighter.views.waivers import standing
from lamplighter.web import forms
from lamplighter.web.page import Page, done, shown


class Offer(NamedTuple):
    """A gate that stands in the way and that the rule book lets people waive."""

    gate: str
    environment: str
    found: str
    #: Days that a waiver holds at most.
    most: int
    #: Why the signed-in person cannot; empty if they can.
    why_not: str


def offers(platform: Platform, view: VersionView, state: ModelStatus) -> list[Offer]:
    """What may be waived of a version, by what the gates said last for each environment."""
    rule, person = _rule(platform.policy(), state.criticality.tier), platform.whoami()
    why_not = _why_not(rule, person, view.version.author)
    newest = {made.environment: made for made in reversed(view.decisions)}
    return [
        Offer(one.gate, made.environment, one.verdict.why, int(seconds(rule.longest) // 86_400), why_not)
        for made in newest.values()
        for one in made.judgements
        if isinstance(one.verdict, Refused | Undecided) and one.gate in rule.gates and one.gate not in NEVER
    ]


def _rule(policy: Policy, tier: str) -> WaiverRule:
    return next(one.waivers for one in policy.tier if one.name == tier)


def _why_not(rule: WaiverRule, person: Person, author: str) -> str:
    if person.email == author:
        return "You registered this version, so a waiver has to come from somebody else."
    if not set(rule.by) & set(person.roles):
        return f"That takes the role {' or '.join(rule.by)}."
    return ""


def waivers_page(request: Request, platform: Platform) -> Response:
    """Show the waivers on which something may rest, or all of them, and how many each team has."""
    closed = request.query_params.get("closed") == "yes"
    found = platform.waivers("", closed)
    rows = [(one, standing(one, found.at)) for one in found.waivers]
    return shown(request, platform, "waivers.html", found=found, rows=rows, closed=closed, section="fleet", every=10)


def waiver_page(request: Request, platform: Platform) -> Response:
    """Show one waiver."""
    one = platform.waiver(request.path_params["key"])
    now = platform.waivers(one.model).at
    rule = _rule(platform.policy(), platform.status(one.model).criticality.tier)
    return shown(
        request,
        platform,
        "waiver.html",
        one=one,
        standing=standing(one, now),
        then=then(one),
        why_not=_why_not_end(rule, platform.whoami(), one, now),
        section="fleet",
    )


def _why_not_end(rule: WaiverRule, person: Person, one: Waiver, now: int) -> str:
    if not one.holds(now):
        return "It is over."
    if not person.may(Permission.APPROVE) or not (person.email == one.person or set(rule.by) & set(person.roles)):
        return f"That takes the role {' or '.join(rule.by)}." if rule.by else f"Only {one.person} may."
    return ""


def give(request: Request, platform: Platform) -> Response:
    """Write a waiver down."""
    name, number = request.path_params["model"], request.path_params["number"]
    gate, environment = forms.needed(request, "gate"), forms.needed(request, "environment")
    given = platform.waive(f"{name}@{number}", environment, gate, forms.whole(request, "days"), forms.needed(request, "reason"))
    return done(f"/waivers/{given.id}", "waived")


def end(request: Request, platform: Platform) -> Response:
    """End a waiver before its time."""
    ended = platform.end_waiver(request.path_params["key"], forms.needed(request, "reason"))
    return done(f"/waivers/{ended.id}", "ended")


PAGES = (
    Page("GET", "/waivers", waivers_page, Permission.READ),
    Page("GET", "/waivers/{key}", waiver_page, Permission.READ),
    Page("POST", "/waivers/{key}", end, Permission.APPROVE),
    Page("POST", "/m/{model}/v/{number}/waivers", give, Permission.APPROVE),
)
