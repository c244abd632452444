"""Lengths of time as people write them."""

import re
from functools import lru_cache

from lamplighter.domain.errors import Invalid

_DURATION = re.compile(r"([0-9]{1,6})(s|m|h|d)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@lru_cache(maxsize=1024)
def seconds(text: str) -> float:
    """The length of a time such as 45m, 2d or 10s, in seconds; raises `Invalid`."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise Invalid(
            "That is not a length of time.",
            why="A length of time is a whole number and one of s, m, h, d.",
            fix="Write 30s, 45m, 2h or 14d.",
            code="E1110",
        )
    return float(int(found[1]) * _SECONDS[found[2]])


def some_seconds(text: str) -> float:
    """The same for a time that has to pass; raises `Invalid` for none."""
    length = seconds(text)
    if not length:
        raise Invalid(
            "That is no time at all.", why="It has to last for a while, and 0 does not.", fix="Write 1s or more.", code="E1110"
        )
    return length
