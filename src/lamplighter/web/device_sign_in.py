"""Where somebody types the code of a command that asks for a token, sees which machine it is, and allows or refuses it."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.api.admission import Admission, Entrance
from lamplighter.api.guard import actor
from lamplighter.domain.device_sign_in import LETTERS, shown_code, typed_code
from lamplighter.domain.errors import LampError, NotFound
from lamplighter.domain.identity import Permission
from lamplighter.lifecycle import device_sign_ins
from lamplighter.sdk.device_sign_in import PAGE_PATH
from lamplighter.sdk.interface import Platform
from lamplighter.web import forms
from lamplighter.web.page import Page, done, shown

#: Characters of a code with what people write between the letters.
_LONGEST = 4 * LETTERS


class Answer(StrEnum):
    """What somebody says to it."""

    ALLOW = "allow"
    REFUSE = "refuse"


def code_page(request: Request, platform: Platform) -> Response:
    """Ask for the code; after an answer, say that the rest happens in the terminal."""
    return _page(request, platform)


def typed(request: Request, platform: Platform) -> Response:
    """Show which command waits with the code of a form. It changes nothing."""
    return _question(request, platform, forms.text(request, "code", _LONGEST))


def named(request: Request, platform: Platform) -> Response:
    """The same for a code that stands in the address."""
    return _question(request, platform, request.path_params["code"])


def answer(request: Request, _: Platform) -> Response:
    """Allow it, or refuse it."""
    code = forms.needed(request, "code", _LONGEST)
    said = forms.choice(request, "answer", Answer)
    deed = device_sign_ins.allow if said is Answer.ALLOW else device_sign_ins.refuse
    with _counted(request):
        deed(request.app.state.kit, actor(request), code)
    return done(PAGE_PATH, "device-allowed" if said is Answer.ALLOW else "device-refused")


def _question(request: Request, platform: Platform, code: str) -> Response:
    try:
        with _counted(request):
            found = device_sign_ins.waiting(request.app.state.kit, code)
    except NotFound as refused:
        return _page(request, platform, refused=refused)
    admission: Admission = request.app.state.admission
    elsewhere = found.sender != admission.sender(request)
    return _page(request, platform, found=found, code=shown_code(typed_code(code)), elsewhere=elsewhere)


def _page(request: Request, platform: Platform, refused: LampError | None = None, **values: object) -> Response:
    status = 404 if refused else 200
    answered = bool(request.query_params.get("done"))
    given = {"found": None, "code": "", "elsewhere": False, **values}
    return shown(request, platform, "device_sign_in.html", refused=refused, answered=answered, status=status, **given)


@contextmanager
def _counted(request: Request) -> Iterator[None]:
    """A try at a code: counted before it is looked at, and not counted if it was right."""
    admission: Admission = request.app.state.admission
    who = actor(request).email
    admission.take(Entrance.USER_CODE, who)
    yield
    admission.give_back(Entrance.USER_CODE, who)


PAGES = (
    Page("GET", PAGE_PATH, code_page, Permission.READ),
    Page("POST", PAGE_PATH, typed, Permission.READ),
    Page("GET", f"{PAGE_PATH}/{{code}}", named, Permission.READ),
    Page("POST", f"{PAGE_PATH}/answer", answer, Permission.READ),
)
