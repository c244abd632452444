"""All models, those that need somebody first."""

from collections.abc import Mapping

from lamplighter.domain.policy import Policy
from lamplighter.domain.record import Record
from lamplighter.domain.stage import Aspect, Status
from lamplighter.store.transaction import Transaction
from lamplighter.views.status import ModelStatus, status


class FleetRow(Record, frozen=True):
    """One model in the list."""

    model: str
    tier: str
    dots: tuple[int, int]
    #: Number of the live version in the most protected environment; 0 for none.
    number: int
    environment: str
    status: Mapping[Aspect, Status]
    sentence: str
    sparkline: tuple[int, ...]
    requests: int
    #: Who has it; empty if nothing needs anybody.
    needs: str
    #: Age of what is wrong, seconds; 0 if nothing is.
    age: int


class Fleet(Record, frozen=True):
    """One page of the list and what it adds up to."""

    rows: tuple[FleetRow, ...]
    #: Models that match, on all pages.
    total: int
    #: Models by overall status.
    counts: Mapping[Status, int]
    page: int
    pages: int


_ORDER = {Status.FAILING: 0, Status.WATCH: 1, Status.UNKNOWN: 2, Status.HEALTHY: 3}
#: Models on a page.
PAGE = 100


def fleet(look: Transaction, *, policy: Policy, now: int, search: str = "", only: str = "", page: int = 1) -> Fleet:
    """Models whose name or summary holds the search text and whose overall status is `only`, worst first."""
    known = [p for p in look.projects.all() if search.lower() in f"{p.name} {p.model.summary}".lower()]
    rows = [_row(status(look, project.name, policy=policy, now=now), now) for project in known]
    counts = {state: sum(row.status[Aspect.OVERALL] is state for row in rows) for state in Status}
    wanted = [row for row in rows if not only or row.status[Aspect.OVERALL] == only]
    wanted.sort(key=lambda row: (_ORDER[row.status[Aspect.OVERALL]], -row.dots[0], row.model))
    pages = max(1, -(-len(wanted) // PAGE))
    start = (min(max(page, 1), pages) - 1) * PAGE
    return Fleet(
        rows=tuple(wanted[start : start + PAGE]), total=len(wanted), counts=counts, page=start // PAGE + 1, pages=pages
    )


def _row(state: ModelStatus, now: int) -> FleetRow:
    main = state.live[-1] if state.live else None
    oldest = min((incident.opened_at for incident in state.incidents), default=now)
    return FleetRow(
        model=state.model,
        tier=state.criticality.tier,
        dots=state.dots,
        number=main.number if main else 0,
        environment=main.environment if main else "",
        status=state.status,
        sentence=state.sentence,
        sparkline=state.service.sparkline if state.service else (),
        requests=state.service.requests if state.service else 0,
        needs=state.needs,
        age=(now - oldest) // 1_000_000,
    )
