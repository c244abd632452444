"""The sources that models live on, how each stands, and what a change of one reaches."""

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.errors import LampError
from lamplighter.domain.feed import FeedState
from lamplighter.domain.identity import Permission
from lamplighter.domain.stage import Status
from lamplighter.sdk.interface import Platform
from lamplighter.web.page import Page, shown

#: How each state of a source looks.
_LOOKS = {
    FeedState.BROKEN: Status.FAILING,
    FeedState.EMPTY: Status.FAILING,
    FeedState.LATE: Status.WATCH,
    FeedState.UNKNOWN: Status.UNKNOWN,
    FeedState.FRESH: Status.HEALTHY,
}


def feeds_page(request: Request, platform: Platform) -> Response:
    """Show every source, those that need somebody first."""
    feeds = platform.feeds()
    return shown(request, platform, "feeds.html", feeds=feeds, looks=_LOOKS, section="owners", every=10)


def affected_page(request: Request, platform: Platform) -> Response:
    """Show what a change reaches."""
    what = request.query_params.get("what", "").strip()[:300]
    found, refused = None, None
    if what:
        try:
            found = platform.affected(what)
        except LampError as error:
            refused = error
    feed = next((one for one in platform.feeds() if found and one.name == found.name), None)
    return shown(
        request,
        platform,
        "affected.html",
        what=what,
        found=found,
        refused=refused,
        feed=feed,
        looks=_LOOKS,
        section="owners",
    )


PAGES = (
    Page("GET", "/feeds", feeds_page, Permission.READ),
    Page("GET", "/affected", affected_page, Permission.READ),
)
