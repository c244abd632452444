"""How long what was recorded is kept: whole days of a model go away once the last of their records is old enough."""

import shutil
from datetime import date

from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.duration import seconds
from lamplighter.lifecycle import compaction
from lamplighter.lifecycle.kit import Kit


def retain(kit: Kit, environment: str) -> int:
    """Remove the days of an environment that nobody has to keep; gives their number."""
    with kit.store.reading() as look:
        projects = look.projects.all()
    count = 0
    for project in projects:
        rule = tier_of(kit.policy, criticality_of(project, kit.policy).tier).log
        if not project.log.keep:
            continue
        kept = max(seconds(project.log.keep), seconds(rule.least_keep) if rule.least_keep else 0.0)
        last = compaction.day_of(kit.clock.now() - int(kept * 1_000_000))
        place = compaction.folder(kit, environment, project.name)
        for day in place.iterdir() if place.is_dir() else ():
            # The day in which the time ends still holds records that are younger.
            if date.fromisoformat(day.name) < date.fromisoformat(last):
                shutil.rmtree(day)
                count += 1
    return count
