"""Our presets against the libraries they are named after: the same tables, figures and verdicts by column, in the same run.

Each library starts once for all tables. The largest difference of each figure is held against how far the preset says it is.
Where a window holds several texts that the reference lacks, two figures of NannyML are others, as the preset says: L-infinity
may be larger here and never smaller, and chi-square has the same statistic and alerts more often, never more seldom.
"""

import csv
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
from contest import VARIABLES
from environments import environment
from lines import line
from streams import CONTRACT, Drift, rows

from lamplighter.domain.contract import Kind
from lamplighter.measures import drift_measure
from lamplighter.monitoring.arrays import Coded, FloatArray, Values
from lamplighter.monitoring.chunks import chunk_values
from lamplighter.monitoring.counts import Counts, count, windows
from lamplighter.monitoring.probability import chi_square_below
from lamplighter.monitoring.profile import Profile, reference_profile
from lamplighter.presets import preset
from lamplighter.presets.base import Verdict
from lamplighter.presets.nannyml import METHODS

_HERE = Path(__file__).parent / "peers"
CHUNKED = ("jensen_shannon", "hellinger", "l_infinity", "kolmogorov_smirnov")
CATEGORICAL = tuple(column.name for column in CONTRACT.inputs if column.kind in (Kind.TEXT, Kind.BOOLEAN))
#: How far a figure may be from that of the library, by the name it has there.
ERRORS = {"kolmogorov_smirnov": 2e-3, "wasserstein": 2e-3, "ks_p": 0.06}
EXACT = 1e-9
#: Rows of the reference, and what has changed in the window of 3,000.
CASES = {
    "large, still": (20_000, Drift()),
    "large, moved": (20_000, Drift(shift=0.15, scale=1.3, moved=0.15)),
    "small, still": (800, Drift()),
    "small, moved": (800, Drift(shift=0.15, scale=1.3, moved=0.15)),
}
#: Methods that have another name there.
_THEIRS = {"chi_square": "chi2"}
Table = tuple[dict[str, Values], FloatArray]
Verdicts = Mapping[str, dict[str, Any]]
#: By case and method.
Said = dict[str, dict[str, Verdicts]]


class Agreement(NamedTuple):
    """One figure on both sides."""

    library: str
    ours: Verdict
    #: What the library says: figure, limit where it gives one, and verdict.
    value: float
    limit: float | None
    wants: bool
    #: How far apart figures may be.
    allowed: float = EXACT
    #: Whether the window holds several texts that the reference lacks.
    several_new: bool = False

    @property
    def apart(self) -> float:
        """How far the figures, or the limits, are apart."""
        own = self.ours.value - self.value
        if self.several_new and self.ours.figure == "l_infinity":
            own = min(0.0, own)
        return max(abs(own), abs(self.ours.limit - self.limit) if self.limit is not None else 0.0)

    @property
    def is_near(self) -> bool:
        """Whether the figure is so near to its limit that either verdict may be."""
        return abs(self.value - self.ours.limit) <= self.allowed

    @property
    def is_right(self) -> bool:
        """Whether all is as the preset says."""
        agree = self.ours.drifted == self.wants or self.is_near or (self.several_new and self.ours.drifted)
        return self.apart <= self.allowed and agree


def theirs(library: str, home: Path, *methods: str) -> Said:
    """What a library says, by case, method and column; a library that chooses the method has one without a name."""
    command = [environment(_HERE / library), _HERE / library / "verdicts.py", home, *methods, *CATEGORICAL]
    variables = {**os.environ, **VARIABLES}
    done = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True, env=variables)
    told: Said = json.loads(done.stdout.splitlines()[-1])
    return told


def written(home: Path) -> dict[str, tuple[Table, Table]]:
    """Reference and window of each case, which are in a folder of its name as well."""
    made = {}
    for place, (name, (size, how)) in enumerate(CASES.items()):
        random = np.random.default_rng([7, place])
        made[name] = rows(size, random), rows(3000, random, how)
        (home / name).mkdir()
        for which, table in zip(("reference", "window"), made[name], strict=True):
            _write(home / name / f"{which}.csv", table[0])
    return made


def _write(path: Path, columns: dict[str, Values]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*(_texts(name, values) for name, values in columns.items()), strict=True))


