"""All models, those that need you first and then the worst: one page of them, with a bounded number of questions."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from lamplighter.domain.identity import Person
from lamplighter.domain.lack import Lack
from lamplighter.domain.names import unknown
from lamplighter.domain.policy import Policy
from lamplighter.domain.record import Record
from lamplighter.domain.stage import Aspect, Status
from lamplighter.domain.traffic import HOUR
from lamplighter.domain.watch import UNWATCHED
from lamplighter.views.estate import Estate
from lamplighter.views.known import Circle, circle
from lamplighter.views.standing import Standing
from lamplighter.views.waiting import may_sign

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction


class Filter(Record, frozen=True):
    """Which models are wanted; what is empty asks for nothing."""

    #: Text that the name or the summary holds, in whatever letters.
    search: str = ""
    #: Overall status.
    only: str = ""
    #: Tier of criticality.
    tier: str = ""
    #: Person whom they need now: `me`, or an e-mail address.
    needs: str = ""
    #: What its monitors do not see: `silent`, `unlabelled`, `stale`, or `any` of them.
    gap: str = ""
    #: What its governance lacks: `owner`, `deputy` or `review`.
    lack: str = ""
    #: Whether those that were retired are wanted, in place of all others.
    retired: bool = False


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
    #: Requests of each of the last 24 hours, the one that has begun last.
    sparkline: tuple[int, ...]
    #: Requests in these hours.
    requests: int
    #: Who has it; empty if nothing needs anybody.
    needs: str
    #: Age of what is wrong, seconds; 0 if nothing is.
    age: int
    #: Whether the caller is who has it.
    yours: bool = False
    #: What its monitors do not see, the worst first.
    gaps: tuple[str, ...] = ()
    #: Waivers in force, and those that are over while something rests on them.
    waivers: int = 0


class Fleet(Record, frozen=True):
    """One page of the list and what it adds up to."""

    rows: tuple[FleetRow, ...]
    #: Models that match, on all pages.
    total: int
    #: Models by overall status, whatever status is asked for.
    counts: Mapping[Status, int]
    page: int
    pages: int
    #: Models by tier, whatever tier is asked for; the least critical first.
    tiers: Mapping[str, int] = {}
    #: Models on all pages that need the caller, and that need somebody else.
    yours: int = 0
    others: int = 0
    #: Models by what their monitors do not see, whatever gap is asked for; `any` counts each model once.
    gaps: Mapping[str, int] = {}
    #: Models by what their governance lacks, whatever lack is asked for.
    lacks: Mapping[Lack, int] = {}
    #: Models that were retired, whatever is asked for beside a search.
    retired: int = 0
    #: Waivers of all models on all pages, in force or over while something rests on them.
    waivers: int = 0


#: A model, and whether the person has it.
_Found = tuple[Standing, bool]
_ORDER = {Status.FAILING: 0, Status.WATCH: 1, Status.UNKNOWN: 2, Status.HEALTHY: 3}
#: A gap of whatever kind.
ANY = "any"
#: Models on a page.
PAGE = 100
#: Hours of a sparkline.
_HOURS = 24
_SILENCE = Counter[int]()


def fleet(look: "Transaction", wanted: Filter, *, person: Person, policy: Policy, now: int, page: int = 1) -> Fleet:
    """One page of the models that are wanted, as `person` sees them; raises `NotFound` for what is unknown."""
    everybody = circle(look, policy)
    _check(wanted, everybody)
    estate = Estate(look, everybody, now=now, search=wanted.search.lower())
    who = person if wanted.needs in ("", "me") else everybody.people[wanted.needs]
    groups = frozenset(team.name for team in everybody.teams.values() if who.email in team.members)
    every = list(estate.standings())
    matching = [(seen, _has(seen, who, groups)) for seen in every if seen.is_retired == wanted.retired]
    if wanted.needs:
        matching = [(seen, has) for seen, has in matching if has]
    found = sorted(_narrowed(matching, wanted), key=_place)
    counts = Counter(_overall(seen) for seen, _ in _narrowed(matching, wanted, but="only"))
    tiers = Counter(seen.known.tier.name for seen, _ in _narrowed(matching, wanted, but="tier"))
    gaps = Counter(gap for seen, _ in _narrowed(matching, wanted, but="gap") for gap in _gaps(seen))
    lacks = Counter(lack for seen, _ in _narrowed(matching, wanted, but="lack") for lack in seen.lacks)
    pages = max(1, -(-len(found) // PAGE))
    start = (min(max(page, 1), pages) - 1) * PAGE
    yours = sum(has for _, has in found)
    return Fleet(
        rows=tuple(_rows(look, found[start : start + PAGE], now)),
        total=len(found),
        counts={state: counts[state] for state in Status},
        page=start // PAGE + 1,
        pages=pages,
        tiers={tier.name: tiers[tier.name] for tier in policy.tier},
        yours=yours,
        others=sum(bool(seen.needs) for seen, _ in found) - yours,
        gaps={gap: gaps[gap] for gap in (ANY, *UNWATCHED)},
        lacks={lack: lacks[lack] for lack in Lack},
        retired=sum(seen.is_retired for seen in every),
        waivers=sum(len(seen.waivers) for seen, _ in found),
    )


def _check(wanted: Filter, everybody: Circle) -> None:
    known = (
        ("status", wanted.only, list(Status)),
        ("tier", wanted.tier, [tier.name for tier in everybody.policy.tier]),
        ("gap", wanted.gap, [ANY, *UNWATCHED]),
        ("lack", wanted.lack, list(Lack)),
        ("person", "" if wanted.needs == "me" else wanted.needs, list(everybody.people)),
    )
    for kind, name, names in known:
        if name and name not in names:
            raise unknown(kind, name, names)


def _narrowed(matching: Sequence[_Found], wanted: Filter, *, but: str = "") -> Sequence[_Found]:
    """Those that pass every facet of the filter, but for one whose own numbers are asked for."""
    only, tier, gap, lack = ("" if but == facet else getattr(wanted, facet) for facet in ("only", "tier", "gap", "lack"))
    if not (only or tier or gap or lack):
        return matching
    return [
        (seen, has)
        for seen, has in matching
        if only in ("", _overall(seen)) and tier in ("", seen.known.tier.name)
        if (not gap or gap in _gaps(seen)) and (not lack or lack in seen.lacks)
    ]


def _gaps(seen: Standing) -> Sequence[str]:
    """What its monitors do not see, with `any` before it; empty if they see everything."""
    unwatched = seen.unwatched
    found = [gap for gap in UNWATCHED if gap in unwatched] if unwatched else []
    return [ANY, *found] if found else ()


def _overall(seen: Standing) -> Status:
    return seen.status[Aspect.OVERALL]


def _has(seen: Standing, person: Person, groups: frozenset[str]) -> bool:
    """Whether the person has what is wrong, or is asked for their word."""
    if not seen.needs:
        return False
    if seen.needs == person.email or seen.needs in groups or any(may_sign(person, one) for one in seen.waiting):
        return True
    return any(one.owner == person.email for one in seen.emergencies)


def _place(found: _Found) -> tuple[bool, int, int, int, str]:
    """What needs the caller, then the worst, then the most critical, then what has been wrong for longest."""
    seen, has = found
    return not has, _ORDER[_overall(seen)], -seen.known.dots[0], seen.since or 2**63, seen.known.project.name


def _rows(look: "Transaction", found: Sequence[_Found], now: int) -> Iterable[FleetRow]:
    hour = now // 1_000_000 // HOUR * HOUR
    first = hour - (_HOURS - 1) * HOUR
    answered = look.traffic.answered([one.known.project.name for one, _ in found], first)
    for one, has in found:
        main, name = one.main, one.known.project.name
        place = main.environment if main else ""
        hours = answered.get((name, place), _SILENCE)
        sparkline = tuple(hours[first + at * HOUR] for at in range(_HOURS)) if main else ()
        yield FleetRow(
            model=name,
            tier=one.known.tier.name,
            dots=one.known.dots,
            number=main.number if main else 0,
            environment=place,
            status=one.status,
            sentence=one.sentence,
            sparkline=sparkline,
            requests=sum(sparkline),
            needs=one.needs,
            age=(now - one.since) // 1_000_000 if one.since else 0,
            yours=has,
            gaps=tuple(_gaps(one)[1:]),
            waivers=len(one.waivers),
        )
