"""Hooks: which try is due, when one ends a rollout, and what may be declared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.domain.errors import Invalid
from lamplighter.domain.hook import POLICIES, Answer, Hook, Moment, OnFailure, due, failure
from lamplighter.domain.project_file import project_from

STOP, CONTINUE = OnFailure.STOP, OnFailure.CONTINUE


def answered(place: int, *tries: bool, at: int = 0) -> tuple[Answer, ...]:
    """What came of tries of one hook, true for go."""
    return tuple(
        Answer(Moment.BEFORE, place, "tickets", number, 200 if go else 503, 0.1, "" if go else "It answered 503.", at)
        for number, go in enumerate(tries, start=1)
    )


def test_hooks_are_asked_one_after_the_other_and_again_as_often_as_declared() -> None:
    hooks = (Hook("tickets", STOP, retries=2), Hook("smoke", CONTINUE))
    found = []
    answers: tuple[Answer, ...] = ()
    for go in (False, False, True, False):
        following = due(Moment.BEFORE, hooks, answers)
        assert following is not None
        found.append((following.place, following.attempt, following.at))
        tries = [one for one in answers if one.place == following.place]
        answers += answered(following.place, *(not one.why for one in tries), go, at=7_000_000)[-1:]
    assert found == [(0, 1, 0), (0, 2, 8_000_000), (0, 3, 9_000_000), (1, 1, 0)]
    assert due(Moment.BEFORE, hooks, answers) is None
    assert failure(Moment.BEFORE, hooks, answers) is None


def test_after_one_that_stops_it_no_other_is_asked() -> None:
    hooks = (Hook("tickets", STOP, retries=1), Hook("smoke", CONTINUE))
    answers = answered(0, False, False)
    assert due(Moment.BEFORE, hooks, answers) is None
    assert failure(Moment.BEFORE, hooks, answers) == answers[-1]
    assert due(Moment.AFTER, hooks, answers) is not None


@given(
    policies=st.lists(st.tuples(st.sampled_from(POLICIES[Moment.BEFORE]), st.integers(0, 3)), max_size=4),
    says=st.lists(st.booleans(), min_size=20, max_size=20),
)
def test_asking_ends_and_never_more_often_than_declared(policies: list[tuple[OnFailure, int]], says: list[bool]) -> None:
    hooks = tuple(Hook("one", policy, retries=retries) for policy, retries in policies)
    answers: tuple[Answer, ...] = ()
    while (following := due(Moment.BEFORE, hooks, answers)) is not None:
        tries = [not one.why for one in answers if one.place == following.place]
        answers += answered(following.place, *tries, says[len(answers)])[-1:]
    for place, hook in enumerate(hooks):
        failed = [bool(one.why) for one in answers if one.place == place]
        assert len(failed) <= hook.retries + 1
        assert all(failed[:-1])
    ended = failure(Moment.BEFORE, hooks, answers)
    asked = {one.place for one in answers}
    assert asked == set(range(len(hooks))) if ended is None else max(asked) == ended.place


@pytest.mark.parametrize(
    "line",
    [
        {"before": [{"hook": "tickets"}]},
        {"before": [{"hook": "tickets", "on_failure": "roll-back"}]},
        {"after": [{"hook": "tickets", "on_failure": "stop"}]},
        {"before": [{"hook": "tickets", "on_failure": "stop", "within": "11m"}]},
        {"before": [{"hook": "tickets", "on_failure": "stop", "within": "0s"}]},
        {"before": [{"hook": "tickets", "on_failure": "stop", "within": "soon"}]},
        {"before": [{"hook": "tickets", "on_failure": "stop", "retries": 6}]},
        {"before": [{"hook": "tickets", "on_failure": "stop", "retries": -1}]},
        {"before": [{"hook": "tickets", "on_failure": "stop", "url": "http://elsewhere.example"}]},
    ],
)
def test_what_is_not_bounded_declared_or_effective_is_refused(line: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        project_from({"model": {"name": "a"}, "env": {"prod": line}})
