"""Inputs of one source that have suddenly lost their values: the source is at fault, and its owner is told."""

from lamplighter.domain.monitor import Finding, Kind, Reading, Severity
from lamplighter.domain.version import Version
from lamplighter.lifecycle import profiles
from lamplighter.lifecycle.kit import Kit
from lamplighter.monitoring.counts import windows
from lamplighter.store.transaction import Transaction

#: The aspect of readings that count empty values.
COMPLETENESS = "completeness"
#: Of the values that there were, the share whose loss wakes the owner of the source; of less there is a notice.
_BROKEN = 0.25


def finding(kit: Kit, look: Transaction, version: Version, reading: Reading) -> Finding | None:
    """What is wrong with the source of a column, if more of its values are missing than its alarm allows. A column without a
    source, and one that has more of its values than before, is nobody's fault."""
    sources = [source for source in look.project(version.model).source if reading.column in source.columns]
    if reading.aspect != COMPLETENESS or not reading.crossed or not sources or reading.limit is None:
        return None
    shares = _missing(kit, look, version, reading)
    if shares is None or shares[1] <= shares[0]:
        return None
    before, now = shares
    name = sources[0].name
    return Finding(
        model=reading.model,
        environment=reading.environment,
        number=reading.number,
        kind=Kind.FEED,
        measure=reading.measure,
        value=reading.value,
        limit=reading.limit,
        sentence=(
            f"{reading.column} of the source {name} is empty in {now:.0%} of the rows, and was in {before:.0%} "
            f"when v{reading.number} was trained."
        ),
        start=reading.start,
        end=reading.end,
        after_rows=look.answered.count(reading.model, reading.environment),
        column=reading.column,
        source=name,
        severity=Severity.PAGE if now - before >= _BROKEN * (1.0 - before) else Severity.NOTICE,
    )


def _missing(kit: Kit, look: Transaction, version: Version, reading: Reading) -> tuple[float, float] | None:
    """The share of rows without a value in the reference and in the window."""
    counted = profiles.window(kit, look, version, reading.environment, reading.start, reading.end)
    if counted is None:
        return None
    profile, counts = counted
    before, now = profile.columns[reading.column], windows(profile, counts)[reading.column]
    return int(before.missing) / max(int(before.rows), 1), int(now.missing) / max(int(now.rows), 1)
