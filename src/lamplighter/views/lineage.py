"""Which models a table, a column or a model upstream reaches, asked before it is changed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from lamplighter.domain.lineage import Lineage, Reached, reached
from lamplighter.domain.listed import Listed
from lamplighter.domain.names import unknown
from lamplighter.domain.policy import Policy
from lamplighter.domain.project import Project
from lamplighter.domain.version import Version
from lamplighter.views.inventory import inventory

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction


def lineage(look: "Transaction", what: str, *, policy: Policy, now: int) -> Lineage:
    """Everything that a change of a source, a model or a column reaches; raises `NotFound` for what nothing here knows."""
    projects = look.projects.all()
    listed = {one.model: one for one in inventory(look, policy=policy, now=now)}
    live = _live(look, listed)
    inputs = {model: [taken for one in found for taken in _taken(one)] for model, found in live.items()}
    name, column = _parted(what, projects, inputs)
    found = reached(projects, name, column, inputs)
    critical = {tier.name: tier.critical for tier in policy.tier}
    models = [
        _reached(listed[model], live.get(model, []), column if not through else "", why, through, critical[listed[model].tier])
        for model, (why, through) in found.items()
    ]
    order = sorted(models, key=lambda one: (not one.critical, not one.live, len(one.through), one.model))
    return Lineage(name=name, column=column, owner=_owner(projects, listed, name), models=tuple(order))


def _live(look: "Transaction", listed: Mapping[str, Listed]) -> dict[str, list[Version]]:
    """Versions that answer anywhere, by model; of a model that answers nowhere the newest."""
    answering = {(one.model, one.champion.number) for one in look.routings.all() if one.champion}
    known = {model for model, _ in answering}
    newest = {(model, number) for model, number in look.versions.counts().items() if model not in known}
    found: dict[str, list[Version]] = defaultdict(list)
    for version in look.versions.numbered(sorted(answering | newest)):
        if version.model in listed:
            found[version.model].append(version)
    return found


def _taken(version: Version) -> list[str]:
    return [column.name for column in version.manifest.contract.inputs]


def _parted(what: str, projects: Sequence[Project], inputs: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    """The source or model that a text names, and the column; names of tables may hold dots of their own."""
    sources = [source for project in projects for source in project.source]
    tables = {source.name for source in sources} | {project.name for project in projects}
    columns = {column for source in sources for column in source.columns} | {one for taken in inputs.values() for one in taken}
    table, _, column = what.rpartition(".")
    if what in tables:
        return what, ""
    if table in tables and column in columns:
        return table, column
    if what in columns:
        return "", what
    raise unknown("source, model or column", column if table in tables else what, columns if table in tables else tables)


def _reached(one: Listed, live: list[Version], column: str, why: str, through: tuple[str, ...], critical: bool) -> Reached:
    takes = [
        f"v{version.number}" for version in live if any(known.name == column for known in version.manifest.contract.inputs)
    ]
    return Reached(
        model=one.model,
        tier=one.tier,
        critical=critical,
        why=why,
        through=through,
        live=one.live,
        takes=tuple(takes),
        owner=one.deployment_owner,
        on_call=one.on_call,
        consumers=one.consumers,
    )


def _owner(projects: list[Project], listed: Mapping[str, Listed], name: str) -> str:
    named = (source.owner for project in projects for source in project.source if source.name == name and source.owner)
    return next(named, listed[name].deployment_owner if name in listed else "")
