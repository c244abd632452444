"""One monitoring cycle of 1,000 models by 20 inputs: a day of predictions waits for each, and then labels for half of them.

The loop of the control plane runs as it is, with its threads and a database on disk, until nothing waits any more: every
record is counted, every window is measured, and whatever follows has happened. Only the processes of the environment are not
looked after: none run here. The limit holds for both parts together. `cycle.py MODELS` takes fewer models.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import estate
import numpy as np

from lamplighter.domain.contract import Column, Contract, Kind, Meaning, Output
from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.false_alarms import looks
from lamplighter.domain.identity import PLATFORM, Role
from lamplighter.domain.journal import Entry
from lamplighter.domain.prediction import Scored, frame, prediction_id
from lamplighter.domain.project_file import project_from
from lamplighter.domain.route import Arm, Served
from lamplighter.domain.routing import Routing
from lamplighter.domain.version import Manifest, Version
from lamplighter.domain.window import DAY
from lamplighter.lifecycle import alarms, calibrations, people, watching
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.lookout import Lookout
from lamplighter.lifecycle.processes import Processes
from lamplighter.lifecycle.reconciler import Reconciler
from lamplighter.lifecycle.watching import Label
from lamplighter.measures import drift_measure
from lamplighter.monitoring.profile import PREDICTION, Profile, profile_bytes, reference_profile
from lamplighter.monitoring.truth import truth
from lamplighter.sdk.release import profile_artifact
from lamplighter.serving.segments import Segments
from lamplighter.settings import Settings
from lamplighter.web import heap

sys.path.insert(0, str(Path(__file__).parents[1] / "serving"))
from lines import line

MODELS, NUMBERS, TEXTS = 1000, 16, 4
#: Rows of a reference, and of the day that waits; one more row of the next day ends it.
REFERENCE, ROWS = 2000, 525
#: Rows of a request, and models that are scored side by side.
REQUEST, AT_ONCE = 25, 20
PLACE = "prod"
LIMIT = 60.0
_WORDS = tuple(f"word-{place}" for place in range(12))
_SHARES = 1.0 / np.arange(1, 13) / (1.0 / np.arange(1, 13)).sum()
CONTRACT = Contract(
    inputs=(
        *(Column(name=f"number_{place}", kind=Kind.NUMBER, nullable=True) for place in range(NUMBERS)),
        *(Column(name=f"text_{place}", kind=Kind.TEXT) for place in range(TEXTS)),
    ),
    output=Output(name="late", meaning=Meaning.PROBABILITY, classes=("no", "yes")),
)


class Rows(NamedTuple):
    """Rows of one model: a list of values for each column, scores, and what came true."""

    columns: Mapping[str, Sequence[Any]]
    scores: Sequence[float]
    labels: Sequence[float]


class Nobody(Processes):
    """Processes of environments that are not looked after."""

    def restore(self, name: str) -> None:
        """Start nothing."""

    def look(self, name: str, turned_away: MutableMapping[tuple[str, str], int]) -> None:
        """Miss nothing."""


class Loop(Reconciler):
    """The loop of the control plane, without processes of environments."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self._processes = Nobody(kit)
        self._lookout = Lookout(kit, self._processes)


def rows(random: np.random.Generator, count: int, shift: float = 0.0) -> Rows:
    """Rows of a model whose first input has moved by so many standard deviations."""
    numbers = random.normal(size=(NUMBERS, count))
    numbers[0] += shift
    chance = 1.0 / (1.0 + np.exp(1.0 - numbers[0] - 0.5 * numbers[1]))
    columns: dict[str, Sequence[Any]] = {f"number_{place}": numbers[place].tolist() for place in range(NUMBERS)}
    for place in range(TEXTS):
        columns[f"text_{place}"] = random.choice(_WORDS, size=count, p=_SHARES).tolist()
    return Rows(columns, chance.tolist(), (random.random(count) < chance).astype(float).tolist())


