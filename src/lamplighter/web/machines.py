"""Everything that serves, environment by environment: how each machine is, and what to do about it."""

from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.identity import Permission, Person
from lamplighter.domain.machine import Machine, Place
from lamplighter.domain.node import TARGET, Hearing
from lamplighter.domain.stage import Status
from lamplighter.sdk.interface import Platform
from lamplighter.web import times
from lamplighter.web.actions import Action
from lamplighter.web.page import Page, done, shown

#: How many machines that are fine stand open.
_OPEN = 12


class Row(NamedTuple):
    """One machine, and how it is given up."""

    machine: Machine
    #: Nothing for one that is heard or is the control plane's own.
    forget: Action | None


class Seen(NamedTuple):
    """One environment with its machines."""

    place: Place
    elsewhere: bool
    #: Those that need somebody and the first of the others; then the rest of the others.
    rows: list[Row]
    rest: list[Row]
    #: Nothing where no machine elsewhere has a token.
    revoke: Action | None


def machines_page(request: Request, platform: Platform) -> Response:
    """Show every environment with what serves it."""
    person = platform.whoami()
    places = [_seen(place, person) for place in platform.machines()]
    calling = sum(one.status in (Status.FAILING, Status.WATCH) for seen in places for one in seen.place.machines)
    return shown(request, platform, "machines.html", places=places, calling=calling, target=TARGET, every=10)


def _seen(place: Place, person: Person) -> Seen:
    rows = [Row(one, _forgetting(one, person)) for one in place.machines]
    fine = [row for row in rows if row.machine.status in (Status.HEALTHY, Status.UNKNOWN)]
    rest = fine[_OPEN:]
    elsewhere = place.environment.target == TARGET
    return Seen(
        place, elsewhere, [row for row in rows if row not in rest], rest, _revoking(place, person) if elsewhere else None
    )


def _forgetting(one: Machine, person: Person) -> Action | None:
    if one.here or one.hearing is Hearing.HEARD:
        return None
    log = "What it recorded and did not bring is lost." if one.to_bring else "What it recorded after its last word is lost."
    return Action(
        label="Forget",
        address=f"/machines/{one.environment}/{one.name}/forgotten",
        fields={},
        facts=(
            ("Machine", f"{one.name} in {one.environment}, last heard {times.minute(one.seen_at)}"),
            ("Then", f"It is missed no more. {log}"),
        ),
        command=f"lamp nodes forget {one.environment} {one.name}",
        why_not=_why_not(person),
    )


def _revoking(place: Place, person: Person) -> Action:
    name = place.environment.name
    return Action(
        label="Revoke tokens",
        address=f"/machines/{name}/tokens-revoked",
        fields={},
        facts=(
            ("For", f"Every machine of {name}"),
            ("Then", "None of them is told anything new or brings its log until it has a new token. They answer on."),
        ),
        command=f"lamp nodes revoke {name}",
        why_not=_why_not(person),
    )


def _why_not(person: Person) -> str:
    if person.may(Permission.ADMINISTER):
        return ""
    return "It takes the permission administer, which none of your roles carries."


def forget(request: Request, platform: Platform) -> Response:
    """Miss a machine no more."""
    platform.forget_node(request.path_params["environment"], request.path_params["node"])
    return done("/machines", "machine-forgotten")


def revoke(request: Request, platform: Platform) -> Response:
    """Make the tokens of the machines of an environment worthless."""
    platform.revoke_node_tokens(request.path_params["environment"])
    return done("/machines", "machine-tokens-revoked")


PAGES = (
    Page("GET", "/machines", machines_page, Permission.READ),
    Page("POST", "/machines/{environment}/{node}/forgotten", forget, Permission.ADMINISTER),
    Page("POST", "/machines/{environment}/tokens-revoked", revoke, Permission.ADMINISTER),
)
