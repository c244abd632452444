"""What releases of a period waited for: the words of people, gates that lacked something, and the calendar."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from lamplighter.domain.acceptance import Side
from lamplighter.domain.delivery import Waited
from lamplighter.domain.environment import Level
from lamplighter.domain.events.rollout import RolloutHeld, RolloutMoved, RolloutReleased
from lamplighter.domain.journal import Entry
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.views.period import Period

_HOUR = 3_600_000_000


class Wait(NamedTuple):
    """How long one rollout waited for people, within the period."""

    rollout: Rollout
    since: int
    until: int
    #: Whether it waits still.
    open: bool


class _Part(NamedTuple):
    """A length of waiting for one thing, microseconds."""

    what: str
    person: str
    rollout: str
    length: int
    alone: int
    open: bool


def waits(period: Period) -> list[Wait]:
    """Every rollout that waited for people: from when it was asked for until its next step."""
    steps = _by_rollout(period, RolloutMoved)
    return [one for key, rollout in period.rollouts.items() if (one := _wait(period, rollout, steps.get(key, [])))]


def _wait(period: Period, rollout: Rollout, steps: Sequence[Entry]) -> Wait | None:
    phases = [_phase(one) for one in steps]
    after = next((one for one, phase in zip(steps, phases, strict=True) if phase != Phase.WAITING), None)
    waited = Phase.WAITING in phases
    # The step that let it in is within the period, and the one that asked for it before that.
    cleared = after is not None and rollout.opened_at < period.since and _phase(after) in (Phase.PENDING, Phase.REFUSED)
    still = after is None and rollout.phase is Phase.WAITING
    if not (waited or cleared or still) or rollout.opened_at >= period.until:
        return None
    end = after.at if after else period.until
    return Wait(rollout, max(rollout.opened_at, period.since), end, after is None)


def _phase(entry: Entry) -> str:
    return entry.event.phase if isinstance(entry.event, RolloutMoved) else ""


def approvers(period: Period, found: Sequence[Wait]) -> list[Waited]:
    """By side and person, those first whose word alone was left for longest."""
    parts = [part for one in found for part in _words(period, one)]
    return sorted(_gathered(parts), key=lambda one: (-one.alone, -one.hours, one.person))


def _words(period: Period, wait: Wait) -> list[_Part]:
    """For each side that a rollout waited for, how long, and how long nothing else was left."""
    rollout = wait.rollout
    ends: dict[str, tuple[int, str]] = dict.fromkeys(_asked(period, rollout), (wait.until, ""))
    for word in period.words:
        if (word.version, word.environment) == (rollout.version, rollout.environment) and wait.since <= word.at <= wait.until:
            ends[word.side] = (word.at, word.person)
        elif (word.version, word.environment) == (rollout.version, rollout.environment) and word.at < wait.since:
            ends.pop(word.side, None)
    order = sorted((at, side, person) for side, (at, person) in ends.items())
    before = [wait.since, *(at for at, _, _ in order)]
    last = len(order) - 1
    return [
        _Part(
            what=side,
            person=person,
            rollout=rollout.id,
            length=at - wait.since,
            alone=at - before[place] if place == last else 0,
            open=wait.open and not person,
        )
        for place, (at, side, person) in enumerate(order)
    ]


def _asked(period: Period, rollout: Rollout) -> tuple[Side, ...]:
    """The sides whose word is asked there, by the rule book and the project of now."""
    one = period.models[rollout.model]
    own = one.project.env.get(rollout.environment)
    return tuple(dict.fromkeys((*one.tier.rules(Level.PRODUCTION).approvals, *(own.approvals if own else ()))))


def gates(period: Period, found: Sequence[Wait]) -> list[Waited]:
    """By gate or rule of the calendar, those first that held for longest."""
    parts = [*(part for one in found for part in _lacking(period, one)), *_held(period)]
    return sorted(_gathered(parts), key=lambda one: (-one.hours, one.what))


def _lacking(period: Period, wait: Wait) -> Iterator[_Part]:
    """Gates that were not content, each from one decision to the next."""
    rollout = wait.rollout
    place = (rollout.version, rollout.environment)
    made = [one for one in period.decisions.values() if (one.version, one.environment) == place and one.at <= wait.until]
    if not made:
        return
    ordered = sorted(made, key=lambda one: one.at)
    moments = [*(max(one.at, wait.since) for one in ordered), wait.until]
    for one, (begun, ended) in zip(ordered, pairwise(moments), strict=True):
        for judged in one.judgements:
            if not judged.verdict:
                yield _Part(judged.gate, "", rollout.id, ended - begun, 0, wait.open and one is ordered[-1])


def _held(period: Period) -> Iterator[_Part]:
    """Rules of the calendar, each from when it held a rollout until that went on."""
    for key, entries in _by_rollout(period, RolloutHeld, RolloutReleased).items():
        if key not in period.rollouts:
            continue
        for entry, after in zip(entries, [*entries[1:], None], strict=True):
            if isinstance(entry.event, RolloutHeld):
                ended = after.at if after else period.until
                yield _Part(entry.event.rule, "", key, ended - entry.at, 0, after is None)


def _by_rollout(period: Period, *kinds: type) -> Mapping[str, list[Entry]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in period.entries:
        if isinstance(entry.event, kinds):
            found[str(getattr(entry.event, "rollout", ""))].append(entry)
    return found


def _gathered(parts: Sequence[_Part]) -> list[Waited]:
    found: dict[tuple[str, str], list[_Part]] = defaultdict(list)
    for part in parts:
        found[part.what, part.person].append(part)
    return [
        Waited(
            what=what,
            person=person,
            rollouts=len({one.rollout for one in mine}),
            open=len({one.rollout for one in mine if one.open}),
            hours=sum(one.length for one in mine) / _HOUR,
            longest=max(one.length for one in mine) / _HOUR,
            alone=sum(one.alone for one in mine) / _HOUR,
        )
        for (what, person), mine in found.items()
    ]
