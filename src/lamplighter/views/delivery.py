"""How fast and how safely versions reach production, and who is waited for. What each figure means stands in the domain."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from statistics import median, quantiles
from typing import TYPE_CHECKING

from lamplighter.domain.delivery import Delivery, DeliveryReport
from lamplighter.domain.events.spot_check import SpotCheckJudged, VersionAutoApproved
from lamplighter.domain.policy import Policy
from lamplighter.domain.rollout import Phase
from lamplighter.domain.stage import Duty
from lamplighter.views.period import Period, read
from lamplighter.views.released import Release, released
from lamplighter.views.spent import spent
from lamplighter.views.waited import Wait, approvers, gates, waits

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction

_WEEK = 7 * 86_400_000_000
#: Ends of a rollout in which its version did not get all traffic.
_STOPPED = (Phase.WITHDRAWN, Phase.REFUSED)


def delivery(look: "Transaction", *, policy: Policy, since: int, until: int, now: int) -> DeliveryReport:
    """The report of a period; what lies ahead of now is not counted."""
    period = read(look, policy, since, max(since + 1, min(until, now)), now)
    went, held, minutes = released(period), waits(period), spent(period)
    groups: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name, one in period.models.items():
        groups[one.ownership.of(Duty.DEPLOY).accountable, one.tier.name].add(name)
    rows = [_figures(period, whose, names, went, held, minutes) for whose, names in groups.items()]
    return DeliveryReport(
        since=period.since,
        until=period.until,
        total=_figures(period, ("", ""), set(period.models), went, held, minutes),
        rows=tuple(sorted(rows, key=lambda one: (-one.releases, one.team, one.tier))),
        approvers=tuple(approvers(period, held)),
        gates=tuple(gates(period, held)),
    )


def _figures(
    period: Period,
    whose: tuple[str, str],
    names: set[str],
    went: Sequence[Release],
    held: Sequence[Wait],
    minutes: Mapping[tuple[str, int], Sequence[float]],
) -> Delivery:
    mine = [one for one in went if one.model in names]
    leads, lost = [one.lead for one in mine], [one.restored for one in mine if one.restored is not None]
    decided = {version: lengths for version, lengths in minutes.items() if version[0] in names}
    looked = [sum(decided.get((one.model, one.number), ())) / 60 for one in mine]
    waited = {one.rollout.id: (one.until - one.since) / 1e6 for one in held}
    ended = [one for one in period.rollouts.values() if one.model in names and period.since <= one.moved_at < period.until]
    of_checks = [one for one in _of_checks(period) if one.model in names]
    return Delivery(
        team=whose[0],
        tier=whose[1],
        models=len(names),
        releases=len(mine),
        per_week=len(mine) * _WEEK / (period.until - period.since),
        lead_time=_middle(leads),
        lead_time_slow=quantiles(leads, n=10, method="inclusive")[-1] if len(leads) > 1 else _middle(leads),
        failed=sum(one.failed for one in mine),
        restore_time=_middle(lost),
        stopped=sum(one.phase in _STOPPED for one in ended),
        decisions=sum(map(len, decided.values())),
        minutes=sum(map(sum, decided.values())) / 60,
        minutes_middle=_middle(looked),
        waited=_middle([waited.get(one.rollout, 0.0) for one in mine]),
        auto_approved=sum(isinstance(one, VersionAutoApproved) for one in of_checks),
        checked=sum(isinstance(one, SpotCheckJudged) for one in of_checks),
        found_bad=sum(isinstance(one, SpotCheckJudged) and one.bad for one in of_checks),
    )


def _of_checks(period: Period) -> Iterator[VersionAutoApproved | SpotCheckJudged]:
    events = (entry.event for entry in period.entries)
    kinds = VersionAutoApproved | SpotCheckJudged
    yield from (one for one in events if isinstance(one, kinds) and one.environment in period.places)


def _middle(values: Sequence[float]) -> float | None:
    return median(values) if values else None
