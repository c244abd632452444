"""How a retirement stands, for people."""

from lamplighter.cli.instants import day, local
from lamplighter.cli.page import Page
from lamplighter.cli.table import Table
from lamplighter.domain.claimant import Claimant, Retiring
from lamplighter.domain.retirement import State


def retiring_page(found: Retiring, says: str, url: str) -> Page:
    """A retirement with everybody it concerns, under a sentence of its own."""
    one = found.retirement
    return Page(
        says=says or f"{one.id} is {one.state}. {one.told}",
        data={"retiring": found},
        facts=_facts(found),
        table=_table(found),
        next=_next(found),
        url=url,
    )


def in_the_way(found: Retiring) -> str:
    """What keeps a model from its end, in one line."""
    return " ".join(found.missing) or ("nothing" if found.retirement.open else "-")


def _next(found: Retiring) -> list[str]:
    model = found.retirement.model
    match found.retirement.state:
        case State.FINISHED:
            return [f"lamp retire revive {model} --reason WHY"]
        case State.ANNOUNCED:
            return [f"lamp retire finish {model}", f"lamp retire cancel {model} --reason WHY"]
        case _:
            return [f"lamp status {model}"]


def _facts(found: Retiring) -> list[tuple[str, str]]:
    one = found.retirement
    facts = [("asked by", f"{one.person}, {local(one.opened_at)}: {one.reason}")]
    if one.sunset:
        facts.append(("until", local(one.sunset)))
    if one.successor:
        facts.append(("successor", one.successor))
    if found.business and one.open:
        word = one.word()
        facts.append(("business", f"{word.person} {'agrees' if word.accepted else 'refuses'}" if word else "has not said"))
    if one.moved_by:
        facts.append((str(one.state), f"by {one.moved_by}, {local(one.moved_at)}" + (f": {one.note}" if one.note else "")))
    if one.open:
        facts.append(("in the way", in_the_way(found)))
    return facts


def _table(found: Retiring) -> Table | None:
    if not found.claimants:
        return None
    return Table([_row(one) for one in found.claimants], ("CONSUMER", "OWNER", "KNOWN", "REQUESTS", "LAST", "STANDS"))


def _row(one: Claimant) -> tuple[str, ...]:
    last = day(one.last_at) if one.last_at else "-"
    return one.name, one.owner or "nobody", one.standing, str(one.requests), last, one.claim
