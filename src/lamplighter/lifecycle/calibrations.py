"""Calibrated thresholds, drawn once and kept: to draw them takes seconds a model, to read them a moment.

They stay in memory while the control plane runs and in the store for good, so that a start draws nothing anew.
"""

from functools import lru_cache

import msgspec

from lamplighter.domain.decoding import from_json
from lamplighter.domain.record import canonical, digest_of
from lamplighter.lifecycle.alarms import Alarm
from lamplighter.lifecycle.kit import Kit
from lamplighter.measures.base import DriftMeasure
from lamplighter.monitoring.alarms import METHOD, Calibration, Thresholds, fixed, powers_of
from lamplighter.monitoring.profile import Profile
from lamplighter.store.transaction import Transaction


def thresholds(
    kit: Kit, look: Transaction, profile: Profile, measures: tuple[DriftMeasure, ...], alarm: Alarm, rows: int
) -> Thresholds:
    """The thresholds of a profile for a window of this many rows; what has to be drawn is kept.

    `look` may not be a transaction that writes: this one opens another to keep what it draws.
    """
    key = _Key(profile, measures, alarm)
    calibration = _calibration(key)
    lacking = [power for power in powers_of(rows) if power not in calibration.kept]
    if lacking:
        known = look.calibrations.of(key.place)
        calibration.kept |= {power: from_json(known[power], Thresholds) for power in lacking if power in known}
        made = calibration.thresholds(rows)
        drawn = {power: canonical(calibration.kept[power]).decode() for power in lacking if power not in known}
        if drawn:
            with kit.store.transaction() as change:
                change.calibrations.put(key.place, drawn)
        return made
    return calibration.thresholds(rows)


def place_of(profile: Profile, measures: tuple[DriftMeasure, ...], alarm: Alarm) -> str:
    """Where thresholds of a profile, for windows of any size, are kept."""
    settings = [(measure.name, msgspec.to_builtins(measure)) for measure in measures]
    return digest_of(canonical((METHOD, profile.identity, settings, alarm.rate, alarm.draws)))


class _Key:
    """What thresholds depend on, told apart by its digest."""

    def __init__(self, profile: Profile, measures: tuple[DriftMeasure, ...], alarm: Alarm) -> None:
        self.profile, self.measures, self.alarm = profile, measures, alarm
        self.place = place_of(profile, measures, alarm)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.place == self.place

    def __hash__(self) -> int:
        return hash(self.place)


# As many as an installation has live versions; one takes about 0.2 MB, most of it its profile.
@lru_cache(maxsize=2048)
def _calibration(key: _Key) -> Calibration:
    # Beyond chance and large enough to matter: with many rows the smallest change is beyond chance.
    floors = fixed(key.profile, key.measures).values
    return Calibration(key.profile, key.measures, rate=key.alarm.rate, draws=key.alarm.draws, floors=floors)
