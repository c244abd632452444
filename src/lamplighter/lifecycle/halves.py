"""Labelled days in two halves: the earlier one is fitted on, the later one judges."""

from collections.abc import Mapping

import numpy as np

from lamplighter.domain.errors import Conflict
from lamplighter.domain.recalibration import LabelledDays
from lamplighter.domain.version import Version
from lamplighter.domain.window import DAY
from lamplighter.monitoring.labelled import Labelled

#: What each half has to have, and how many days the later one.
LEAST_ROWS, LEAST_OF_CLASS, LEAST_DAYS = 200, 20, 5

#: Labelled rows by day, the earliest first.
Days = Mapping[int, Labelled]


def split(version: Version, days: Days, waiting: int) -> tuple[Days, Days]:
    """Whole days, about half of the rows in each; raises `Conflict` where either has too few. `waiting` is how many days were
    left out."""
    rows = np.cumsum([one.n for one in days.values()])
    cut = int(np.searchsorted(rows, rows[-1] / 2.0)) + 1 if rows.size else 0
    parts = dict(list(days.items())[:cut]), dict(list(days.items())[cut:])
    lacking = [why for name, part in zip(("fit", "judge it"), parts, strict=True) if (why := _lacking(name, part))]
    if len(parts[1]) < LEAST_DAYS:
        lacking.append(f"the later half has {len(parts[1])} days, and {LEAST_DAYS} are needed")
    if lacking:
        left = f" Days that are left out, since labels are still to come: {waiting}." if waiting else ""
        raise Conflict(
            f"There is not enough evidence to calibrate {version.name}.",
            why=f"Of {int(rows[-1]) if rows.size else 0:,} labelled rows of {len(days)} days: {'; '.join(lacking)}.{left}",
            fix="Wait for labels, or bring them: lamp labels push FILE",
            code="E1206",
        )
    return parts


def _lacking(name: str, days: Days) -> str:
    """What is lacking of a half; empty if nothing is."""
    half = told(days)
    classes = half.positives, half.rows - half.positives
    if half.rows >= LEAST_ROWS and min(classes) >= LEAST_OF_CLASS:
        return ""
    has = f"{half.rows:,} rows, {classes[0]:,} of them positive,"
    return f"{has} to {name}, and {LEAST_ROWS} with {LEAST_OF_CLASS} of each class are needed"


def told(days: Days) -> LabelledDays:
    """Which days they are, and how many rows."""
    rows = sum(one.n for one in days.values())
    positives = sum(int(one.labels.sum()) for one in days.values())
    start, end = (min(days), max(days) + DAY) if days else (0, 0)
    return LabelledDays(start=start, end=end, days=len(days), rows=rows, positives=positives)
