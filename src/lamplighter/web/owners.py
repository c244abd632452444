"""Who holds which stage of which model, how much each carries, and where nobody is left."""

from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.identity import Permission, Team
from lamplighter.domain.listed import Listed
from lamplighter.domain.load import Load, excess
from lamplighter.domain.stage import Stage
from lamplighter.sdk.interface import Platform
from lamplighter.web.page import Page, shown

#: Models on a page.
_PAGE = 100


class Carried(NamedTuple):
    """What somebody carries, and what of it is too much."""

    load: Load
    excess: tuple[str, ...]


class Held(NamedTuple):
    """One model, and who is accountable for each of its stages, in their order."""

    listed: Listed
    stages: tuple[str, ...]
    #: Whether the signed-in person may start a handover of it.
    mine: bool


def owners_page(request: Request, platform: Platform) -> Response:
    """Show loads, and models with their owners: those that lack somebody first."""
    of = request.query_params.get("of", "")[:200]
    teams, person, rule = platform.teams(), platform.whoami(), platform.policy().handover
    mine = {person.email, *(team.name for team in teams if person.email in team.members)}
    deploys = person.may(Permission.DEPLOY)
    every = [_held(one, deploys and one.deployment_owner in mine) for one in platform.inventory()]
    rows = [one for one in every if not of or of in (*one.stages, one.listed.on_call, one.listed.deputy)]
    rows.sort(key=lambda one: (not one.listed.duties_of_nobody, not one.listed.lacks, one.listed.model))
    pages = max(1, -(-len(rows) // _PAGE))
    number = min(pages, _number(request))
    return shown(
        request,
        platform,
        "owners.html",
        loads=[Carried(load, excess(load, rule)) for load in platform.loads()],
        gone=[one for one in platform.people() if not one.active],
        members=_members(teams),
        rows=rows[(number - 1) * _PAGE : number * _PAGE],
        found=len(rows),
        lacking=sum(bool(one.listed.duties_of_nobody or one.listed.lacks) for one in rows),
        handovers=platform.handovers(),
        due=platform.due_handovers(),
        of=of,
        page=number,
        pages=pages,
        section="owners",
    )


def _held(one: Listed, mine: bool) -> Held:
    return Held(one, tuple(getattr(one, f"{stage}_owner") for stage in Stage), mine)


def _members(teams: list[Team]) -> dict[str, tuple[str, ...]]:
    return {team.name: tuple(team.members) for team in teams}


def _number(request: Request) -> int:
    given = request.query_params.get("page", "1")
    return max(1, int(given)) if given.isascii() and given.isdecimal() and len(given) < 6 else 1


PAGES = (Page("GET", "/owners", owners_page, Permission.READ),)
