"""Models as Backstage has them: a component, its API and the data that it lives on, in the descriptor format of its catalog.

Source: https://backstage.io/docs/features/software-catalog/descriptor-format.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import yaml

from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.listed import Listed
from lamplighter.domain.names import is_team
from lamplighter.domain.project import Project
from lamplighter.domain.record import Record
from lamplighter.domain.version import Version
from lamplighter.serving.openapi import openapi

Entity = dict[str, Any]

_VERSION = "backstage.io/v1alpha1"
#: A name of the catalog has 63 of these at most; a tag fewer kinds.
_LONGEST, _FOREIGN = 63, re.compile(r"[^A-Za-z0-9._-]+")


class Described(Record, frozen=True):
    """What is known of one model."""

    listed: Listed
    project: Project
    #: The version that is live in the most protected environment, and where; nothing if it is live nowhere.
    live: Version | None = None
    environment: Environment | None = None


def entities(found: Collection[Described], models: Collection[str], url: str) -> list[Entity]:
    """Everything for one file; a table that several models take is there once, as the first of them names its owner.

    `models` are the names of all, also of those that are not in the file: what one of them answers is no table.
    """
    every = [_component(one, url, models) for one in found] + [made for one in found if (made := _api(one))]
    tables: dict[str, Entity] = {}
    for one in found:
        for source in one.project.source:
            if source.name not in models and (name := named(source.name)):
                tables.setdefault(name, _table(name, source.name, owner(source.owner)))
    return every + list(tables.values())


class _Block(str):
    """A text that keeps its lines in the file."""


class _Dumper(yaml.SafeDumper):
    """As the safe one, with blocks."""


_Dumper.add_representer(_Block, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style="|"))


def written(found: Sequence[Entity]) -> str:
    """As one file."""
    text: str = yaml.dump_all(found, Dumper=_Dumper, sort_keys=False, width=120, allow_unicode=True)
    return text


def named(text: str) -> str:
    """A text as a name of the catalog; empty where nothing of it can be one."""
    return _FOREIGN.sub("-", text).lstrip("-._")[:_LONGEST].rstrip("-._")


def owner(party: str) -> str:
    """A reference to a team, as a group, or to a person, as the user whose name stands before the @ of the address."""
    if is_team(party):
        return f"group:default/{party[1:]}"
    return f"user:default/{named(party.partition('@')[0])}" if party else "group:default/nobody"


def _component(one: Described, url: str, models: Collection[str]) -> Entity:
    name, page = one.project.name, f"{url}/m/{one.project.name}"
    links = [("The model", page), ("How it is", f"{page}/monitor"), ("Who has it", f"{page}/who")]
    if one.live:
        links.append((f"Model file of v{one.live.number}", f"{page}/v/{one.live.number}/card"))
    spec = {
        "type": "ml-model",
        "lifecycle": _lifecycle(one),
        "owner": owner(_owner(one.listed)),
        **({"providesApis": [name]} if _is_served(one) else {}),
        **({"dependsOn": _taken(one.project, models)} if one.project.source else {}),
    }
    return _entity("Component", name, one, spec) | {"metadata": _metadata(one, links)}


def _metadata(one: Described, links: list[tuple[str, str]]) -> Entity:
    tags = [tag for text in ("ml-model", one.listed.tier) if (tag := named(text).lower())]
    facts = {"version": one.listed.version, "digest": one.listed.digest}
    return {
        "name": one.project.name,
        **({"description": one.listed.summary} if one.listed.summary else {}),
        "annotations": {f"lamplighter/{name}": text for name, text in facts.items() if text},
        "tags": tags,
        "links": [{"title": title, "url": address} for title, address in links],
    }


def _api(one: Described) -> Entity | None:
    if not _is_served(one) or one.live is None or one.environment is None:
        return None
    document = openapi(one.project.name, one.live.number, one.live.manifest.contract)
    document["servers"] = [{"url": one.environment.address, "description": one.environment.name}]
    spec = {
        "type": "openapi",
        "lifecycle": _lifecycle(one),
        "owner": owner(_owner(one.listed)),
        "definition": _Block(json.dumps(document, indent=1, ensure_ascii=False)),
    }
    return _entity("API", one.project.name, one, spec)


def _entity(kind: str, name: str, one: Described, spec: Mapping[str, Any]) -> Entity:
    described = {"description": one.listed.summary} if one.listed.summary else {}
    return {"apiVersion": _VERSION, "kind": kind, "metadata": {"name": name, **described}, "spec": dict(spec)}


def _table(name: str, title: str, owned: str) -> Entity:
    told = {"title": title} if title != name else {}
    return {
        "apiVersion": _VERSION,
        "kind": "Resource",
        "metadata": {"name": name, **told},
        "spec": {"type": "dataset", "owner": owned},
    }


def _taken(project: Project, models: Collection[str]) -> list[str]:
    """Its sources: a source that has the name of another model is what that answers."""
    names = [source.name for source in project.source if named(source.name)]
    return list(
        dict.fromkeys(
            f"component:default/{name}" if name in models else f"resource:default/{named(name)}"
            for name in names
            if name != project.name
        )
    )


def _is_served(one: Described) -> bool:
    return one.live is not None and one.live.elsewhere is None


def _owner(listed: Listed) -> str:
    """Whoever answers for it where it runs, else whoever brings it there, else whoever makes it."""
    return listed.monitoring_owner or listed.deployment_owner or listed.design_owner


def _lifecycle(one: Described) -> str:
    if one.listed.retirement:
        return "deprecated"
    is_production = one.environment is not None and one.environment.level is Level.PRODUCTION
    return "production" if is_production else "experimental"
