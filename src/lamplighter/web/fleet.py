"""The first page: all models, those that need somebody first."""

from typing import NamedTuple

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.identity import Permission, Person, Team
from lamplighter.domain.stage import Status
from lamplighter.sdk.interface import Platform
from lamplighter.views.fleet import Fleet, FleetRow
from lamplighter.web.page import Page, shown
from lamplighter.web.plots.sparkline import sparkline

#: Longest search text, characters.
_LONGEST = 100


class Row(NamedTuple):
    """One model and what is drawn for it."""

    row: FleetRow
    sparkline: Markup
    #: Whether the signed-in person has it.
    yours: bool


def fleet_page(request: Request, platform: Platform) -> Response:
    """Show one page of the list."""
    asked = request.query_params
    search = asked.get("search", "")[:_LONGEST]
    only = asked.get("only", "") if asked.get("only") in set(Status) else ""
    fleet = platform.fleet(search=search, only=only, page=_page(asked.get("page", "")))
    person, teams = platform.whoami(), platform.teams()
    rows = [Row(row, sparkline(row.sparkline), _yours(row, person, teams)) for row in fleet.rows]
    facets = [
        (status, fleet.counts.get(status, 0)) for status in (Status.FAILING, Status.WATCH, Status.UNKNOWN, Status.HEALTHY)
    ]
    return shown(
        request,
        platform,
        "fleet.html",
        fleet=fleet,
        rows=rows,
        facets=facets,
        search=search,
        only=only,
        needing=_needing(fleet, rows),
        section="fleet",
        every=10,
    )


def _page(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 7 else 1


def _yours(row: FleetRow, person: Person, teams: list[Team]) -> bool:
    return row.needs == person.email or any(row.needs == team.name and person.email in team.members for team in teams)


def _needing(fleet: Fleet, rows: list[Row]) -> str:
    yours = sum(row.yours for row in rows)
    others = sum(bool(row.row.needs) for row in rows) - yours
    parts = [f"{yours} {'needs' if yours == 1 else 'need'} you", f"{others} {'needs' if others == 1 else 'need'} others"]
    at_least = "At least " if fleet.page < fleet.pages and rows and rows[-1].row.needs else ""
    fine, unknown = fleet.counts.get(Status.HEALTHY, 0), fleet.counts.get(Status.UNKNOWN, 0)
    return at_least + " · ".join([*parts, f"{fine} healthy", f"{unknown} unknown"])


PAGES = (Page("GET", "/", fleet_page, Permission.READ),)
