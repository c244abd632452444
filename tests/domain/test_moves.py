"""Rollout, incident and training are tables. Hypothesis walks them and nothing but the table moves anything."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain import specimens

from lamplighter.domain import handover, incident, job, retirement, retraining, rollout
from lamplighter.domain.errors import Conflict
from lamplighter.domain.rollout import Phase, Rollout, Signal


class Machine(NamedTuple):
    name: str
    moves: Mapping[tuple[Any, Any], Any]
    states: type[StrEnum]
    steps: type[StrEnum]
    field: str
    begin: Callable[[Any], Any]
    advance: Callable[[Any, Any], Any]
    first: tuple[Any, ...]
    final: tuple[Any, ...]


MACHINES = [
    Machine(
        "rollout", rollout.MOVES, Phase, Signal, "phase", lambda phase: specimens.rollout(phase),
        lambda noun, signal: rollout.advance(noun, signal, now=9, why="so"),
        (Phase.WAITING, Phase.PENDING), (Phase.COMPLETED, Phase.WITHDRAWN, Phase.REFUSED),
    ),
    Machine(
        "incident", incident.MOVES, incident.State, incident.Step, "state", lambda state: specimens.incident(state=state),
        lambda noun, step: incident.advance(noun, step, now=9, note="so"), (incident.State.OPEN,), (incident.State.RESOLVED,),
    ),
    Machine(
        "retraining", retraining.MOVES, retraining.State, retraining.Step, "state",
        lambda state: specimens.retraining(state=state), lambda noun, step: retraining.advance(noun, step, now=9, why="so"),
        (retraining.State.REQUESTED, retraining.State.REFUSED), (retraining.State.FINISHED, retraining.State.FAILED),
    ),
    Machine(
        "handover", handover.MOVES, handover.State, handover.Step, "state", lambda state: specimens.handover(state=state),
        lambda noun, step: handover.advance(noun, step, now=9), (handover.State.OPEN,),
        (handover.State.REFUSED, handover.State.WITHDRAWN, handover.State.HANDED_BACK),
    ),
    Machine(
        "retirement", retirement.MOVES, retirement.State, retirement.Step, "state",
        lambda state: specimens.retirement(state=state), lambda noun, step: retirement.advance(noun, step, now=9),
        (retirement.State.ANNOUNCED,), (retirement.State.CANCELLED, retirement.State.REVIVED),
    ),
    Machine(
        "job", job.MOVES, job.State, job.Step, "state",
        lambda state: job.Run(id="J-1", model="late-flights", job="nightly", due_at=1, state=state),
        lambda noun, step: job.advance(noun, step, now=9),
        (job.State.WAITING, job.State.SKIPPED), (job.State.FINISHED, job.State.FAILED, job.State.SKIPPED),
    ),
]  # fmt: skip
each = pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)


def reached(machine: Machine, start: Iterable[Any]) -> set[Any]:
    """Every state that the moves lead to from these."""
    seen, queue = set(start), list(start)
    while queue:
        here = queue.pop()
        further = {to for (state, _), to in machine.moves.items() if state is here} - seen
        seen |= further
        queue += further
    return seen


@each
def test_every_state_is_reached_and_every_one_can_end(machine: Machine) -> None:
    assert reached(machine, machine.first) == set(machine.states)
    for state in machine.states:
        assert set(machine.final) & reached(machine, [state]), f"{state} is a trap"


@each
def test_every_pair_of_the_table_moves_and_every_other_is_refused(machine: Machine) -> None:
    for state in machine.states:
        for step in machine.steps:
            noun = machine.begin(state)
            if (state, step) in machine.moves:
                after = machine.advance(noun, step)
                assert getattr(after, machine.field) is machine.moves[state, step]
                assert (after.revision, after.moved_at) == (1, 9)
            else:
                with pytest.raises(Conflict, match=noun.id) as caught:
                    machine.advance(noun, step)
                assert caught.value.why == f"It is {state}, and from there nothing follows on {step}."
            assert noun == machine.begin(state)


@each
def test_a_final_state_has_no_way_out(machine: Machine) -> None:
    ends = {state for state in machine.states if not any(start is state for start, _ in machine.moves)}
    assert ends == set(machine.final)
    if machine.name == "rollout":
        assert ends == {phase for phase in Phase if phase.final}


@each
@given(data=st.data())
def test_a_walk_never_leaves_the_table(machine: Machine, data: st.DataObject) -> None:
    noun = machine.begin(data.draw(st.sampled_from(machine.first)))
    for step in data.draw(st.lists(st.sampled_from(list(machine.steps)), max_size=12)):
        before = getattr(noun, machine.field)
        try:
            after = machine.advance(noun, step)
        except Conflict:
            continue
        assert getattr(after, machine.field) is machine.moves[before, step]
        assert after.revision == noun.revision + 1
        noun = after


STEPS = st.lists(st.integers(1, 99), unique=True, max_size=4).map(lambda steps: (*sorted(map(float, steps)), 100.0))
#: Signals that carry a rollout forward are more likely, so that walks reach the last steps.
SIGNALS = st.lists(st.sampled_from([*Signal, *[Signal.HELD] * 12, *[Signal.APPLIED, Signal.READY] * 4]), max_size=25)


def signalled(noun: Rollout, signal: Signal) -> Rollout | None:
    try:
        return rollout.advance(noun, signal, now=noun.moved_at + 1, why="so")
    except Conflict:
        return None


@given(steps=STEPS, signals=SIGNALS, first=st.sampled_from([Phase.WAITING, Phase.PENDING]))
def test_a_rollout_has_traffic_only_by_shifting_and_never_less_of_it(
    steps: tuple[float, ...], signals: list[Signal], first: Phase
) -> None:
    noun = specimens.rollout(first, steps)
    for signal in signals:
        after = signalled(noun, signal)
        if after is None:
            continue
        assert 0 <= after.step < len(steps)
        assert (after.share > 0) == (after.phase in (Phase.SHIFTING, Phase.PAUSED))
        if after.share and not noun.share:
            assert (signal, after.phase, after.share) == (Signal.READY, Phase.SHIFTING, steps[0] / 100)
        if after.share and noun.share:
            assert after.share > noun.share if signal is Signal.HELD else after.share == noun.share
        noun = after


@given(steps=STEPS, signals=SIGNALS, aged=st.floats(0.5, 1e6))
def test_time_counts_for_one_step_and_a_pause_keeps_it(steps: tuple[float, ...], signals: list[Signal], aged: float) -> None:
    noun = specimens.rollout(Phase.PENDING, steps)
    for signal in signals:
        noun = msgspec.structs.replace(noun, baked=aged, waited=2 * aged)
        after = signalled(noun, signal)
        if after is None:
            continue
        undecided = signal in (Signal.UNDECIDED, Signal.ASKED)
        kept = undecided or {noun.phase, after.phase} == {Phase.SHIFTING, Phase.PAUSED}
        assert (after.baked, after.waited) == (aged if kept else 0.0, 2 * aged if kept and not undecided else 0.0)
        noun = after


def test_a_pause_keeps_the_time_of_its_step() -> None:
    shifting = specimens.rollout(Phase.SHIFTING, baked=5.0, waited=7.0)
    paused = rollout.advance(shifting, Signal.PAUSED, now=1, why="so")
    resumed = rollout.advance(paused, Signal.RESUMED, now=2, why="so")
    assert [(noun.phase, noun.baked, noun.waited, noun.share) for noun in (paused, resumed)] == [
        (Phase.PAUSED, 5.0, 7.0, 0.1),
        (Phase.SHIFTING, 5.0, 7.0, 0.1),
    ]
    held = rollout.advance(resumed, Signal.HELD, now=3, why="so")
    assert (held.step, held.baked, held.waited, held.share) == (1, 0.0, 0.0, 0.5)
    withdrawing = rollout.advance(paused, Signal.STOPPED, now=3, why="so")
    assert (withdrawing.baked, withdrawing.waited, withdrawing.share) == (0.0, 0.0, 0.0)


def test_the_last_step_is_proven_and_never_held() -> None:
    last = specimens.rollout(Phase.SHIFTING, (50, 100), step=1)
    assert last.last_step
    assert last.share == 1.0
    with pytest.raises(Conflict):
        rollout.advance(last, Signal.HELD, now=1, why="so")
    assert rollout.advance(last, Signal.PROVEN, now=1, why="so").phase is Phase.COMPLETING


def test_notes_of_an_incident_are_kept_in_order() -> None:
    noun = incident.advance(specimens.incident(), incident.Step.ACKNOWLEDGE, now=1, note="mine")
    noun = incident.advance(noun, incident.Step.MITIGATE, now=2, note="")
    noun = incident.advance(noun, incident.Step.RESOLVE, now=3, note="done")
    assert (noun.notes, noun.moved_at, noun.revision) == (("mine", "done"), 3, 3)


def test_what_a_training_was_told_stays() -> None:
    noun = retraining.advance(specimens.retraining(), retraining.Step.START, now=1, job="T-1")
    noun = retraining.advance(noun, retraining.Step.FINISH, now=2, number=8)
    assert noun == specimens.retraining(state=retraining.State.FINISHED, job="T-1", number=8, moved_at=2, revision=2)