def reference(random: np.random.Generator) -> Profile:
    """A reference as a release makes it."""
    known = rows(random, REFERENCE)
    made = reference_profile(CONTRACT, known.columns, known.scores, edges=(0.5,))
    bins = made.columns[PREDICTION].bins
    right = truth(bins, Meaning.PROBABILITY, known.labels, known.scores, 0.5, held_out=True)  # type: ignore[arg-type]
    weights = {f"number_{place}": 1.0 / (place + 1) for place in range(NUMBERS)}
    return Profile(identity=made.identity, columns=made.columns, importance=weights, truth=right)


def fill(kit: Kit, models: int) -> list[Rows]:
    """Write live models with a version each, their thresholds, and the segments of a day; gives the rows of each model."""
    for email in (estate.EMAIL, "ada@example.com"):
        people.save_person(kit, PLATFORM, email, email.partition("@")[0], (Role.IT,))
    midnight = time.time_ns() // 1000 // DAY * DAY
    random = np.random.default_rng(6)
    made, waiting = [], []
    for start in range(0, models, 50):
        with kit.store.transaction() as change:
            change.environments.put(Environment(name=PLACE, level=Level.PRODUCTION, port=17083))
            for number in range(start, min(models, start + 50)):
                profile = reference(random)
                version = _version(kit, estate.name_of(number), profile_bytes(profile), midnight)
                change.projects.put(_project(version.model))
                change.versions.put(version)
                served = Served(number=1, digest=version.digest)
                routing = Routing(model=version.model, environment=PLACE, champion=served, live_since=midnight - 9 * DAY)
                change.routings.add(routing)
                made.append((version, profile))
                # One model in 20 has an input that moved.
                waiting.append(rows(random, ROWS + 1, shift=1.0 if number % 20 == 0 else 0.0))
    _thresholds(kit, [profile for _, profile in made])
    _write(kit, [version for version, _ in made], waiting, midnight)
    return waiting


def _project(name: str) -> Any:
    stages = ("design", "industrialization", "deployment", "monitoring", "management")
    return project_from(
        {
            "model": {"name": name},
            "owners": {**dict.fromkeys(stages, "ada@example.com"), "deputy": estate.EMAIL},
            "impact": {"customers": False, "loss": "small", "reversible": True, "automated": False, "updates": "monthly"},
            "monitor": {"quality": {"metric": "brier", "limit": 0.3, "window": "1d"}},
        }
    )


def _version(kit: Kit, name: str, profile: bytes, now: int) -> Version:
    artifact = profile_artifact(profile)
    kit.artifacts.put(artifact.digest, profile)
    manifest = Manifest(model=name, runtime="compiled", contract=CONTRACT, artifacts=(artifact,))
    return Version(
        model=name, number=1, digest=manifest.digest, manifest=manifest, author="ada@example.com", created_at=now - 9 * DAY
    )


def _thresholds(kit: Kit, profiles: Sequence[Profile]) -> None:
    """Keep thresholds for every reference, as they are after its first window: those of the first, drawn here once."""
    with kit.store.reading() as look:
        project = look.projects.all()[0]
        alarm = alarms.alarms(kit, look, project, looks(project.monitor)).inputs
        measures = (drift_measure(project.monitor.measure), drift_measure("missing"))
        begun = time.process_time()
        calibrations.thresholds(kit, look, profiles[0], measures, alarm, ROWS)
        spent = time.process_time() - begun
    with kit.store.reading() as look:
        known = look.calibrations.of(calibrations.place_of(profiles[0], measures, alarm))
    with kit.store.transaction() as change:
        for profile in profiles[1:]:
            change.calibrations.put(calibrations.place_of(profile, measures, alarm), known)
    print(f"# thresholds are drawn once for each version and size of window, here {len(known)} times in {spent:.1f} s of CPU")


