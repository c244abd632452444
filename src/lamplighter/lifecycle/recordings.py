"""The prediction log of a model as it lies on the disk, the newest file first.

A segment is opened when it is listed and before the compacted files are, so that what is compacted meanwhile is read once:
from the segment, which is gone by name only.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from lamplighter.domain.prediction import Scored, frames
from lamplighter.domain.rows import Clock, Window
from lamplighter.lifecycle import collection, compaction
from lamplighter.lifecycle.intake import DAY
from lamplighter.lifecycle.kit import Kit
from lamplighter.store import recorded


class Recording(NamedTuple):
    """One file of the log."""

    path: Path
    size: int
    #: The open segment; nothing for a compacted file.
    segment: IO[bytes] | None

    def records(self, model: str, window: Window | None = None) -> Iterable[Scored]:
        """Its records of a model and, where one is named, of a window; none of a file whose time of keeping has just ended."""
        if self.segment is None:
            try:
                return recorded.read(self.path, model, window)
            except FileNotFoundError:
                return ()
        return self._of_segment(model, window)

    def _of_segment(self, model: str, window: Window | None) -> Iterator[Scored]:
        assert self.segment is not None
        for record, _ in frames(self.segment.read(self.size)):
            if record.model == model and (window is None or window.holds(record)):
                yield record


@contextmanager
def newest_first(kit: Kit, model: str, environment: str, window: Window | None = None) -> Iterator[list[Recording]]:
    """The files that may hold requests of a model, those of a window if one is named, for as long as the context lasts.

    A request is taken to be answered at most a day before it happens.
    """
    with ExitStack() as opened:
        listed = (_opened(kit, environment, path, opened) for path in _segments(kit, environment))
        segments = [one for one in listed if one is not None]
        whole = {one.path.stem for one in segments}
        found = compaction.folder(kit, environment, model).glob("*/*.parquet")
        files = [path for path in found if compaction.segment_of(path) not in whole and _may_hold(path, window)]
        files.sort(key=lambda path: path.parent.name, reverse=True)
        yield segments + [Recording(path, path.stat().st_size, None) for path in files if path.exists()]


def _segments(kit: Kit, environment: str) -> list[Path]:
    return sorted(collection.segments(kit, environment), key=_order, reverse=True)


def _order(segment: Path) -> tuple[str, str]:
    _, started_at, sequence = segment.stem.split("-")
    return started_at, sequence


def _opened(kit: Kit, environment: str, path: Path, opened: ExitStack) -> Recording | None:
    try:
        segment = opened.enter_context(path.open("rb"))
    except FileNotFoundError:
        return None
    return Recording(path, _end(kit, environment, path), segment)


def _end(kit: Kit, environment: str, path: Path) -> int:
    """Where a segment ends: one of pushed predictions where what was acknowledged does."""
    if not collection.is_pushed(path):
        return path.stat().st_size
    with kit.store.reading() as look:
        return look.predictions.position(environment, path.name)


def _may_hold(path: Path, window: Window | None) -> bool:
    """Whether a file may hold requests of a window, by the day on which they were answered."""
    if window is None:
        return True
    day = path.parent.name
    if window.clock is Clock.ANSWER:
        return compaction.day_of(window.start) <= day <= compaction.day_of(window.end)
    return compaction.day_of(max(0, window.start - DAY)) <= day
