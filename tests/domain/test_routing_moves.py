"""What should be live, through every change that a deployment can make of it."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from lamplighter.domain.route import ModelRoute, Served
from lamplighter.domain.routing import Routing, emptied, promoted, shadowed, with_challenger, withdrawn

ONE, TWO, THREE = (Served(number=number, digest=f"{number}" * 64) for number in (1, 2, 3))
EMPTY = Routing(model="churn", environment="prod")
LIVE = promoted(EMPTY, ONE, now=5)


def test_the_first_version_has_nobody_to_share_with() -> None:
    assert EMPTY.route() is None
    assert with_challenger(EMPTY, ONE, 0.1) == Routing(model="churn", environment="prod", champion=ONE, revision=1)
    assert Routing(model="churn", environment="prod", champion=ONE, live_since=5, first_at=5, revision=1) == LIVE


def test_a_challenger_shares_wins_or_goes() -> None:
    trial = with_challenger(LIVE, TWO, 0.25)
    assert trial.route() == ModelRoute(model="churn", champion=ONE, challenger=TWO, share=0.25)
    won = promoted(trial, TWO, now=9)
    assert (won.champion, won.previous, won.challenger, won.share, won.live_since, won.revision) == (TWO, ONE, None, 0.0, 9, 3)
    assert withdrawn(trial).route() == LIVE.route()


def test_a_rollback_swaps_champion_and_previous() -> None:
    second = promoted(LIVE, TWO, now=6)
    back = promoted(second, ONE, now=7)
    assert (back.champion, back.previous) == (ONE, TWO)


def test_a_shadow_stays_until_it_goes_live_or_is_told_to_go() -> None:
    shadow = shadowed(LIVE, TWO, 5)
    assert with_challenger(shadow, THREE, 0.5).shadow == TWO
    assert promoted(shadow, THREE, now=6).shadow == TWO
    assert promoted(shadow, TWO, now=6).shadow is None
    assert shadowed(shadow, None, 6).shadow is None


def test_an_emptied_place_answers_nothing() -> None:
    assert emptied(shadowed(with_challenger(LIVE, TWO, 0.5), THREE, 5)).route() is None


def test_a_version_that_comes_back_to_an_emptied_place_is_not_its_own_way_back() -> None:
    gone = emptied(promoted(LIVE, TWO, now=6))
    assert gone.previous == ONE
    assert with_challenger(gone, ONE, 0.1).previous is None
    assert promoted(gone, ONE, now=7).previous is None
    assert promoted(gone, THREE, now=7).previous == ONE


VERSIONS = st.sampled_from([ONE, TWO, THREE])
MOVES: st.SearchStrategy[Callable[[Routing], Routing]] = st.one_of(
    VERSIONS.map(lambda version: lambda routing: promoted(routing, version, now=1)),
    st.tuples(VERSIONS, st.floats(0.01, 1.0)).map(lambda pair: lambda routing: with_challenger(routing, *pair)),
    VERSIONS.map(lambda version: lambda routing: shadowed(routing, version, 5)),
    st.sampled_from([withdrawn, emptied, lambda routing: shadowed(routing, None, 5)]),
)


@given(moves=st.lists(MOVES, max_size=10))
@settings(max_examples=200)
def test_whatever_happens_the_state_makes_sense(moves: list[Callable[[Routing], Routing]]) -> None:
    routing = EMPTY
    for move in moves:
        after = move(routing)
        assert after.revision == routing.revision + 1
        assert after.challenger is not None or after.share == 0.0
        assert after.champion is None or after.previous != after.champion, "the way back leads nowhere"
        assert after.champion is not None or after.challenger is None
        routing = after
