"""Handovers: where one stands, and what waits."""

from collections.abc import Sequence

from lamplighter.cli.instants import local, short, zone
from lamplighter.cli.page import Page
from lamplighter.cli.table import Table
from lamplighter.domain.handover import Handover, State
from lamplighter.domain.load import Load
from lamplighter.views.handover import Due, HandoverView


def handover_page(seen: HandoverView, address: str, *, whole: bool = False) -> Page:
    """Where one stands; as a whole with all the evidence."""
    found = seen.handover
    filled, total = seen.filled
    return Page(
        says=_sentence(seen),
        data={"handover": found, "checks": seen.checks, "paged": seen.paged, "load": seen.load, "ownership": seen.ownership},
        facts=[
            ("moves", f"{', '.join(found.stages)}; what takes knowledge of the model stays with {found.knows}"),
            ("paged", seen.paged),
            *_co_owned(found),
            *(("may be returned", condition) for condition in found.conditions),
            *([("reason", found.reason)] if found.reason else []),
            ("filled in", f"{filled} of {total} lines by the platform"),
            *(_evidence(seen) if whole else []),
            *((word.person, f"{word.text} ({local(word.at)})") for word in found.words),
        ],
        table=check_table(seen),
        next=_next(seen),
        url=address,
    )


def handovers_page(found: Sequence[Handover], due: Sequence[Due], address: str) -> Page:
    """What waits for two sides."""
    rows = [(one.id, one.model, one.giver, one.receiver, one.state.value, short(one.opened_at)) for one in found]
    rows += [("-", one.model, one.giver, one.receiver, "not started", short(one.due_at)) for one in due]
    open_ones = [one for one in found if one.state is State.OPEN]
    next_ = [f"lamp handover show {one.id}" for one in open_ones[:1]]
    next_ += [f"lamp handover start {one.model} --to {one.receiver}" for one in due[:1]]
    return Page(
        says=f"{len(open_ones)} handover{'s are' if len(open_ones) != 1 else ' is'} open, {len(due)} due and not started.",
        data={"handovers": found, "due": due},
        table=Table(rows, ("HANDOVER", "MODEL", "FROM", "TO", "STANDS", f"SINCE OR DUE ({zone()})")),
        next=next_,
        url=address,
    )


def loads_page(loads: Sequence[Load], address: str) -> Page:
    """What people and teams carry."""
    rows = [(one.party, f"{one.people}", f"{one.models}", f"{one.pages_per_week:g}", f"{one.overdue}") for one in loads]
    return Page(
        says=f"{len(loads)} teams and people carry models." if loads else "Nobody carries a model.",
        data={"loads": loads},
        table=Table(rows, ("WHO", "PEOPLE", "MODELS", "PAGES A WEEK", "OVERDUE")),
        next=["lamp handover list"],
        url=address,
    )


def check_table(seen: HandoverView) -> Table:
    """One row a check."""
    rows = [("✓" if one.passed else "◌", one.name, one.asks, one.why) for one in seen.checks]
    return Table(rows, ("", "CHECK", "ASKS", "MISSING"))


def _sentence(seen: HandoverView) -> str:
    found = seen.handover
    way = f"{found.id}: {found.model} from {found.giver} to {found.receiver}"
    if found.state is State.OPEN:
        return f"{way} is open; {seen.held} of {len(seen.checks)} checks hold."
    by = f" by {found.accepted_by}" if found.state is State.ACCEPTED else ""
    return f"{way} is {found.state}{by}."


def _co_owned(found: Handover) -> list[tuple[str, str]]:
    if found.state is not State.ACCEPTED:
        return []
    return [("co-owned", f"until {local(found.co_own_until)}: {found.giver} stands in, and it may be returned")]


def _evidence(seen: HandoverView) -> list[tuple[str, str]]:
    return [(check.name, f"{fact.name}: {fact.value}") for check in seen.checks for fact in check.facts]


def _next(seen: HandoverView) -> list[str]:
    found = seen.handover
    if found.state is State.OPEN:
        last = "accept" if seen.held == len(seen.checks) else "drill"
        return [f"lamp handover {last} {found.id}{' access' if last == 'drill' else ''}", f"lamp handover show {found.id}"]
    return [f"lamp owners show {found.model}"]
