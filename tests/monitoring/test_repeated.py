"""How far apart false alarms are where windows are looked at again and again."""

from functools import cache

import numpy as np
import pytest

from lamplighter.domain.outcome import Judgement
from lamplighter.monitoring.guard import judge
from lamplighter.monitoring.repeated import alpha_of

LIMIT, RATE, LENGTHS = 0.1, 5, (10, 60)


@cache
def _is_beyond(asked: int, count: int, alpha: float) -> bool:
    return judge(0, 0, asked, count, LIMIT, alpha=alpha).judgement is Judgement.FAILED


def _seconds_to_alarm(failures: "np.ndarray[tuple[int], np.dtype[np.int64]]", alpha: float) -> int:
    """The first second at which a window of one of the lengths is beyond the limit; the length of the stream if none is."""
    so_far = np.concatenate([[0], np.cumsum(failures)])
    for now in range(1, len(so_far)):
        for length in LENGTHS:
            since = max(0, now - length)
            count, asked = int(so_far[now] - so_far[since]), RATE * (now - since)
            if _is_beyond(asked, count, alpha):
                return now
    return len(failures)


@pytest.mark.parametrize("seconds", [20, 100])
def test_a_stream_at_its_limit_alarms_no_more_often_than_promised(seconds: int) -> None:
    random = np.random.default_rng(7)
    streams = random.binomial(RATE, LIMIT, (100, 12 * seconds))
    times = [_seconds_to_alarm(stream, alpha_of(seconds)) for stream in streams]
    # A stream that was cut counts as one that alarmed at its end, so the mean is no larger than it would be.
    assert np.mean(times) >= seconds


def test_a_stream_beyond_its_limit_alarms_soon() -> None:
    stream = np.random.default_rng(7).binomial(RATE, 0.5, 60)
    assert _seconds_to_alarm(stream, alpha_of(30 * 86_400)) <= 10
