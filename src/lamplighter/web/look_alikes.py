"""A group of look-alikes: how far their figures moved, what stands apart, and one act that gives a word on each."""

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.acceptance import Side
from lamplighter.domain.identity import Permission, Person
from lamplighter.domain.look_alike import LookAlikes, Shown
from lamplighter.domain.names import unknown
from lamplighter.sdk.interface import Platform
from lamplighter.web import forms
from lamplighter.web.keyholders import sides
from lamplighter.web.page import Page, done, shown

#: Characters of the members of a form: a thousand of them.
_LONGEST = 100_000


def group_page(request: Request, platform: Platform) -> Response:
    """Show what stands apart first, then how far figures of the others moved, then each of them."""
    group = _found(platform, request.path_params["key"])
    person = platform.whoami()
    mine = [side for side in sides(person) if side in group.sides]
    return shown(
        request,
        platform,
        "look_alikes.html",
        group=group,
        sides=mine,
        why_not=_why_not(person, mine),
        members=" ".join(f"{one.rollout}:{one.binding}" for one in group.members),
        section="approvals",
    )


def sign(request: Request, platform: Platform) -> Response:
    """Give somebody's word on each member, and name those that were left out."""
    side = forms.choice(request, "side", Side)
    members = [_member(pair) for pair in forms.needed(request, "members", _LONGEST).split()]
    outcome = platform.sign_look_alikes(request.path_params["key"], side, members, forms.text(request, "reason"))
    if not outcome.left_out:
        return done("/approvals", "accepted-together")
    return shown(request, platform, "signed_together.html", outcome=outcome, section="approvals")


def _found(platform: Platform, key: str) -> LookAlikes:
    found = {one.key: one for one in platform.look_alikes()}
    if key not in found:
        raise unknown("group of look-alikes", key, found)
    return found[key]


def _member(pair: str) -> Shown:
    rollout, _, binding = pair.partition(":")
    return Shown(rollout=rollout, binding=binding)


def _why_not(person: Person, mine: list[Side]) -> str:
    if not person.may(Permission.APPROVE):
        return "It takes the permission approve, which none of your roles carries."
    return "" if mine else "None of your roles speaks for a side whose word is missing."


PAGES = (
    Page("GET", "/look-alikes/{key}", group_page, Permission.READ),
    Page("POST", "/look-alikes/{key}", sign, Permission.APPROVE),
)
