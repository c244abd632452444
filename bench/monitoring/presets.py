"""Our presets against the libraries they are named after: the same tables, figures and verdicts by column, in the same run."""

import csv
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
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
_HOME = Path(__file__).parents[2] / ".bench"
_UV = Path(sys.executable).with_name("uv")
CHUNKED = ("jensen_shannon", "hellinger", "l_infinity", "kolmogorov_smirnov")
CATEGORICAL = tuple(column.name for column in CONTRACT.inputs if column.kind in (Kind.TEXT, Kind.BOOLEAN))
#: How far a figure may be from that of the library, by the name it has there.
ERRORS = {"kolmogorov_smirnov": 2e-3, "wasserstein": 2e-3, "ks_p": 0.05}
EXACT = 1e-9
#: Rows of the reference, and what has changed in the window of 3,000.
CASES = {
    "large, still": (20_000, Drift()),
    "large, moved": (20_000, Drift(shift=0.15, scale=1.3, moved=0.15)),
    "small, still": (800, Drift()),
    "small, moved": (800, Drift(shift=0.15, scale=1.3, moved=0.15)),
}
Table = tuple[dict[str, Values], FloatArray]


def environment(folder: str) -> Path:
    """The interpreter of a library's environment, made the first time."""
    place, wanted = _HOME / folder, _HERE / folder / "requirements.txt"
    stamp = place / "ready.txt"
    if not stamp.exists() or stamp.read_text() != wanted.read_text():
        print(f"Installing {folder}", file=sys.stderr, flush=True)
        _uv("venv", "--clear", "--python", sys.executable, str(place))
        _uv("pip", "install", "--python", str(place / "bin/python"), "-r", str(wanted))
        stamp.write_text(wanted.read_text())
    return place / "bin/python"


def _uv(*arguments: str) -> None:
    subprocess.run([str(_UV), "--quiet", *arguments], check=True)


def theirs(library: str, reference: Table, window: Table, *method: str) -> dict[str, dict[str, Any]]:
    """What a library says, by column."""
    with tempfile.TemporaryDirectory() as folder:
        for name, table in (("reference", reference), ("window", window)):
            _write(Path(folder) / f"{name}.csv", table[0])
        command = [environment(library), _HERE / library / "verdicts.py", folder, *method, *CATEGORICAL]
        done = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)
    told: dict[str, dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return told


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


def agreements(reference: Table, window: Table) -> Iterator[tuple[str, str, Verdict, float, float | None, bool]]:
    """Library, column, our verdict, and its figure, limit and verdict."""
    profile = profile_of(reference)
    counts = count(profile, window[0])
    told = theirs("evidently", reference, window)
    for ours in preset("evidently", "jensen_shannon").verdicts(profile, counts):
        other = told[ours.column]
        limit = other.get("threshold", 0.5)
        yield "evidently", ours.column, ours, other["value"], limit, _drifted(other["value"], limit, ours.figure)
    for method in METHODS:
        told = theirs("nannyml", reference, window, "chi2" if method == "chi_square" else method)
        for ours in preset("nannyml", method).verdicts(profile, counts):
            other = told[ours.column]
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
    for place, (name, (size, how)) in enumerate(CASES.items()):
        random = np.random.default_rng([7, place])
        reference, window = rows(size, random), rows(3000, random, how)
        worst: dict[tuple[str, str], float] = {}
        for library, column, ours, value, limit, wants in agreements(reference, window):
            allowed = ERRORS.get(ours.figure, EXACT)
            apart = max(abs(ours.value - value), abs(ours.limit - limit) if limit is not None else 0.0)
            worst[library, ours.figure] = max(worst.get((library, ours.figure), 0.0), apart)
            near = abs(value - ours.limit) <= allowed
            agree = ours.drifted == wants or near
            same, verdicts = same + (ours.drifted == wants), verdicts + 1
            if apart > allowed or not agree or "-v" in arguments:
                print(f"{name} {library} {column or 'all'}: {ours} against {value} ({limit}) {wants}", flush=True)
            wrong += apart > allowed or not agree
        print(f"{name}: " + ", ".join(f"{lib} {figure} {apart:.1e}" for (lib, figure), apart in worst.items()), flush=True)
    line("preset_verdicts", same, "their_own", verdicts, "verdicts")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
