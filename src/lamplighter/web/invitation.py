"""What somebody of the business sees who holds an invitation: the cases of one version, and nothing else of the platform.

Opening the link does nothing, the button does; the secret stands behind #, so that no server logs it.
"""

import time
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from lamplighter.api.authentication import COOKIE, LINKED, csrf_of, with_session
from lamplighter.api.guard import entered_by
from lamplighter.domain.acceptance import Side, Signature
from lamplighter.domain.errors import LampError, NotAllowed, Unauthenticated
from lamplighter.domain.identity import Purpose
from lamplighter.domain.invitation import Invitation
from lamplighter.lifecycle import acceptance, authentication, invitations
from lamplighter.lifecycle.invitations import Entered
from lamplighter.lifecycle.kit import Kit
from lamplighter.sdk.embedded import Embedded
from lamplighter.web import blind_test, forms
from lamplighter.web.page import rendered

#: Where what an invitation opens stands, each below its name.
PATH = "/uat"


class ByLink(Embedded):
    """The platform as whoever holds an invitation has it: what they sign is for what the invitation is for, and spends it."""

    def __init__(self, kit: Kit, held: Entered) -> None:
        super().__init__(kit, held.actor)
        self._invitation = held.invitation

    def sign(
        self,
        reference: str,
        environment: str,
        side: Side,
        accepted: bool,
        reason: str = "",
        condition: str = "",
        signed_as: str = "",
    ) -> Signature:
        with self._kit.store.reading() as look:
            version, place = self._version(look, reference, environment), look.environment(environment)
        words = {"reason": reason, "condition": condition, "signed_as": signed_as, "link": self._invitation.id}
        return acceptance.sign(self._kit, self._actor, version, place, side, accepted=accepted, **words)


def opening_page(request: Request) -> Response:
    """Show a button; the script puts the secret of the address's fragment into the field beside it."""
    return rendered(request, "invitation.html", guest=True, step="open", invited=None)


def enter(request: Request) -> Response:
    """Turn the link into what this browser holds."""
    kit = request.app.state.kit
    found, given = invitations.enter(kit, forms.needed(request, "secret"), _browser(request))
    answer = RedirectResponse(_path(found), status_code=303)
    return with_session(answer, given.secret, seconds=_left(given.expires_at), cookie=LINKED)


def _browser(request: Request) -> str:
    """Who is signed in to this browser, if anybody is."""
    try:
        return authentication.authenticate(request.app.state.kit, request.cookies.get(COOKIE, ""), Purpose.SESSION).email
    except (Unauthenticated, NotAllowed):
        return ""


def invited_page(request: Request) -> Response:
    """Show the code that is asked for, or the card that is next."""
    held = entered_by(request)
    one = held.invitation
    if not held.proven:
        return _shown(request, "invitation.html", step="code", sent=bool(one.code), invited=one, action=_path(one))
    platform, subject = ByLink(request.app.state.kit, held), _subject(one)
    test = blind_test.own(platform, subject, one.person)
    refusal, count = _count(platform, subject)
    values = blind_test.values(platform, subject, test, count, request.query_params.get("after", ""))
    why = "Your word is written down, and this link is good for no other." if one.signed_at else ""
    more = {"action": _path(one), "rollout": "", "why_not": why, "refusal": refusal}
    return _shown(request, "blind_test.html", **values, **more)


def _count(platform: ByLink, subject: blind_test.Subject) -> tuple[LampError | None, int]:
    try:
        found = platform.cases(subject.name, subject.environment)
        return None, len(found.cases) + found.picked
    except LampError as error:
        return error, 0


def act(request: Request) -> Response:
    """Send a code, take it, or do what the cards ask."""
    held = entered_by(request)
    one, kit, secret = held.invitation, request.app.state.kit, request.cookies.get(LINKED, "")
    if held.proven:
        what = blind_test.deed(request, ByLink(kit, held), _subject(one))
        return RedirectResponse(f"{_path(one)}{'' if what == blind_test.SIGNED else what}", status_code=303)
    answer = RedirectResponse(_path(one), status_code=303)
    if forms.needed(request, "deed") == "send":
        invitations.send_code(kit, secret)
        return answer
    given = invitations.prove(kit, secret, forms.needed(request, "code", 20))
    return with_session(answer, given.secret, seconds=_left(given.expires_at), cookie=LINKED)


def _subject(one: Invitation) -> blind_test.Subject:
    return blind_test.Subject(one.model, one.number, one.environment)


def _shown(request: Request, template: str, **values: Any) -> Response:
    csrf = csrf_of(request, LINKED)
    return rendered(request, template, guest=True, csrf=csrf, **values)


def _path(one: Invitation) -> str:
    return f"{PATH}/{quote(one.id)}"


def _left(expires_at: int) -> int:
    return max(0, int(expires_at / 1_000_000 - time.time()))