def _write(kit: Kit, versions: Sequence[Version], waiting: Sequence[Rows], midnight: int) -> None:
    """A day as jobs leave it that score some models at a time, request by request, and a row of the next day."""
    folder = kit.settings.serving / PLACE / "segments"
    folder.mkdir(parents=True)
    segments = Segments(folder, "0", midnight)
    for first in range(0, len(versions), AT_ONCE):
        for start in range(0, ROWS + 1, REQUEST):
            at = midnight - DAY + start * (DAY // ROWS) if start < ROWS else midnight
            group = range(first, min(first + AT_ONCE, len(versions)))
            segments.append(b"".join(frame(_request(versions[one], waiting[one], one, start, at)) for one in group))
    segments.close()


def _request(version: Version, known: Rows, number: int, start: int, at: int) -> Scored:
    part = slice(start, start + REQUEST)
    scores = known.scores[part]
    return Scored(
        request=_name(number, start), model=version.model, number=1, digest=version.digest, arm=Arm.CHAMPION,
        consumer="bench@example.com", at=at, event_at=at, duration=400, rows=len(scores), scores=scores,
        columns={name: values[part] for name, values in known.columns.items()},
    )  # fmt: skip


def _name(number: int, start: int) -> str:
    return f"{number:015x}{start:015x}"


def label(kit: Kit, waiting: Sequence[Rows]) -> None:
    """Say what came true, for every other model."""
    for number in range(0, len(waiting), 2):
        known = waiting[number].labels
        labels = [
            Label(id=prediction_id(_name(number, row - row % REQUEST), row % REQUEST), value=known[row]) for row in range(ROWS)
        ]
        watching.push_labels(kit, estate.name_of(number), labels)


def is_idle(kit: Kit) -> bool:
    """Whether nothing waits: no record, no window, no reaction."""
    folder = kit.settings.serving / PLACE / "segments"
    with kit.store.reading() as look:
        read = all(look.predictions.position(PLACE, path.name) == path.stat().st_size for path in folder.glob("*.seg"))
        entries: Sequence[Entry] = look.journal.after(look.counters.value("reactions"))
        return read and not look.profiles.dirty() and not entries


def spent(kit: Kit) -> tuple[float, float]:
    """Let the loop run until nothing waits; seconds of the clock and of the processor."""
    begun, busy = time.monotonic(), time.process_time()
    while not is_idle(kit):
        time.sleep(0.5)
    return time.monotonic() - begun, time.process_time() - busy


def checked(kit: Kit, models: int) -> None:
    """Fail if a record, a figure or a finding is not there."""
    with kit.store.reading() as look:
        for number in range(models):
            name = estate.name_of(number)
            assert look.answered.count(name, PLACE) == ROWS + 1, name
            found = look.readings.all(model=name, environment=PLACE)
            aspects = {one.aspect for one in found}
            assert aspects == {"drift", "completeness", "estimate", *(("quality", "calibration") if number % 2 == 0 else ())}, (
                name,
                aspects,
            )
            assert sum(one.aspect == "drift" for one in found) == NUMBERS + TEXTS + 1, name
            moved = look.inputs.find(model=name, environment=PLACE, number=1)
            assert moved is not None, name
            # Thresholds of another reference let some of the others alarm, too.
            assert moved.matter or number % 20, name


def main(models: int) -> int:
    """Print the lines; 1 if the limit is crossed."""
    with tempfile.TemporaryDirectory(prefix="lamp-cycle-") as folder:
        kit = Kit.open(Settings(home=folder))
        people.bootstrap(kit)
        waiting = fill(kit, models)
        heap.settle()
        loop = Loop(kit)
        parts: list[tuple[str, Callable[[], object]]] = [
            ("predictions", loop.start),
            ("labels", lambda: label(kit, waiting)),
        ]
        total = 0.0
        for name, begin in parts:
            begin()
            seconds, busy = spent(kit)
            print(f"# {name} of {models} models: {seconds:.1f} s, {busy:.1f} s of CPU")
            total += seconds
        loop.stop()
        checked(kit, models)
        kit.close()
    print(f"# {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most")
    return int(line(f"monitoring_cycle_{models}_models", total, "limit", LIMIT, "s", lower_is_better=True) < 1)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else MODELS))
