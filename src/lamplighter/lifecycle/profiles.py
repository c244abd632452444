"""Counts of what came in, by version and day of event time, over the bins that were frozen with the version."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from lamplighter.domain.contract import Contract
from lamplighter.domain.prediction import Scored
from lamplighter.domain.version import Manifest, Version
from lamplighter.lifecycle.kit import Kit
from lamplighter.monitoring import counts as counting
from lamplighter.monitoring.counts import Counts
from lamplighter.monitoring.profile import Profile, profile_from
from lamplighter.store.transaction import Transaction

_DAY = 86_400_000_000
#: Start and end of a window in event time, microseconds since the epoch.
Span = tuple[int, int]
#: Model, number of the version and day.
Place = tuple[str, int, int]


def profile_of(kit: Kit, version: Version) -> Profile | None:
    """The reference profile that was frozen with a version, if it has one."""
    digests = _digests(version.manifest)
    return _read(kit, digests[0], version.manifest.contract) if digests else None


def check_profile(kit: Kit, manifest: Manifest) -> None:
    """Raise `UnreadableBytes` or `TooManyBytes` for a manifest that names a profile which nobody could read later."""
    for digest in _digests(manifest)[:1]:
        profile_from(kit.artifacts.get(digest), manifest.contract)


def _digests(manifest: Manifest) -> list[str]:
    return [artifact.digest for artifact in manifest.artifacts if artifact.role == "profile"]


# As many as an installation has live versions; thresholds hold on to the same ones.
@lru_cache(maxsize=2048)
def _read(kit: Kit, digest: str, contract: Contract) -> Profile:
    return profile_from(kit.artifacts.get(digest), contract)


class Grown(NamedTuple):
    """The counts of a day that more comes to."""

    #: What was kept when the rest was counted; nothing for a new day.
    before: bytes | None
    fresh: Counts
    #: Both together.
    after: bytes


def count(kit: Kit, look: Transaction, environment: str, records: Sequence[Scored]) -> dict[Place, Grown]:
    """The counts of the days of these records with those that hold their rows, by model, number of the version and day."""
    held = [record for record in records if _is_held(record)]
    versions = look.versions.numbered(list(dict.fromkeys((record.model, record.number) for record in held)))
    references = {(version.model, version.number): found for version in versions if (found := profile_of(kit, version))}
    wholes = counts_of(held, references)
    known = look.profiles.days(environment, list(wholes))
    return {place: Grown(known.get(place), fresh, _both(known.get(place), fresh)) for place, fresh in wholes.items()}


def counts_of(records: Iterable[Scored], references: Mapping[tuple[str, int], Profile]) -> dict[Place, Counts]:
    """The counts of records that hold their rows, of versions whose reference is known."""
    groups: dict[tuple[str, int, int, frozenset[str]], list[Scored]] = defaultdict(list)
    for record in records:
        if _is_held(record):
            # A redacted column has no values to count, and records from before and after a change of that stand side by side.
            names = frozenset(record.columns).difference(record.redacted)
            groups[record.model, record.number, record.event_at // _DAY * _DAY, names].append(record)
    wholes: dict[Place, Counts] = {}
    for (model, number, day, names), group in groups.items():
        profile = references.get((model, number))
        if profile is not None:
            fresh = counting.count(profile, _columns(group, names), [score for record in group for score in record.scores])
            before = wholes.get((model, number, day))
            wholes[model, number, day] = counting.merge(before, fresh) if before else fresh
    return wholes


def _is_held(record: Scored) -> bool:
    return bool(record.columns and record.scores)


def write(change: Transaction, environment: str, days: Mapping[Place, Grown]) -> None:
    """Keep what has grown; where somebody else has added to a day meanwhile, both are in it."""
    change.profiles.hold(environment)
    known = change.profiles.days(environment, list(days))
    kept = {place: known.get(place) for place in days}
    change.profiles.put(
        environment,
        {place: day.after if kept[place] == day.before else _both(kept[place], day.fresh) for place, day in days.items()},
    )


def _both(before: bytes | None, fresh: Counts) -> bytes:
    return counting.counts_bytes(counting.merge(counting.counts_from(before), fresh) if before else fresh)


def _columns(records: Sequence[Scored], names: Iterable[str]) -> dict[str, list[Any]]:
    return {name: [value for record in records for value in record.columns[name]] for name in names}


def windows(
    kit: Kit, look: Transaction, version: Version, environment: str, spans: Sequence[Span]
) -> tuple[Profile, dict[Span, Counts]] | None:
    """The reference and the counts of windows of whole days, each day read once; windows without any are not among them."""
    profile = profile_of(kit, version)
    if profile is None:
        return None
    wanted = {day for start, end in spans for day in range(start, end, _DAY)}
    days = look.profiles.of_days(version.model, environment, version.number, wanted)
    known = {day: counting.counts_from(content) for day, content in sorted(days.items())}
    held = {span: [counts for day, counts in known.items() if span[0] <= day < span[1]] for span in spans}
    return profile, {span: counting.merge_all(profile, parts) for span, parts in held.items() if parts}


def window(
    kit: Kit, look: Transaction, version: Version, environment: str, start: int, end: int
) -> tuple[Profile, Counts] | None:
    """The reference and the counts of a window of whole days; nothing if nothing was counted."""
    profile = profile_of(kit, version)
    days = look.profiles.between(version.model, environment, version.number, start, end)
    if profile is None or not days:
        return None
    return profile, counting.merge_all(profile, [counting.counts_from(day) for day in days])
