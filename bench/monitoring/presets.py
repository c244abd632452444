"""Our presets against the libraries they are named after: the same tables, figures and verdicts by column, in the same run.

Each library starts once for all tables. The largest difference of each figure is held against how far the preset says it is.
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
from typing import Any

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
from lamplighter.monitoring.counts import count
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
Agreement = tuple[str, str, Verdict, float, float | None, bool]


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
    """Library, column, our verdict, and its figure, limit and verdict."""
    profile = profile_of(reference)
    counts = count(profile, window[0])
    for ours in preset("evidently", "jensen_shannon").verdicts(profile, counts):
        other = said[""][ours.column]
        limit = other.get("threshold", 0.5)
        yield "evidently", ours.column, ours, other["value"], limit, _drifted(other["value"], limit, ours.figure)
    for method in METHODS:
        for ours in preset("nannyml", method).verdicts(profile, counts):
            other = said[_THEIRS.get(method, method)][ours.column]
            # NannyML gives the statistic of chi-square as value and alerts on its probability.
            value = ours.value if ours.figure == "chi_square_p" else other["value"]
            yield f"nannyml {method}", ours.column, ours, value, other.get("upper_threshold"), bool(other["alert"])


def _drifted(value: float, limit: float, figure: str) -> bool:
    """The verdict of Evidently, which its report leaves to the reader."""
    if figure in ("z_p", "chisquare_p"):
        return value < limit
    return value <= limit if figure == "ks_p" else value >= limit


def main(arguments: Sequence[str] = ()) -> int:
    """Print the largest difference of each figure and the verdicts that agree; 1 if any is not as stated."""
    wrong, same, verdicts = 0, 0, 0
    worst: dict[tuple[str, str], float] = {}
    with tempfile.TemporaryDirectory() as folder:
        tables = written(Path(folder))
        evidently = theirs("evidently", Path(folder))
        nannyml = theirs("nannyml", Path(folder), ",".join(_THEIRS.get(method, method) for method in METHODS))
    for name, (reference, window) in tables.items():
        for library, column, ours, value, limit, wants in agreements(reference, window, evidently[name] | nannyml[name]):
            allowed = ERRORS.get(ours.figure, EXACT)
            apart = max(abs(ours.value - value), abs(ours.limit - limit) if limit is not None else 0.0)
            key = library.split()[0], ours.figure
            worst[key] = max(worst.get(key, 0.0), apart)
            near = abs(value - ours.limit) <= allowed
            agree = ours.drifted == wants or near
            same, verdicts = same + (ours.drifted == wants), verdicts + 1
            if apart > allowed or not agree or "-v" in arguments:
                print(f"{name} {library} {column or 'all'}: {ours} against {value} ({limit}) {wants}", flush=True)
            wrong += apart > allowed or not agree
    for (library, figure), apart in worst.items():
        allowed = ERRORS.get(figure, EXACT)
        line(f"preset_{library}_{figure}_largest_difference", max(apart, 1e-16), "stated", allowed, "1", lower_is_better=True)
    line("preset_verdicts", same, "their_own", verdicts, "verdicts")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
