"""What the processes of a group say of themselves, in files: each writes its own, anyone reads all."""

from pathlib import Path
from typing import TypeVar

import msgspec

from lamplighter.domain.record import Record, canonical, from_json
from lamplighter.domain.route import ArmMeter, WorkerReport
from lamplighter.serving.files import PAST, WORKERS, replace


class _Past(Record, frozen=True):
    """Counters of the processes that had the slot before."""

    #: Start of the last process whose counters are in here, so that none is added twice.
    started_at: int = 0
    meters: tuple[ArmMeter, ...] = ()


class Reports:
    """The report files of one environment."""

    def __init__(self, directory: Path) -> None:
        self._present = directory / WORKERS
        self._past = directory / PAST

    def inherit(self, slot: int, digests: frozenset[str]) -> None:
        """Add the counters of the slot's last process to its past, so that counters never fall. Versions that are not among
        the digests are left behind, or the past would grow for ever."""
        last = _read(self._present / f"{slot}.json", WorkerReport)
        past = _read(self._past / f"{slot}.json", _Past) or _Past()
        meters = past.meters
        if last is not None and last.started_at != past.started_at:
            past = _Past(started_at=last.started_at, meters=summed(meters + last.meters))
        kept = tuple(meter for meter in past.meters if meter.digest in digests)
        replace(self._past / f"{slot}.json", canonical(msgspec.structs.replace(past, meters=kept)))

    def write(self, report: WorkerReport) -> None:
        """Replace the report of a slot; raises `OSError`."""
        replace(self._present / f"{report.slot}.json", msgspec.json.encode(report))

    def present(self) -> tuple[WorkerReport, ...]:
        """The last report of every slot."""
        found = (_read(path, WorkerReport) for path in sorted(self._present.glob("[0-9]*.json")))
        return tuple(report for report in found if report is not None)

    def totals(self) -> tuple[ArmMeter, ...]:
        """Counters of the whole group, past and present; they never fall."""
        pasts = {path.stem: _read(path, _Past) for path in sorted(self._past.glob("[0-9]*.json"))}
        meters: list[ArmMeter] = []
        for report in self.present():
            meters.extend(report.meters)
        for past in pasts.values():
            meters.extend(() if past is None else past.meters)
        return summed(tuple(meters))


Kind = TypeVar("Kind", bound=Record)


def _read(path: Path, kind: type[Kind]) -> Kind | None:
    """The record in the file; nothing if it is missing or damaged, as a file may be after a power loss."""
    try:
        return from_json(path.read_bytes(), kind)
    except (OSError, msgspec.MsgspecError):
        return None


def summed(meters: tuple[ArmMeter, ...]) -> tuple[ArmMeter, ...]:
    """One meter for each version and arm."""
    sums: dict[tuple[str, int, str, str], ArmMeter] = {}
    for meter in meters:
        key = (meter.model, meter.number, meter.digest, meter.arm)
        sums[key] = _plus(sums[key], meter) if key in sums else meter
    return tuple(sums.values())


def _plus(one: ArmMeter, other: ArmMeter) -> ArmMeter:
    return msgspec.structs.replace(
        one,
        requests=one.requests + other.requests,
        rows=one.rows + other.rows,
        failures=one.failures + other.failures,
        latencies=tuple(map(sum, zip(one.latencies, other.latencies, strict=True))),
        seconds=one.seconds + other.seconds,
        dropped=one.dropped + other.dropped,
    )
