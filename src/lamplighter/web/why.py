"""Why did it get worse? The slices and the inputs that go together with the extra loss."""

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.identity import Permission
from lamplighter.sdk.interface import Platform
from lamplighter.views.why_words import words
from lamplighter.web import times
from lamplighter.web.numbers import NOTHING
from lamplighter.web.page import Page, shown
from lamplighter.web.plots.bars import bar
from lamplighter.web.quality import name_of
from lamplighter.web.rows import address


def why_page(request: Request, platform: Platform) -> Response:
    """Show the ranked answer."""
    incident = request.query_params.get("incident", "")
    found = platform.why(request.path_params["model"], request.query_params.get("environment", ""), incident)

    def rows(condition: str) -> str:
        window = {"number": found.number, "start": found.start, "end": found.end}
        return address(found.model, environment=found.environment, condition=condition, **window)

    return shown(
        request,
        platform,
        "why.html",
        why=found,
        command=f"lamp monitor why {found.model} " + (f"--incident {incident}" if incident else f"--env {found.environment}"),
        measure=name_of(found.measure),
        window=_window(found.start, found.end),
        base=_window(found.base_start, found.base_end) if found.base_end else "",
        slices=[
            (one, words(one.slice), bar(max(0.0, one.share), 1.0, crossed=one.stands_out), rows(one.slice))
            for one in found.slices
        ],
        all_rows=rows(""),
        may_see_rows=platform.whoami().may(Permission.ROWS),
        inputs=[(one, bar(one.impact, 1.0, crossed=one.matters)) for one in found.inputs],
        section="fleet",
    )


def _window(start: int, end: int) -> str:
    first, last = times.day(start), times.day(end - 1)
    return first if first == last else f"{first} {NOTHING} {last}"


PAGES = (Page("GET", "/m/{model}/why", why_page, Permission.READ),)
