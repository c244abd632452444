"""The journal: what happened, whether its chain holds, and what was live at an instant."""

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.environment import Level
from lamplighter.domain.errors import Invalid
from lamplighter.domain.identity import Permission
from lamplighter.sdk.interface import Platform
from lamplighter.views.history import AsOf
from lamplighter.web import times
from lamplighter.web.page import Page, shown

#: Entries on a page unless asked for otherwise, and at most.
_USUAL, _MOST = 100, 1000


def audit_page(request: Request, platform: Platform) -> Response:
    """Show the newest entries, the state of the chain, and the answer to `what was live at`."""
    asked = request.query_params
    model = asked.get("model", "")[:63]
    limit = int(asked["limit"]) if asked.get("limit", "") in ("100", "300", "1000") else _USUAL
    return shown(
        request,
        platform,
        "audit.html",
        entries=platform.journal(model, limit),
        model=model,
        limit=limit,
        more=min(_MOST, limit * 3 if limit == _USUAL else _MOST),
        verification=platform.verify_journal(),
        environments=sorted(platform.environments(), key=lambda place: list(Level).index(place.level), reverse=True),
        answer=_answer(platform, model, asked.get("environment", ""), asked.get("at", "")),
        environment=asked.get("environment", ""),
        at=asked.get("at", ""),
        section="audit",
    )


def _answer(platform: Platform, model: str, environment: str, at: str) -> AsOf | None:
    if not (model and environment and at):
        return None
    instant = times.read_local(at)
    if instant is None:
        raise Invalid(
            "That is not an instant.",
            why="The field takes a date and a time.",
            fix="Write it such as 2026-03-03T14:32, in the zone that the page names.",
            code="E1135",
        )
    return platform.at(model, environment, instant)


PAGES = (Page("GET", "/audit", audit_page, Permission.READ),)
