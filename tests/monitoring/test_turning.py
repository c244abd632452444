"""How many decisions turn at a threshold, against counting them one by one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.domain.robustness import Check, Followed, Measured, Robustness, Stressed
from lamplighter.monitoring.turning import PARTS, at_threshold, most_turned, share, turned

SCORES = st.lists(st.tuples(*[st.integers(0, 4 * PARTS)] * 2), min_size=1, max_size=12)


@given(SCORES)
def test_each_part_knows_its_worst_threshold(scores: list[tuple[int, int]]) -> None:
    one, other = np.array(scores).T / (4 * PARTS)
    low, high = np.minimum(one, other), np.maximum(one, other)
    found = most_turned(low, high)
    # Scores lie on quarters of a part, so that thresholds on eighths miss none.
    for part in range(PARTS):
        thresholds = (part * 8 + np.arange(1, 9)) / (8 * PARTS)
        counts = [int(np.count_nonzero((one >= t) != (other >= t))) for t in thresholds]
        assert found[part] == max(counts)
        assert [turned(low, high, t) for t in thresholds] == counts


def test_facts_are_read_at_another_threshold() -> None:
    rows, flips = 200, Measured(value=0.5, low=0.4, high=0.6, n=200)
    by_part = tuple(range(PARTS))
    facts = Robustness(
        rows=rows,
        unit=1.0,
        stressed=(
            Stressed(check=Check.ORDER, flips=flips, turned=by_part),
            Stressed(check=Check.MISSING, input="wind", flips=flips, turned=by_part),
            Stressed(check=Check.MISSING, input="delay", flips=flips),
        ),
        expectations=(
            Followed(input="wind", expect="unchanged", broken=flips, of_decisions=True, turned=by_part),
            Followed(input="wind", expect="never-falls", broken=flips),
        ),
    )
    found = at_threshold(facts, 0.3)
    # 0.3 is the end of the fifteenth of fifty parts.
    assert [one.flips for one in found.stressed] == [None, share(14, rows), None]
    assert [one.broken for one in found.expectations] == [share(14, rows), flips]
    assert at_threshold(facts, 0.301).stressed[1].flips == share(15, rows)
