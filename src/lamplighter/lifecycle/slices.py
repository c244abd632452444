"""The slices that scored rows lie in, as the project declares them, kept beside each row."""

from collections.abc import Mapping, Sequence

from lamplighter.domain.prediction import Scored
from lamplighter.domain.project import Project
from lamplighter.domain.slices import key_of
from lamplighter.domain.version import Version
from lamplighter.lifecycle import profiles
from lamplighter.lifecycle.kit import Kit
from lamplighter.monitoring.slicing import Slicer, slicer
from lamplighter.store.transaction import Transaction

#: The keys of the rows of one request.
Keys = Sequence[str]


def keys(kit: Kit, look: Transaction, records: Sequence[Scored]) -> list[Keys]:
    """The key of each row of each record. An arm that shares the rows of the answering arm shares their slices."""
    wanted = {
        project.name: wanted_by(project) for project in look.projects.among("model", {record.model for record in records})
    }
    versions = dict.fromkeys((record.model, record.number) for record in records if wanted.get(record.model))
    slicers = {
        (version.model, version.number): _slicers(kit, version, wanted[version.model])
        for version in look.versions.numbered(list(versions))
    }
    if not slicers:
        return [[""] * len(record.scores) for record in records]
    asked = {(record.model, record.request): record for record in records if record.columns}
    found = []
    for record in records:
        source = record if record.columns else asked.get((record.model, record.request))
        keys = _keys(slicers.get((record.model, record.number), ()), source) if source else []
        found.append(keys if len(keys) == len(record.scores) else [""] * len(record.scores))
    return found


def _slicers(kit: Kit, version: Version, wanted: Mapping[str, frozenset[str]]) -> list[Slicer]:
    profile = profiles.profile_of(kit, version)
    columns = (column for column in version.manifest.contract.inputs if column.name in wanted)
    found = (slicer(column, profile, wanted[column.name]) for column in columns)
    return [one for one in found if one is not None]


def wanted_by(project: Project) -> dict[str, frozenset[str]]:
    """The inputs that rows are told apart by, each with the values that requirements name."""
    found: dict[str, frozenset[str]] = dict.fromkeys(project.monitor.slices, frozenset())
    for requirement in project.requirement:
        part = requirement.rows
        if part is not None and part.column not in project.log.redact:
            found[part.column] = found.get(part.column, frozenset()) | {part.value}
    return found


def _keys(slicers: Sequence[Slicer], record: Scored) -> Keys:
    names = {
        one.column.name: one.names(record.columns[one.column.name])
        for one in slicers
        if one.column.name in record.columns and one.column.name not in record.redacted
    }
    known: dict[tuple[str, ...], str] = {}
    rows = list(zip(*names.values(), strict=True)) if names else []
    for row in rows:
        if row not in known:
            known[row] = key_of(dict(zip(names, row, strict=True)))
    return [known[row] for row in rows]
