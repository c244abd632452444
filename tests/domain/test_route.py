"""Who answers a request: sticky, monotone in the share, and as often as the share says."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.domain.route import ModelRoute, Served, takes_challenger

ONE, TWO, THREE = (Served(number=number, digest=f"{number}" * 64) for number in (1, 2, 3))
SHARES = st.floats(0.0, 1.0)


def route(share: float, model: str = "churn") -> ModelRoute:
    return ModelRoute(model=model, champion=ONE, challenger=TWO, share=share)


@given(key=st.text(), shares=st.tuples(SHARES, SHARES).map(sorted))
def test_who_has_moved_to_the_challenger_stays_while_the_share_grows(key: str, shares: list[float]) -> None:
    small, large = shares
    assert takes_challenger(route(small), key) <= takes_challenger(route(large), key)
    assert takes_challenger(route(large), key) == takes_challenger(route(large), key)


def test_nobody_leaves_the_challenger_on_the_way_up() -> None:
    steps = [{key for key in map(str, range(2000)) if takes_challenger(route(share), key)} for share in (0.01, 0.1, 0.5, 0.9)]
    assert all(fewer < more for fewer, more in pairwise(steps))


@given(key=st.text())
def test_nothing_and_everything_are_exact(key: str) -> None:
    assert not takes_challenger(route(0.0), key)
    assert takes_challenger(route(1.0), key)
    assert not takes_challenger(ModelRoute(model="churn", champion=ONE, share=1.0), key)


@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.9])
def test_the_challenger_answers_its_share(share: float) -> None:
    count = 20_000
    taken = sum(takes_challenger(route(share), f"request-{number}") for number in range(count))
    assert abs(taken - count * share) < 5 * math.sqrt(count * share * (1 - share))


def test_the_same_callers_are_not_on_trial_for_every_model() -> None:
    count, share = 20_000, 0.1
    both = sum(
        takes_challenger(route(share), key) and takes_challenger(route(share, "late-flights"), key)
        for key in map(str, range(count))
    )
    assert abs(both - count * share**2) < 5 * math.sqrt(count * share**2)


def test_every_version_is_loaded_once_the_champion_first() -> None:
    whole = ModelRoute(model="churn", champion=ONE, challenger=TWO, shadow=THREE, previous=TWO)
    assert whole.versions() == (ONE, TWO, THREE)
    assert ModelRoute(model="churn", champion=ONE).versions() == (ONE,)
