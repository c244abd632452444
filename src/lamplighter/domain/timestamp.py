"""Timestamps that come as texts in a column: RFC 3339, or without its zone, which is then UTC, or a date alone."""

import math
import re
from collections.abc import Iterable
from datetime import datetime

_FORM = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_DAY = 86_400.0


def hour_of(value: object) -> float:
    """Hours since midnight in UTC, from 0 to below 24; not a number for what is no timestamp."""
    if not isinstance(value, str) or not _FORM.fullmatch(value):
        return math.nan
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return math.nan
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6
    offset = moment.utcoffset()
    return (seconds - (offset.total_seconds() if offset else 0.0)) % _DAY / 3600.0


def are_timestamps(values: Iterable[object]) -> bool:
    """Whether there are values, and all that are there are timestamps."""
    found = False
    for value in values:
        if value is not None:
            if math.isnan(hour_of(value)):
                return False
            found = True
    return found