def _texts(name: str, values: Values) -> list[str]:
    if isinstance(values, Coded):
        return [values.categories[code] if code >= 0 else "" for code in values.codes]
    numbers = np.asarray(values, dtype=np.float64).tolist()
    if name in CATEGORICAL:
        return ["true" if number else "false" for number in numbers]
    return ["" if math.isnan(number) else repr(number) for number in numbers]


def profile_of(reference: Table) -> Profile:
    """The profile of a reference with its chunks, as it is frozen with a version."""
    profile = reference_profile(CONTRACT, *reference)
    chunks = chunk_values(profile, *reference, [drift_measure(name) for name in CHUNKED])
    return msgspec.structs.replace(profile, chunks=chunks)


def agreements(reference: Table, window: Table, said: Mapping[str, Verdicts]) -> Iterator[Agreement]:
    """Our verdicts and theirs on every column."""
    profile = profile_of(reference)
    counts = count(profile, window[0])
    found: list[Agreement] = []
    for ours in preset("evidently", "jensen_shannon").verdicts(profile, counts):
        other = said[""][ours.column]
        limit, allowed = other.get("threshold", 0.5), ERRORS.get(ours.figure, EXACT)
        if not ours.column:
            # One that is at its limit moves the share.
            allowed += sum(one.is_near for one in found) / len(found)
        wants = _drifted(other["value"], limit, ours.figure)
        found.append(Agreement("evidently", ours, other["value"], limit, wants, allowed))
    yield from found
    for method in METHODS:
        for ours in preset("nannyml", method).verdicts(profile, counts):
            other = said[_THEIRS.get(method, method)][ours.column]
            # NannyML gives the statistic of chi-square as value and alerts on its probability.
            is_chi = ours.figure == "chi_square_p"
            value = _probability(profile, counts, ours.column, other["value"]) if is_chi else other["value"]
            several = ours.figure in ("chi_square_p", "l_infinity") and _new(reference, window, ours.column) > 1
            allowed = ERRORS.get(ours.figure, EXACT)
            yield Agreement(
                "nannyml", ours, value, other.get("upper_threshold"), bool(other["alert"]), allowed, several_new=several
            )


def _probability(profile: Profile, counts: Counts, column: str, statistic: float) -> float:
    """Of a chi-square statistic, with the texts that the reference lacks as one category."""
    occupied = (profile.columns[column].counts() + windows(profile, counts)[column].counts()) > 0
    return 1.0 - chi_square_below(statistic, int(occupied.sum()) - 1)


def _new(reference: Table, window: Table, column: str) -> int:
    """Texts of a window that the reference lacks."""
    before, after = (set(_texts(column, table[0][column])) for table in (reference, window))
    return len(after - before)


def _drifted(value: float, limit: float, figure: str) -> bool:
    """The verdict of Evidently, which its report leaves to the reader."""
    if figure in ("z_p", "chisquare_p"):
        return value < limit
    return value <= limit if figure == "ks_p" else value >= limit


def main(arguments: Sequence[str] = ()) -> int:
    """Print the largest difference of each figure and the verdicts that agree; 1 if any is not as stated."""
    wrong, same, verdicts = 0, 0, 0
    worst: dict[tuple[str, str], tuple[float, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        tables = written(Path(folder))
        evidently = theirs("evidently", Path(folder))
        nannyml = theirs("nannyml", Path(folder), ",".join(_THEIRS.get(method, method) for method in METHODS))
    for name, (reference, window) in tables.items():
        for one in agreements(reference, window, evidently[name] | nannyml[name]):
            key = one.library, one.ours.figure + ("_several_new_texts" if one.several_new else "")
            far, allowed = worst.get(key, (0.0, 0.0))
            worst[key] = max(far, one.apart), max(allowed, one.allowed)
            same, verdicts = same + (one.ours.drifted == one.wants), verdicts + 1
            if not one.is_right or "-v" in arguments:
                print(f"{name}: {one}", flush=True)
            wrong += not one.is_right
    for (library, figure), (apart, allowed) in worst.items():
        line(f"preset_{library}_{figure}_largest_difference", max(apart, 1e-16), "stated", allowed, "1", lower_is_better=True)
    line("preset_verdicts", same, "their_own", verdicts, "verdicts")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
