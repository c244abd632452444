"""How long what was recorded is kept: whole days of a model go away once the last of their records is old enough."""

import shutil
from datetime import date
from pathlib import Path

from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.log import kept
from lamplighter.domain.project import Project
from lamplighter.domain.window import DAY
from lamplighter.lifecycle import collection, compaction
from lamplighter.lifecycle.kit import Kit


def ends(kit: Kit) -> dict[str, int]:
    """By model, the beginning of the first day of answering that has to be kept; models that keep everything are not there.

    The day in which the time ends still holds records that are younger.
    """
    with kit.store.reading() as look:
        projects = look.projects.all()
    return {project.name: _end(kit, project) for project in projects if project.log.keep}


def _end(kit: Kit, project: Project) -> int:
    rule = tier_of(kit.policy, criticality_of(project, kit.policy).tier).log
    return (kit.clock.now() - int(kept(rule, project.log) * 1_000_000)) // DAY * DAY


def retain(kit: Kit, environment: str) -> int:
    """Remove the days of an environment that nobody has to keep; gives their number."""
    count = 0
    for model, end in ends(kit).items():
        place = compaction.folder(kit, environment, model)
        for day in place.iterdir() if place.is_dir() else ():
            if date.fromisoformat(day.name) < date.fromisoformat(compaction.day_of(end)):
                count += _remove(day, end)
    return count


def _remove(day: Path, end: int) -> bool:
    """Remove a day but for what was brought since: a history is kept from when it came, which its files do not say. They were
    written later than that."""
    files = list(day.iterdir())
    kept = [file for file in files if collection.is_pushed(Path(compaction.segment_of(file))) and _written(file) >= end]
    if not kept:
        shutil.rmtree(day)
        return True
    for file in set(files) - set(kept):
        file.unlink()
    return False


def _written(file: Path) -> int:
    return file.stat().st_mtime_ns // 1000
