"""The example cases of a version that waits: one card at a time for whoever judges them for the business."""

from typing import NamedTuple
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lamplighter.domain.acceptance import Side
from lamplighter.domain.case import Judged
from lamplighter.domain.errors import Blocked, LampError
from lamplighter.domain.identity import Permission
from lamplighter.domain.names import unknown
from lamplighter.sdk.interface import Platform
from lamplighter.views.cases import Cases
from lamplighter.views.waiting import Waiting, find
from lamplighter.web import blind_test
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
    """Put the cases to whoever may judge them; show to everybody else what the version decides and what was said."""
    one = find(platform.waiting(), request.path_params["rollout"])
    found, refusal = asked(platform, one)
    why = _why_not(platform, one)
    if not why and (found.cases or found.picked or refusal):
        return _put(request, platform, one, Asked(found, refusal))
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
        inputs=blind_test.inputs(chosen.tried.inputs, found.labels) if chosen else [],
        tests=platform.blind_tests(f"{one.model}@{one.number}", one.environment),
        why_not=why,
        section="approvals",
    )


def _put(request: Request, platform: Platform, one: Waiting, what: Asked) -> Response:
    subject = blind_test.Subject(one.model, one.number, one.environment)
    test = blind_test.own(platform, subject, platform.whoami().email)
    values = blind_test.values(
        platform, subject, test, len(what.found.cases) + what.found.picked, request.query_params.get("after", "")
    )
    action = f"/approvals/{quote(one.rollout)}/cases"
    return shown(
        request,
        platform,
        "blind_test.html",
        **values,
        refusal=what.refusal,
        action=action,
        rollout=one.rollout,
        why_not="",
        section="approvals",
    )


def act(request: Request, platform: Platform) -> Response:
    """Begin, answer a case, or sign."""
    one = find(platform.waiting(), request.path_params["rollout"])
    what = blind_test.deed(request, platform, blind_test.Subject(one.model, one.number, one.environment))
    if what == blind_test.SIGNED:
        return done("/approvals", "signed")
    return RedirectResponse(f"/approvals/{quote(one.rollout)}/cases{what}", status_code=303)


def _chosen(found: Cases, name: str) -> Judged | None:
    if not name:
        return next(iter(found.left), None)
    for case in found.cases:
        if case.tried.name == name:
            return case
    raise unknown("case", name, (case.tried.name for case in found.cases))


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
    Page("POST", "/approvals/{rollout}/cases", act, Permission.APPROVE),
)
