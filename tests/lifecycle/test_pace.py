"""What takes long waits twice as long as it took, and what is quick does not wait."""

from lamplighter.lifecycle.pace import Pace


def test_only_what_was_slow_waits_and_only_until_it_is_quick_again() -> None:
    pace = Pace()
    assert pace.due("a", 0.0)
    pace.took("a", 3.0, 10.0)
    pace.took("b", 0.1, 10.0)
    assert [pace.due("a", now) for now in (10.0, 15.9, 16.0)] == [False, False, True]
    assert pace.due("b", 10.0)
    pace.took("a", 0.1, 16.0)
    assert pace.due("a", 16.0)
