"""How far parts of the reference lie from the whole: what a rule over chunks sets its thresholds by.

The parts are in the whole, so that their distances are smaller than those of rows that come later.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from lamplighter.monitoring.arrays import Coded, Values
from lamplighter.monitoring.counts import count, windows
from lamplighter.monitoring.figure import Missing
from lamplighter.monitoring.measure import Measure
from lamplighter.monitoring.profile import Profile

#: Parts of the same number of rows; rows that are left over are one more, as in NannyML.
PARTS = 10


def chunk_values(
    profile: Profile, columns: Mapping[str, Values], scores: Values, measures: Sequence[Measure], parts: int = PARTS
) -> dict[str, dict[str, tuple[float, ...]]]:
    """Distances of consecutive parts of the reference rows, by column and measure; nothing for fewer rows than parts."""
    size = len(scores) // parts
    found: dict[str, dict[str, list[float]]] = {}
    for start in range(0, len(scores), size) if size else ():
        part = {name: _cut(columns[name], start, start + size) for name in profile.columns if name in columns}
        for name, window in windows(profile, count(profile, part, _cut(scores, start, start + size))).items():
            reference = profile.columns[name]
            for measure in (measure for measure in measures if reference.kind in measure.columns):
                value = measure.measure(reference, window)
                if not isinstance(value, Missing):
                    found.setdefault(name, {}).setdefault(measure.name, []).append(value)
    return {name: {measure: tuple(values) for measure, values in by.items()} for name, by in found.items()}


def _cut(values: Any, start: int, end: int) -> Any:
    if isinstance(values, Coded):
        return msgspec.structs.replace(values, codes=values.codes[start:end])
    return values[start:end]
