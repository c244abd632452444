"""Whether live models are watched."""

from collections import Counter
from collections.abc import Sequence

from lamplighter.cli.page import Page
from lamplighter.cli.refusal import FAILING
from lamplighter.cli.table import Table
from lamplighter.domain.instant import lasting
from lamplighter.domain.watch import Gap, Watched, WatchState
from lamplighter.views.false_alarms import FalseAlarms

#: What somebody is woken for.
_LOUD = (WatchState.DEAD, WatchState.STALE, WatchState.SILENT)


def watched_page(found: Sequence[Watched], alarms: FalseAlarms | None, address: str) -> Page:
    """Every gap, the worst first, and how often alarms are wrong; exit code 8 if one is dead, stale or silent."""
    counts = Counter(one.state for one in found)
    told = ", ".join(f"{counts[state]} {state}" for state in WatchState if counts[state] and state is not WatchState.WATCHED)
    whole = (
        "1 live model is watched as it should be"
        if len(found) == 1
        else f"{len(found)} live models are watched as they should be"
    )
    rows = [_row(one, gap) for one in found for gap in one.gaps]
    worst = found[0] if found and found[0].gaps else None
    return Page(
        says=f"{counts[WatchState.WATCHED]} of {whole}{told and f'; {told}'}.",
        data={"monitors": found, "false_alarms": alarms},
        facts=[] if alarms is None else [("alarms", alarms.sentence), *_tiers(alarms)],
        table=Table(rows, ("STATE", "MODEL", "FOR", "HAS IT", "WHY")) if rows else None,
        next=[f"lamp monitor show {worst.model}" if worst and worst.state is not WatchState.DEAD else "lamp doctor"],
        url=address,
        code=FAILING if any(one.state in _LOUD for one in found) else 0,
    )


def _tiers(alarms: FalseAlarms) -> list[tuple[str, str]]:
    """What each tier adds to it, where there is more than one."""
    return [(tier, f"{expected:.2g} of them") for tier, expected in alarms.tiers.items()] if len(alarms.tiers) > 1 else []


def _row(one: Watched, gap: Gap) -> Sequence[str]:
    return gap.state, f"{one.model} in {one.environment}", lasting(gap.age), gap.has_it or "nobody", gap.why
