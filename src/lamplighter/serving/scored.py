"""Scores for requests that came together: for their bodies as they came where that can be, else for their rows."""

import time
from collections.abc import Callable
from typing import NamedTuple, TypeVar

import msgspec

from lamplighter.serving.codecs.typed import values
from lamplighter.serving.turn import Group, Waiting

_T = TypeVar("_T")


class Scored(NamedTuple):
    """Requests that are scored."""

    requests: list[Waiting]
    #: Of all rows, one after another.
    scores: list[float]
    #: How long that took, microseconds.
    duration: int


def of_bodies(group: Group) -> tuple[Scored | None, list[Waiting]]:
    """What could be scored as it came, and the requests that are left."""
    score, requests = group.version.score_bodies, group.requests
    if score is None:
        return None, requests
    done, duration = _timed(lambda: score.score(group.name, [one.request.body for one in requests]))
    if done is None:
        return None, requests
    read, left = [], []
    for one, height, record in zip(requests, done.rows, done.records, strict=True):
        if height:
            one.height, one.inputs = height, msgspec.Raw(record)
            read.append(one)
        else:
            left.append(one)
    return (Scored(read, done.scores, duration) if read else None), left


def of_rows(group: Group, requests: list[Waiting]) -> Scored | None:
    """The same by rows; nothing if the version fails one."""
    score = group.version.score_rows
    if score is None:
        return None
    rows = [row for one in requests for row in one.rows]
    for one in requests:
        one.height = len(one.rows)
    scores, duration = _timed(lambda: score(values(rows)))
    return None if scores is None else Scored(requests, scores, duration)


def _timed(score: Callable[[], _T | None]) -> tuple[_T | None, int]:
    """What it gives, and microseconds; nothing if it fails."""
    start = time.perf_counter_ns()
    try:
        found = score()
    except Exception:  # the long way asks each request alone and says what failed
        found = None
    return found, (time.perf_counter_ns() - start) // 1000
