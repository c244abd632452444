"""Calibration by window: whether what probabilities meant has moved. It is never more than a notice."""

from collections.abc import Sequence

from lamplighter.domain.contract import Meaning
from lamplighter.domain.false_alarms import told
from lamplighter.domain.monitor import Finding, Kind, Reading, Severity
from lamplighter.domain.version import Version
from lamplighter.domain.window import Window
from lamplighter.lifecycle import outcomes as kept
from lamplighter.lifecycle import profiles
from lamplighter.lifecycle.alarms import Alarm
from lamplighter.lifecycle.kit import Kit
from lamplighter.monitoring.calibration_shift import Shift, curve, shift
from lamplighter.monitoring.labelled import Labelled
from lamplighter.monitoring.outcomes import outcomes
from lamplighter.store.transaction import Transaction

#: The aspect and the measure of its readings, and the measure of what is found.
CALIBRATION = "calibration"


def reading(kit: Kit, rows: Labelled, version: Version, environment: str, window: Window, alarm: Alarm) -> Reading | None:
    """How far the calibration of a window has moved; nothing for what is no probability."""
    found = _shift(kit, rows, version, alarm.rate)
    if found is None:
        return None
    return Reading(
        model=version.model,
        environment=environment,
        number=version.number,
        aspect=CALIBRATION,
        measure=CALIBRATION,
        column="",
        start=window.start,
        end=window.end,
        value=found.error.value,
        low=found.error.low,
        high=found.error.high,
        count=found.error.n,
        limit=found.limit,
        crossed=found.moved,
        false_alarms=found.rate * alarm.looks,
    )


def _shift(kit: Kit, rows: Labelled, version: Version, rate: float) -> Shift | None:
    if version.manifest.contract.output.meaning is not Meaning.PROBABILITY:
        return None
    found = shift(outcomes(rows.labels, rows.scores), curve(profiles.profile_of(kit, version)), rate)
    return found if isinstance(found, Shift) else None


def finding(kit: Kit, look: Transaction, version: Version, readings: Sequence[Reading]) -> Finding | None:
    """What the newest window of the readings of a version says, if its calibration has moved beyond the alarm. Reads the kept
    days, so they must be kept before."""
    last = max((one for one in readings if one.aspect == CALIBRATION), key=lambda one: one.end, default=None)
    if last is None or not last.crossed or last.limit is None:
        return None
    rows = kept.rows(look, version, last.environment, last.start, last.end, {})
    found = _shift(kit, rows, version, rate=0.5)
    return Finding(
        model=last.model,
        environment=last.environment,
        number=last.number,
        kind=Kind.FUNCTIONAL,
        measure=last.measure,
        value=last.value,
        limit=last.limit,
        sentence=_sentence(version, last, found) if found is not None else "",
        start=last.start,
        end=last.end,
        after_rows=look.answered.count(last.model, last.environment),
        severity=Severity.NOTICE,
    )


def _sentence(version: Version, reading: Reading, found: Shift) -> str:
    often = told(reading.false_alarms or 0.0)
    return (
        f"Calibration moved: the scores of v{version.number} said {found.said:.1%} on average, {found.meant:.1%} of such rows "
        f"came true before and {found.came:.1%} do now. The error is {reading.value:.2g} ({reading.low:.2g} to "
        f"{reading.high:.2g}), over its limit of {reading.limit:.2g}. Without any movement, {often} such alarms a month are "
        "expected at most."
    )
