"""Artifacts that no version names: uploads whose registration never came, and what dead writers left.

A version is never removed, so that what it names never is either. What was uploaded of late is left alone; and whoever removes
and whoever registers take turns at the end of the journal, where registering looks once more at what is there.
"""

from lamplighter.domain.events.version import ArtifactsRemoved
from lamplighter.domain.identity import Actor
from lamplighter.domain.record import Record
from lamplighter.lifecycle.backups import named
from lamplighter.lifecycle.kit import Kit

#: Artifacts that are written down and removed in one transaction: others want to write too.
_AT_ONCE = 100


class Unnamed(Record, frozen=True):
    """Artifacts that nothing names."""

    digests: tuple[str, ...]
    #: Bytes of all of them.
    size: int
    #: Unfinished files that dead writers left behind.
    halves: int = 0


def find(kit: Kit, seconds: float) -> Unnamed:
    """What nothing names and what was written so long ago; nothing is removed."""
    before = kit.clock.now() - int(seconds * 1_000_000)
    held = [one for one in kit.artifacts.held() if one.at < before]
    with kit.store.reading() as look:
        wanted = named(look)
    found = sorted(one for one in held if one.digest not in wanted)
    return Unnamed(digests=tuple(one.digest for one in found), size=sum(one.size for one in found))


def remove(kit: Kit, actor: Actor, seconds: float) -> Unnamed:
    """Remove it; the journal says so first, and of each artifact it is looked once more whether a version names it by then."""
    found = find(kit, seconds)
    for start in range(0, len(found.digests), _AT_ONCE):
        portion = found.digests[start : start + _AT_ONCE]
        with kit.store.transaction() as change:
            kit.record(change, ArtifactsRemoved(digests=portion), actor)
        with kit.store.transaction() as change:
            change.journal.hold()
            for digest in set(portion) - named(change):
                kit.artifacts.remove(digest)
    halves = kit.artifacts.tidy(kit.clock.now() - int(seconds * 1_000_000))
    return Unnamed(digests=found.digests, size=found.size, halves=halves)
