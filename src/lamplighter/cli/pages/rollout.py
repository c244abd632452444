"""Versions on their way."""

from collections.abc import Sequence

from lamplighter.cli.instants import local, short, zone
from lamplighter.cli.page import Page
from lamplighter.cli.pages.hold import held
from lamplighter.cli.pages.outcome import outcomes_table
from lamplighter.cli.table import Table
from lamplighter.domain.hook import Moment
from lamplighter.domain.rollout import MOVES, Phase, Rollout, Signal
from lamplighter.domain.steps import Limits, ScoreShift, Steps


def rollout_page(rollout: Rollout, address: str) -> Page:
    """Where one rollout stands and what follows."""
    return Page(
        says=sentence(rollout),
        data={"rollout": rollout},
        facts=[
            *([("held", held(rollout.hold))] if rollout.hold else []),
            ("plan", plan(rollout.plan)),
            ("undecided", f"{rollout.plan.undecided} after {rollout.plan.deadline}"),
            *_hooks(rollout),
            ("why", rollout.why or "-"),
            ("asked by", f"{rollout.asked_by}, {local(rollout.opened_at)}{_emergency(rollout)}"),
            ("moved", local(rollout.moved_at)),
        ],
        table=outcomes_table(rollout),
        next=_next(rollout),
        url=address,
    )


def _emergency(rollout: Rollout) -> str:
    return f", in the emergency {rollout.emergency}" if rollout.emergency else ""


def _hooks(rollout: Rollout) -> list[tuple[str, str]]:
    """One fact for each hook: what it said the last time, or what is declared."""
    found = []
    for moment in Moment:
        for place, hook in enumerate(rollout.hooks(moment)):
            tries = [one for one in rollout.answers if (one.moment, one.place) == (moment, place)]
            declared = f"{hook.hook} within {hook.within}, repeated {hook.retries} times at most, else {hook.on_failure}"
            said = [f"try {one.attempt}: {one.why or 'go'} ({one.status or 'no answer'}, {one.seconds:g} s)" for one in tries]
            found.append((moment.value, "; ".join([declared, *said[-1:]])))
    return found


def rollouts_page(found: Sequence[Rollout], address: str) -> Page:
    """The newest rollouts."""
    open_ones = sum(not rollout.phase.final for rollout in found)
    rows = [(r.id, r.model, f"v{r.number}", r.environment, _standing(r), short(r.moved_at)) for r in found]
    return Page(
        says=f"{open_ones} rollout{'' if open_ones == 1 else 's'} open, {len(found) - open_ones} over." if found
        else "No rollouts yet.",
        data={"rollouts": found},
        table=Table(rows, ("ROLLOUT", "MODEL", "VERSION", "ENVIRONMENT", "STANDS", f"MOVED ({zone()})")),
        next=[f"lamp rollout show {found[0].id}"] if found else [],
        url=address,
    )  # fmt: skip


def sentence(rollout: Rollout) -> str:
    """Where it stands, in one sentence."""
    return f"{rollout.id}: {rollout.model} v{rollout.number} → {rollout.environment} is {_standing(rollout)}."


def _standing(rollout: Rollout) -> str:
    share = f" at {rollout.share * 100:g} %" if rollout.share else ""
    return f"{rollout.phase}{share}{', held' if rollout.hold else ''}"


def plan(steps: Steps) -> str:
    """The way of the traffic, such as `1 % → 100 %, 45m each, stops if errors > 1 %`."""
    way = " → ".join(f"{step:g} %" for step in steps.steps)
    each = f", {steps.each} each" if len(steps.steps) > 1 else ""
    return f"{way}{each}, stops if {' or '.join(limits(steps.stop_if))}"


def limits(stop_if: Limits) -> list[str]:
    """What stops a rollout, each in some words."""
    shift = stop_if.score_shift or ScoreShift()
    given = (
        (stop_if.p95_ms, "p95 > {:g} ms"),
        (stop_if.slower, "p95 > {:g} times that of the live version"),
        (shift.mean, "mean score differs by > {:g}"),
        (shift.distance, "scores lie > {:g} apart"),
    )
    return [f"errors > {stop_if.errors * 100:g} %", *(words.format(value) for value, words in given if value is not None)]


def _next(rollout: Rollout) -> list[str]:
    if rollout.phase is Phase.WAITING:
        return [f"lamp approvals show {rollout.model}"]
    if rollout.phase is Phase.PAUSED:
        return [f"lamp rollout resume {rollout.id}", f"lamp rollout stop {rollout.id}"]
    if rollout.phase.final:
        return [f"lamp status {rollout.model}"]
    verbs = (("pause", Signal.PAUSED), ("stop", Signal.STOPPED))
    return [f"lamp rollout {verb} {rollout.id}" for verb, signal in verbs if (rollout.phase, signal) in MOVES]
