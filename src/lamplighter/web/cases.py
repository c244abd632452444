"""The example cases of a version that waits: one card at a time for whoever judges them for the business."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.acceptance import Side
from lamplighter.domain.case import Judged, Tried
from lamplighter.domain.errors import Blocked, LampError
from lamplighter.domain.identity import Permission
from lamplighter.domain.names import unknown
from lamplighter.sdk.interface import Platform
from lamplighter.views.cases import Cases
from lamplighter.views.waiting import Waiting, find
from lamplighter.web import facts, forms
from lamplighter.web.keyholders import sides, why_not
from lamplighter.web.page import Page, done, shown


class Asked(NamedTuple):
    """The cases of a version, or why they cannot be judged."""

    found: Cases
    refusal: LampError | None = None


def asked(platform: Platform, one: Waiting) -> Asked:
    """What the business is asked about a version that waits."""
    name = f"{one.model}@{one.number}"
    try:
        return Asked(platform.cases(name, one.environment))
    except Blocked as error:
        return Asked(Cases(model=one.model, number=one.number, environment=one.environment, cases=()), error)


def cases_page(request: Request, platform: Platform) -> Response:
    """Show the case that is named, or the first that nobody has judged, and all of them below."""
    one = find(platform.waiting(), request.path_params["rollout"])
    found, refusal = asked(platform, one)
    chosen = _chosen(found, request.query_params.get("case", ""))
    return shown(
        request,
        platform,
        "cases.html",
        one=one,
        found=found,
        refusal=refusal,
        chosen=chosen,
        place=found.cases.index(chosen) + 1 if chosen else 0,
        inputs=_inputs(chosen.tried, found.labels) if chosen else [],
        why_not=_why_not(platform, one),
        section="approvals",
    )


def judge(request: Request, platform: Platform) -> Response:
    """Write down what somebody says of one case."""
    one = find(platform.waiting(), request.path_params["rollout"])
    as_expected = forms.needed(request, "judgement") == "yes"
    platform.judge_case(
        f"{one.model}@{one.number}", one.environment, forms.needed(request, "case"), as_expected, forms.text(request, "note")
    )
    return done(f"/approvals/{quote(one.rollout)}/cases", "judged")


def _chosen(found: Cases, name: str) -> Judged | None:
    if not name:
        return next(iter(found.left), None)
    for case in found.cases:
        if case.tried.name == name:
            return case
    raise unknown("case", name, (case.tried.name for case in found.cases))


def _inputs(tried: Tried, labels: Mapping[str, str]) -> list[facts.Line]:
    """The inputs as people call them, those with a name of their own first."""
    ordered = sorted(tried.inputs, key=lambda name: name not in labels)
    return [facts.Line(labels.get(name, name), _said(tried.inputs[name])) for name in ordered]


def _said(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "not known"}[value]
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _why_not(platform: Platform, one: Waiting) -> str:
    person = platform.whoami()
    author = platform.version(f"{one.model}@{one.number}", one.environment).version.author
    refused = why_not(person, author)
    if refused or Side.BUSINESS in sides(person):
        return refused or _signed(one)
    return "The cases are judged for the business, and none of your roles speaks for it."


def _signed(one: Waiting) -> str:
    signed = [signature for signature in one.signatures if signature.side is Side.BUSINESS]
    return f"{signed[-1].person} has signed for the business; the cases are closed." if signed else ""


PAGES = (
    Page("GET", "/approvals/{rollout}/cases", cases_page, Permission.READ),
    Page("POST", "/approvals/{rollout}/cases", judge, Permission.APPROVE),
)
