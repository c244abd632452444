"""What a changed `lamp.toml` changes of a project, field by field."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from lamplighter.domain.project import Project
from lamplighter.domain.record import Record


class ProjectChange(Record, frozen=True):
    """One field that differs."""

    #: Such as `monitor.quality.limit`.
    place: str
    #: As JSON; empty where nothing is written.
    before: str
    after: str


def project_changes(before: Project | None, after: Project) -> tuple[ProjectChange, ...]:
    """Every field at which they differ, in the order of the file; all that is written where there was no project."""
    usual = msgspec.to_builtins(Project(model=after.model))
    old = dict(_leaves("", msgspec.to_builtins(before) if before else {**usual, "model": {}}))
    new = dict(_leaves("", msgspec.to_builtins(after)))
    return tuple(
        ProjectChange(place=place, before=old.get(place, ""), after=new.get(place, ""))
        for place in dict.fromkeys([*new, *old])
        if old.get(place, "") != new.get(place, "")
    )


def _leaves(place: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(f"{place}.{name}" if place else str(name), inner)
    elif value not in (None, [], "", ()):
        yield place, msgspec.json.encode(value).decode()
