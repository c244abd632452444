"""Advisories about packages, loaded by whoever runs the machine."""

from pathlib import Path

from lamplighter.domain.events.advisory import AdvisoriesLoaded
from lamplighter.domain.identity import Actor
from lamplighter.domain.vulnerability import AdvisoryLoad
from lamplighter.lifecycle import osv
from lamplighter.lifecycle.kit import Kit


def load(kit: Kit, actor: Actor, path: Path) -> AdvisoryLoad:
    """Let the advisories of a file or folder take the place of those that are here; raises `NotFound` and `Invalid`."""
    found, unread = osv.read(path)
    loaded = AdvisoryLoad(
        at=kit.clock.now(),
        author=actor.email,
        advisories=len(found),
        packages=len({one.package for one in found}),
        newest=max(one.modified for one in found),
        unread=unread,
    )
    event = AdvisoriesLoaded(advisories=loaded.advisories, packages=loaded.packages, newest=loaded.newest)
    with kit.store.transaction() as change:
        change.advisories.replace_all(found)
        change.advisory_loads.add(loaded)
        kit.record(change, event, actor)
    return loaded
