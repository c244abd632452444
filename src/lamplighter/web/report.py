"""How fast and how safely versions reach production, what it asks of people, and who is waited for."""

import time

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.delivery import DeliveryReport
from lamplighter.domain.identity import Permission
from lamplighter.sdk.delivery import csv_of
from lamplighter.sdk.interface import Platform
from lamplighter.web.page import Page, shown

#: Periods to choose from, days.
_PERIODS = (7, 30, 90, 365)
_DAY = 86_400_000_000


def report_page(request: Request, platform: Platform) -> Response:
    """Show the report of the last days."""
    days = _days(request)
    found = _found(platform, days)
    busy = [row for row in found.rows if row.releases or row.stopped or row.decisions]
    return shown(
        request,
        platform,
        "report.html",
        found=found,
        rows=busy,
        quiet=len(found.rows) - len(busy),
        days=days,
        periods=_PERIODS,
        section="audit",
    )


def report_file(request: Request, platform: Platform) -> Response:
    """Hand out the same as `lamp report --out`."""
    headers = {"Content-Disposition": 'attachment; filename="report.csv"', "Cache-Control": "no-store"}
    return Response(csv_of(_found(platform, _days(request))), media_type="text/csv", headers=headers)


def _found(platform: Platform, days: int) -> DeliveryReport:
    now = time.time_ns() // 1000
    return platform.delivery(now - days * _DAY, now)


def _days(request: Request) -> int:
    given = request.query_params.get("days", "")
    return int(given) if given in map(str, _PERIODS) else 30


PAGES = (
    Page("GET", "/report", report_page, Permission.READ),
    Page("GET", "/report.csv", report_file, Permission.READ),
)
