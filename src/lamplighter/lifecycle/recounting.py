"""Count the prediction log anew: the profiles of days whose counts were lost, cannot be read, or were made by another rule.

What is compacted is counted while the collector goes on; what it has brought in meanwhile is counted in the transaction that
puts the days in place.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from lamplighter.domain.errors import LampError
from lamplighter.domain.events.prediction import Recounted as Happened
from lamplighter.domain.identity import Actor
from lamplighter.domain.prediction import Scored
from lamplighter.domain.recounted import Recounted
from lamplighter.lifecycle import collection, compaction, logged, profiles
from lamplighter.lifecycle.intake import DAY
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.logged import Asked
from lamplighter.monitoring import counts as counting
from lamplighter.monitoring.counts import Counts, merge
from lamplighter.monitoring.profile import Profile
from lamplighter.monitoring.table import count_parts
from lamplighter.store import recorded
from lamplighter.store.transaction import Transaction

#: A segment that becomes files while it is read lets a count begin again, so often.
_TRIES = 3
#: A version and the start of a day.
Place = tuple[int, int]


def recount(kit: Kit, actor: Actor, model: str, environment: str, since: int) -> Recounted:
    """Count what the log holds of a model from the day of a moment of event time on.

    A day of which the log holds fewer rows than were counted stays as it is.
    """
    with kit.store.reading() as look:
        versions = look.versions.all(model=model)
    references = {version.number: found for version in versions if (found := profiles.profile_of(kit, version)) is not None}
    first = min(max(0, since), kit.clock.now() + DAY) // DAY * DAY
    lock = kit.segments[environment]
    for _ in range(_TRIES):
        with lock:
            count = Count(kit, model, environment, references, first)
        with suppress(FileNotFoundError):
            count.read()
            with lock:
                if count.is_there:
                    return count.put(actor)
    # Where so much comes in, the collector waits for once.
    with lock:
        count = Count(kit, model, environment, references, first)
        count.read()
        return count.put(actor)


class Count:
    """One attempt. Made and put under the lock of the segments."""

    def __init__(self, kit: Kit, model: str, environment: str, references: Mapping[int, Profile], since: int) -> None:
        self._kit, self._model, self._environment = kit, model, environment
        self._references, self._since = references, since
        self._asked = {number: Asked(partial(self._kept, number)) for number in references}
        self._days: dict[Place, Counts] = {}
        self._files, segments = _listed(kit, environment, model, since)
        with kit.store.reading() as look:
            self._positions = {one.name: look.predictions.position(environment, one.name) for one in segments}

    def _kept(self, number: int, ids: Sequence[str]) -> dict[str, tuple[int, float]]:
        with self._kit.store.reading() as look:
            return look.predictions.kept_as(number, ids)

    @property
    def is_there(self) -> bool:
        """Whether every segment that was read is one still."""
        return self._positions.keys() <= {one.name for one in collection.segments(self._kit, self._environment)}

    def read(self) -> None:
        """Count the files, and what was collected of the segments; raises `FileNotFoundError` if one became files meanwhile."""
        for (number, _), listed in self._files.items():
            # A day that has grown too old meanwhile is gone.
            files = [file for file in listed if file.exists()]
            reference = self._references.get(number)
            if files and reference is not None:
                parts = logged.parts(files, self._since, self._asked[number])
                found = count_parts(reference, parts, logged.naming(recorded.redacted_in(files[0])))
                self._take({(number, day): counts for day, counts in found.items()})
        for name, end in self._positions.items():
            self._read(self._folder / name, 0, end)

    @property
    def _folder(self) -> Path:
        return self._kit.settings.serving / self._environment / "segments"

    def _read(self, segment: Path, start: int, end: int) -> None:
        for bite in _bites(segment, start, end):
            by_number: defaultdict[int, list[Scored]] = defaultdict(list)
            for record in bite:
                if record.model == self._model and record.number in self._references:
                    by_number[record.number].append(record)
            for number, records in by_number.items():
                fresh = [one for one in logged.counted(records, self._asked[number]) if one.event_at >= self._since]
                found = profiles.counts_of(fresh, {(self._model, number): self._references[number]})
                self._take({(number, day): counts for (_, _, day), counts in found.items()})

    def _take(self, found: Mapping[Place, Counts]) -> None:
        for place, counts in found.items():
            self._days[place] = merge(self._days[place], counts) if place in self._days else counts

    def put(self, actor: Actor) -> Recounted:
        """Count the rest, and put the days in place of those that are known."""
        kit, model, environment = self._kit, self._model, self._environment
        with kit.store.transaction() as change:
            known = change.profiles.all_days(model, environment, self._since)
            # In the order of the collector, which has said that days have changed when it waits for the counts.
            change.profiles.soil({(model, environment, day) for _, day in {*self._days, *known}}, kit.clock.now())
            change.profiles.hold(environment)
            self._read_on(change)
            known = change.profiles.all_days(model, environment, self._since)
            made = {place: counts for place in {*self._days, *known} if (counts := self._better(place, known)) is not None}
            days = {(model, number, day): counting.counts_bytes(counts) for (number, day), counts in made.items()}
            change.profiles.put(environment, days)
            rows = sum(counts.rows for counts in made.values())
            kit.record(change, Happened(model=model, environment=environment, days=len(made), rows=rows), actor)
        kept = len({*self._days, *known}) - len(made)
        return Recounted(model=model, environment=environment, days=len(made), rows=rows, kept=kept)

    def _read_on(self, change: Transaction) -> None:
        for segment in collection.segments(self._kit, self._environment):
            end = change.predictions.position(self._environment, segment.name)
            self._read(segment, self._positions.get(segment.name, 0), end)

    def _better(self, place: Place, known: Mapping[Place, bytes]) -> Counts | None:
        """What stands for a day from now on; nothing where that is what stands there."""
        number, _ = place
        fresh, reference = self._days.get(place), self._references.get(number)
        if place not in known or reference is None:
            return fresh
        before = _read_counts(known[place], reference)
        if before is None:
            return fresh or counting.nothing(reference)
        return fresh if fresh is not None and fresh.rows >= before.rows else None


def _read_counts(content: bytes, reference: Profile) -> Counts | None:
    try:
        counts = counting.counts_from(content)
    except LampError:
        return None
    return counts if counts.profile == reference.identity else None


def _listed(kit: Kit, environment: str, model: str, since: int) -> tuple[dict[tuple[int, str], list[Path]], list[Path]]:
    """The files of a model by version and redaction, oldest first, and the segments that are none yet."""
    segments = collection.segments(kit, environment)
    # While a segment is being compacted its records are in both.
    whole = {segment.stem for segment in segments}
    # A request is answered at most a day before it happens.
    first = compaction.day_of(max(0, since - DAY))
    files: defaultdict[tuple[int, str], list[Path]] = defaultdict(list)
    for path in sorted(compaction.folder(kit, environment, model).glob("*/*.parquet"), key=compaction.order):
        if compaction.segment_of(path) not in whole and path.parent.name >= first:
            files[compaction.kind_of(path)].append(path)
    return dict(files), segments


def _bites(segment: Path, start: int, end: int) -> Iterator[list[Scored]]:
    position = start
    while position < end and (found := collection.read(segment, position)):
        yield [record for record, stop in found if position + stop <= end]
        position += found[-1][1]
