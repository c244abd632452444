"""The clock that ends tokens and versions: never back, and no sudden jump believed before it lasts."""

from hypothesis import given
from hypothesis import strategies as st

from lamplighter.serving.clock import Clock

SECOND = 1_000_000


class Hands:
    """Two clocks that a test sets."""

    def __init__(self, wall: int = 1000 * SECOND) -> None:
        self.wall, self.steady = wall, 5 * SECOND

    def pass_(self, seconds: float) -> None:
        self.wall += int(seconds * SECOND)
        self.steady += int(seconds * SECOND)

    def clock(self, at_least: int = 0) -> Clock:
        return Clock(lambda: self.wall, lambda: self.steady, at_least)


def test_a_wall_clock_that_goes_back_takes_nothing_back() -> None:
    hands = Hands()
    clock = hands.clock()
    hands.wall -= 3600 * SECOND
    hands.pass_(2)
    assert clock.tick() == 1002 * SECOND


def test_a_new_process_knows_how_late_it_was() -> None:
    assert Hands().clock(at_least=9000 * SECOND).now == 9000 * SECOND


def test_a_jump_ahead_is_believed_once_it_has_lasted() -> None:
    hands = Hands()
    clock = hands.clock()
    hands.wall += 2 * 86_400 * SECOND
    hands.pass_(1)
    assert clock.tick() == 1001 * SECOND
    for _ in range(59):
        hands.pass_(10)
        clock.tick()
    assert clock.now == 1591 * SECOND
    hands.pass_(20)
    assert clock.tick() == hands.wall


def test_a_jump_that_was_taken_back_is_forgotten() -> None:
    hands = Hands()
    clock = hands.clock()
    for ahead in (3600, -3600) * 3:
        hands.wall += ahead * SECOND
        hands.pass_(300)
        clock.tick()
    assert clock.now == hands.wall == 2800 * SECOND


@given(st.lists(st.tuples(st.integers(-(10**13), 10**13), st.integers(0, 10**9)), max_size=60))
def test_time_never_goes_back(jumps: list[tuple[int, int]]) -> None:
    hands = Hands(10**15)
    clock = hands.clock()
    seen = [clock.now]
    for jump, passed in jumps:
        hands.wall += jump
        hands.wall, hands.steady = hands.wall + passed, hands.steady + passed
        seen.append(clock.tick())
    assert seen == sorted(seen)
