"""The time axis that figures of quality share: who answered when, and what is not known yet."""

from collections.abc import Sequence

from lamplighter.domain.monitor import Reading
from lamplighter.domain.monitored import Monitored, Release
from lamplighter.web.plots.line import Axis
from lamplighter.web.plots.ribbon import Stretch
from lamplighter.web.quality import ESTIMATE, SLOTS


def axis(seen: Monitored) -> Axis:
    """The axis of what is drawn of a model."""
    times = [edge for reading in (*seen.quality, *seen.inputs) for edge in (reading.start, reading.end)]
    if not times:
        return Axis()
    return Axis(unknown=_unknown(seen, max(times)), ribbon=_ribbon(seen, min(times), max(times)))


def _unknown(seen: Monitored, until: int) -> tuple[int, int] | None:
    """From the end of the newest window whose labels are in to that of the newest window that was counted."""
    measured = [reading.end for reading in seen.quality if reading.aspect != ESTIMATE]
    known = max(measured, default=0)
    return (known, until) if 0 < known < until else None


def _ribbon(seen: Monitored, start: int, end: int) -> tuple[Stretch, ...]:
    """Releases of this time; where there were none in it, as with rows of another year, the versions that were measured."""
    if any(start < release.at < end for release in seen.releases):
        return _released(seen.releases, end)
    return _measured(seen.quality, end)


def _released(releases: Sequence[Release], end: int) -> tuple[Stretch, ...]:
    first = releases[0]
    found = [_stretch(0, first.at, first.before)] if first.before else []
    following = [*(release.at for release in releases[1:]), end]
    for release, until in zip(releases, following, strict=True):
        found.append(_stretch(release.at, until, release.number, back=release.back))
    return tuple(found)


def _measured(readings: Sequence[Reading], end: int) -> tuple[Stretch, ...]:
    begun: dict[int, int] = {}
    for reading in readings:
        begun[reading.number] = min(begun.get(reading.number, reading.start), reading.start)
    ordered = sorted(begun.items(), key=lambda entry: entry[1])
    until = [*(start for _, start in ordered[1:]), end]
    return tuple(_stretch(start, last, number) for (number, start), last in zip(ordered, until, strict=True))


def _stretch(start: int, end: int, number: int, *, back: bool = False) -> Stretch:
    return Stretch(start, end, number, (number - 1) % SLOTS + 1, back)
