"""The first page: all models, those that need you first and then the worst."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

import msgspec
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.identity import Permission
from lamplighter.domain.lack import Lack
from lamplighter.domain.stage import Status
from lamplighter.domain.watch import UNWATCHED
from lamplighter.sdk.interface import Platform
from lamplighter.views.fleet import ANY, Filter, Fleet, FleetRow
from lamplighter.web.page import Page, shown
from lamplighter.web.plots.sparkline import sparkline

#: Longest search text, characters.
_LONGEST = 100
_LACKING: Mapping[Lack, str] = {Lack.OWNER: "owner gone", Lack.DEPUTY: "no deputy", Lack.REVIEW: "review overdue"}
_STATUSES = (Status.FAILING, Status.WATCH, Status.UNKNOWN, Status.HEALTHY)


class Row(NamedTuple):
    """One model and what is drawn for it."""

    row: FleetRow
    sparkline: Markup


class Facet(NamedTuple):
    """One way to narrow the list."""

    #: `all`, a status, or the name of a tier.
    name: str
    number: int
    address: str
    #: Whether the list is narrowed so now.
    chosen: bool


def fleet_page(request: Request, platform: Platform) -> Response:
    """Show one page of the list."""
    wanted = _filter(request)
    page = _page(request.query_params.get("page", ""))
    fleet = platform.fleet(wanted.search, wanted.only, page, wanted.tier, wanted.needs, wanted.gap, wanted.lack, wanted.retired)
    return shown(
        request,
        platform,
        "fleet.html",
        fleet=fleet,
        rows=[Row(row, sparkline(row.sparkline)) for row in fleet.rows],
        statuses=_facets(wanted, "only", {status: fleet.counts.get(status, 0) for status in _STATUSES}),
        tiers=_facets(wanted, "tier", dict(reversed(list(fleet.tiers.items())))),
        alarms=platform.false_alarms(),
        gaps=_gaps(wanted, fleet.gaps),
        lacks=_lacks(wanted, fleet.lacks),
        command=_command(wanted),
        wanted=wanted,
        unwatched=_address(wanted, gap=ANY, page=""),
        retired=_address(wanted, retired="" if wanted.retired else "yes", page=""),
        mine=_address(wanted, needs="" if wanted.needs else "me"),
        before=_address(wanted, page="" if fleet.page < 3 else str(fleet.page - 1)),
        after=_address(wanted, page=str(fleet.page + 1)),
        search=wanted.search,
        needing=_needing(fleet),
        section="fleet",
        every=10,
    )


def _filter(request: Request) -> Filter:
    asked = request.query_params
    only = asked.get("only", "") if asked.get("only") in set(Status) else ""
    needs = "me" if asked.get("needs") == "me" else ""
    gap = asked.get("gap", "") if asked.get("gap") in (ANY, *UNWATCHED) else ""
    lack = asked.get("lack", "") if asked.get("lack") in set(Lack) else ""
    search, tier = asked.get("search", "")[:_LONGEST], asked.get("tier", "")
    retired = asked.get("retired") == "yes"
    return Filter(search=search, only=only, tier=tier, needs=needs, gap=gap, lack=lack, retired=retired)


def _page(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 7 else 1


def _address(wanted: Filter, **changes: str) -> str:
    """The address of the list with another filter, or another page of it; what asks for nothing is left out."""
    asked = {**msgspec.structs.asdict(wanted), "retired": "yes" if wanted.retired else "", **changes}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"/?{query}" if query else "/"


def _facets(wanted: Filter, field: str, counts: dict[str, int]) -> list[Facet]:
    every = Facet("all", sum(counts.values()), _address(wanted, **{field: ""}), not getattr(wanted, field))
    return [every, *_named(wanted, field, counts)]


def _gaps(wanted: Filter, counts: Mapping[str, int]) -> list[Facet]:
    """What some monitor does not see; a model may lack more than one thing."""
    found = _named(wanted, "gap", {gap: n for gap, n in counts.items() if n or gap == wanted.gap})
    return [one._replace(name="not watched") if one.name == ANY else one for one in found]


def _lacks(wanted: Filter, counts: Mapping[Lack, int]) -> list[Facet]:
    """What governance lacks, in words; a model may lack more than one thing."""
    return [one._replace(name=_LACKING[Lack(one.name)]) for one in _named(wanted, "lack", counts)]


def _command(wanted: Filter) -> str:
    """The same list on the command line, as far as a word says it."""
    flags = {"needs": wanted.needs, "status": wanted.only, "tier": wanted.tier, "gap": wanted.gap, "lack": wanted.lack}
    retired = ["--retired"] if wanted.retired else []
    return " ".join(["lamp list", *(f"--{flag} {word}" for flag, word in flags.items() if word), *retired])


def _named(wanted: Filter, field: str, counts: Mapping[Any, int]) -> Iterator[Facet]:
    chosen = getattr(wanted, field)
    return (Facet(name, n, _address(wanted, **{field: name}), name == chosen) for name, n in counts.items())


def _needing(fleet: Fleet) -> str:
    parts = (
        f"{fleet.yours} {'needs' if fleet.yours == 1 else 'need'} you",
        f"{fleet.others} {'needs' if fleet.others == 1 else 'need'} others",
        f"{fleet.counts.get(Status.HEALTHY, 0)} healthy",
        f"{fleet.counts.get(Status.UNKNOWN, 0)} unknown",
    )
    return " · ".join(parts)


PAGES = (Page("GET", "/", fleet_page, Permission.READ),)
