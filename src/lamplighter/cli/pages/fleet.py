"""All models in a list, those that need somebody first."""

from collections.abc import Mapping, Sequence

from lamplighter.cli.instants import lasted
from lamplighter.cli.marks import marked
from lamplighter.cli.page import Page
from lamplighter.cli.table import Table
from lamplighter.domain.stage import Aspect, Status
from lamplighter.views.fleet import ANY, Fleet, FleetRow

_HEADS = ("MODEL", "STATUS", "CRITICALITY", "LIVE", "REQUESTS", "NEEDS")


def fleet_page(seen: Fleet, rows: Sequence[FleetRow], address: str, *, narrowed: bool = False) -> Page:
    """How many models there are, and the rows that are wanted."""
    more = [f"This is page {seen.page} of {seen.pages}; see the next with --page {seen.page + 1}."]
    return Page(
        says="No model matches." if narrowed and not seen.total else sentence(seen),
        data={
            "models": rows,
            "total": seen.total,
            "counts": seen.counts,
            "gaps": seen.gaps,
            "lacks": seen.lacks,
            "page": seen.page,
            "pages": seen.pages,
        },
        table=Table([_row(row) for row in rows], _HEADS, frozenset({4})),
        next=["lamp list"] if narrowed and not seen.total else _next(seen, rows),
        url=address,
        warnings=more if seen.page < seen.pages else (),
    )


def _next(seen: Fleet, rows: Sequence[FleetRow]) -> list[str]:
    if not seen.total:
        return ["lamp demo", "lamp init"]
    health = ["lamp monitor health"] if seen.gaps.get(ANY) else []
    return [*(f"lamp status {row.model}" for row in rows[:1]), *health]


def sentence(seen: Fleet) -> str:
    """How many models are how, the worst first."""
    if not seen.total:
        return "No models yet."
    order = (Status.FAILING, Status.WATCH, Status.UNKNOWN, Status.HEALTHY)
    counts = [f"{seen.counts.get(status, 0)} {status}" for status in order if seen.counts.get(status, 0)]
    return " ".join(
        [
            f"{seen.total} model{'s' if seen.total > 1 else ''}: {', '.join(counts)}.",
            *unwatched(seen.gaps),
            *waived(seen.waivers),
        ]
    )


def unwatched(gaps: Mapping[str, int]) -> list[str]:
    """How many of them are not watched and why, if any is not."""
    why = ", ".join(f"{number} {gap}" for gap, number in gaps.items() if number and gap != ANY)
    number = gaps.get(ANY, 0)
    return [f"{number} {'is' if number == 1 else 'are'} not watched ({why})."] if number else []


def waived(number: int) -> list[str]:
    """How many waivers there are on which something may rest."""
    return [f"{number} {'waiver' if number == 1 else 'waivers'}."] if number else []


def _row(row: FleetRow) -> tuple[str, ...]:
    live = f"v{row.number} {row.environment}" if row.number else "-"
    age = f" for {lasted(row.age)}" if row.age else ""
    return row.model, marked(row.status[Aspect.OVERALL]), row.tier, live, f"{row.requests:,}", f"{row.needs}{age}"
