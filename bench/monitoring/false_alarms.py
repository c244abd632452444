"""1,000 streams without drift: how often a month an alarm comes, against what was stated; and which drift is found.

Each stream has a reference of its own and windows of seven days on each of 30 days, which overlap, with the settings of
production. The stated interval must hold the measured number of windows in alarm a month. The interval of what was
measured is over streams, because windows of one stream go together. `--streams N` makes fewer.
"""

import argparse
import math
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any, NamedTuple

import msgspec
import numpy as np
from lines import line
from streams import CONTRACT, TOUCHED, Drift, rows

from lamplighter.lifecycle.alarms import Alarm, alarm_of
from lamplighter.measures import drift_measure
from lamplighter.measures.base import DriftMeasure
from lamplighter.monitoring.alarms import Calibration, FalseAlarms, Thresholds, fixed
from lamplighter.monitoring.counts import Counts, count, merge_all
from lamplighter.monitoring.drift import WindowDrift, drift
from lamplighter.monitoring.profile import Profile, reference_profile

REFERENCE, BY_DAY, WINDOW, LOOKS_OF_MONTH = 21_000, 500, 7, 30.4375
DAYS = 30
#: Streams on which what is told, and which drift is found, is looked at as well.
CLOSELY = 200
MEASURES: tuple[DriftMeasure, ...] = (drift_measure("jensen_shannon"), drift_measure("missing"))
DRIFTS = {
    "shift of 0.1 sd": Drift(shift=0.1),
    "shift of 0.2 sd": Drift(shift=0.2),
    "shift of 0.5 sd": Drift(shift=0.5),
    "scale by 1.1": Drift(scale=1.1),
    "scale by 1.3": Drift(scale=1.3),
    "5 % change category": Drift(moved=0.05),
    "15 % change category": Drift(moved=0.15),
    "3 % more missing": Drift(missing=0.03),
    "10 % more missing": Drift(missing=0.10),
}


class Stream(NamedTuple):
    """What one stream showed."""

    #: Windows of 30 in which an alarm came, by rule.
    windows: dict[str, int]
    #: False alarms stated for one window, by rule.
    stated: dict[str, FalseAlarms]
    #: Whether the drifted column was found, by rule and drift.
    found: dict[tuple[str, str], bool]


def stream(seed: int, alarm: Alarm) -> Stream:
    """One stream: a month without drift, and for some a week of each drift."""
    random = np.random.default_rng([20_260_000, seed])
    columns, scores = rows(REFERENCE, random)
    profile = reference_profile(CONTRACT, columns, scores)
    days = [count(profile, *rows(BY_DAY, random)) for _ in range(DAYS + WINDOW - 1)]
    weeks = [merge_all(profile, days[day : day + WINDOW]) for day in range(DAYS)]
    rules = _rules(profile, (columns, scores), alarm, closely=seed < CLOSELY)
    windows = {name: sum(bool(_held(profile, week, rule).drifted) for week in weeks) for name, rule in rules.items()}
    stated = {name: rule.false_alarms for name, rule in rules.items() if isinstance(rule.false_alarms, FalseAlarms)}
    found = _detected(profile, rules, random) if seed < CLOSELY else {}
    return Stream(windows, stated, found)


def _rules(profile: Profile, reference: Any, alarm: Alarm, *, closely: bool) -> dict[str, Thresholds]:
    made = partial(Calibration, profile, MEASURES, rate=alarm.rate, draws=alarm.draws)
    rules = {"beyond chance": made().thresholds(BY_DAY * WINDOW)}
    if closely:
        floors = fixed(profile, MEASURES)
        rules["told"] = made(floors=floors.values).thresholds(BY_DAY * WINDOW)
        rules["fixed 0.1"] = floors
        rules["mean + 3 sd of chunks"] = _of_chunks(profile, *reference)
    return rules


def _of_chunks(profile: Profile, columns: Any, scores: Any) -> Thresholds:
    """The rule of NannyML: Jensen-Shannon of parts of the reference as long as a window, their mean and three deviations."""
    measure = MEASURES[0]
    found: dict[str, list[float]] = {}
    for start in range(0, REFERENCE, BY_DAY * WINDOW):
        at = slice(start, start + BY_DAY * WINDOW)
        chunk = {name: _cut(values, at) for name, values in columns.items()}
        for column in _held(profile, count(profile, chunk, scores[at]), fixed(profile, [measure])).columns:
            found.setdefault(column.column, []).append(float(column.readings[0].value))  # type: ignore[arg-type]
    values = {name: {measure.name: float(np.mean(made) + 3.0 * np.std(made))} for name, made in found.items()}
    return msgspec.structs.replace(fixed(profile, MEASURES), values=values)


def _cut(values: Any, at: slice) -> Any:
    return msgspec.structs.replace(values, codes=values.codes[at]) if hasattr(values, "codes") else values[at]


def _held(profile: Profile, week: Counts, rule: Thresholds) -> WindowDrift:
    return drift(profile, week, MEASURES, rule)


def _detected(profile: Profile, rules: dict[str, Thresholds], random: np.random.Generator) -> dict[tuple[str, str], bool]:
    found = {}
    for name, how in DRIFTS.items():
        week = count(profile, *rows(BY_DAY * WINDOW, random, how))
        wanted = next(TOUCHED[field] for field in how._fields if getattr(how, field) != getattr(Drift(), field))
        for rule, thresholds in rules.items():
            moved = {column.column for column in _held(profile, week, thresholds).drifted}
            found[rule, name] = wanted in moved
    return found


def _report(streams: list[Stream], rule: str, looks: float) -> bool:
    known = [one for one in streams if rule in one.windows]
    by_month = np.array([one.windows[rule] for one in known]) / DAYS * looks
    mean, half = float(by_month.mean()), 1.96 * float(by_month.std()) / math.sqrt(len(known))
    what = f"{rule}: {mean:.3f} windows in alarm a month ({mean - half:.3f} to {mean + half:.3f}), {len(known)} streams"
    if rule not in known[0].stated:
        print(f"{what}; states nothing", flush=True)
        return True
    stated = [one.stated[rule].times(looks) for one in known]
    low, expected, high = (float(np.mean([getattr(s, end) for s in stated])) for end in ("low", "expected", "high"))
    print(f"{what}; stated {expected:.3f} ({low:.3f} to {high:.3f})", flush=True)
    line(f"false_alarms_{rule.replace(' ', '_')}", max(mean, 1e-9), "stated", expected, "windows/month", lower_is_better=True)
    return low <= mean <= high


def main() -> int:
    """Print what was measured; 1 if a stated interval does not hold it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    alarm = alarm_of(1.0, LOOKS_OF_MONTH)
    with ProcessPoolExecutor(asked.processes) as pool:
        streams = list(pool.map(partial(stream, alarm=alarm), range(asked.streams), chunksize=5))
    rules = list(streams[0].windows)
    inside = [_report(streams, rule, alarm.looks) for rule in rules]
    hits = Counter(key for one in streams for key, hit in one.found.items() if hit)
    closely = min(CLOSELY, asked.streams)
    for name in DRIFTS:
        print(f"{name}: " + ", ".join(f"{rule} {hits[rule, name] / closely:.0%}" for rule in rules), flush=True)
    return 0 if all(inside) else 1


if __name__ == "__main__":
    sys.exit(main())
