"""What the processes of a group say of themselves, in files: each writes its own, anyone reads all."""

from pathlib import Path
from typing import TypeVar

import msgspec

from lamplighter.domain import caller_meter
from lamplighter.domain.caller_meter import CallerMeter
from lamplighter.domain.decoding import from_json
from lamplighter.domain.paired import Paired, added
from lamplighter.domain.record import Record, canonical
from lamplighter.domain.route import ArmMeter, WorkerPast, WorkerReport, compared
from lamplighter.domain.telemetry import Exported
from lamplighter.serving.files import PAST, TELEMETRY, WORKERS, replace


class Reports:
    """The report files of one environment."""

    def __init__(self, directory: Path) -> None:
        self._present = directory / WORKERS
        self._past = directory / PAST
        self._telemetry = directory / TELEMETRY

    def inherit(self, slot: int, digests: frozenset[str], models: frozenset[str]) -> WorkerReport | None:
        """Add the counters of the slot's last process to its past, so that counters never fall; gives its last report, if it
        left one. Versions that are not among the digests, and callers of other models, are left behind, or the past would grow
        for ever."""
        last = _read(self._present / f"{slot}.json", WorkerReport)
        past = _read(self._past / f"{slot}.json", WorkerPast) or WorkerPast()
        meters = past.meters
        if last is not None and last.started_at != past.started_at:
            past = WorkerPast(
                started_at=last.started_at,
                meters=summed(meters + last.meters),
                pairs=added(past.pairs + last.pairs),
                callers=caller_meter.summed(past.callers + last.callers),
            )
        kept = tuple(meter for meter in past.meters if meter.digest in digests)
        pairs = tuple(pair for pair in past.pairs if pair.digest in digests)
        callers = caller_meter.left_behind((meter for meter in past.callers if meter.model in models), digests)
        replace(
            self._past / f"{slot}.json", canonical(msgspec.structs.replace(past, meters=kept, pairs=pairs, callers=callers))
        )
        return last

    def write(self, report: WorkerReport) -> None:
        """Replace the report of a slot; raises `OSError`."""
        replace(self._present / f"{report.slot}.json", msgspec.json.encode(report))

    def present(self) -> tuple[WorkerReport, ...]:
        """The last report of every slot."""
        found = (_read(path, WorkerReport) for path in sorted(self._present.glob("[0-9]*.json")))
        return tuple(report for report in found if report is not None)

    def totals(self) -> tuple[ArmMeter, ...]:
        """Counters of the whole group, past and present; they never fall."""
        present = [meter for report in self.present() for meter in report.meters]
        return summed((*present, *(meter for past in self._pasts() for meter in past.meters)))

    def pairs(self) -> tuple[Paired, ...]:
        """What shadows scored in the whole group, past and present."""
        return compared(self.present(), self._pasts())

    def callers(self) -> tuple[CallerMeter, ...]:
        """What the whole group has answered to whom, past and present."""
        present = [meter for report in self.present() for meter in report.callers]
        return caller_meter.summed([*present, *(meter for past in self._pasts() for meter in past.callers)])

    def spans(self) -> Exported | None:
        """What became of the spans of the whole group; nothing if none are exported."""
        return _read(self._telemetry, Exported)

    def _pasts(self) -> tuple[WorkerPast, ...]:
        found = (_read(path, WorkerPast) for path in sorted(self._past.glob("[0-9]*.json")))
        return tuple(past for past in found if past is not None)


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
