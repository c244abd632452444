"""A packed version becomes one of a model here, with what its server says of it as words of others."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from lamplighter.domain import imported
from lamplighter.domain.errors import Conflict, NotFound
from lamplighter.domain.imported import Imported
from lamplighter.domain.project import Project
from lamplighter.domain.version import Badge
from lamplighter.domain.version import Version as Ours
from lamplighter.sdk import release
from lamplighter.sdk.answers import Facts
from lamplighter.sdk.importing.packing import Made
from lamplighter.sdk.importing.registry import Model, Pair, Run, Version
from lamplighter.sdk.interface import Platform
from lamplighter.settings import read_settings

#: Metrics, parameters and tags that are kept, and letters of each.
_MOST, _LONGEST = 500, 500
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
#: What MLflow writes for itself beside the tags of people.
_OWN = "mlflow."


def known(platform: Platform, name: str, there: str) -> Sequence[Ours]:
    """The versions of a model here; none where there is no such model. Raises `Conflict` for one that came from another."""
    try:
        found = platform.versions(name)
    except NotFound:
        return ()
    others = {one.name for one in map(origin, found) if one is not None and one.name != there}
    if others:
        raise Conflict(
            f"{name} came from another model of MLflow.",
            why="Its versions were brought in under another name.",
            fix='Give this one a name of its own in a file for --file: [model."..."] and name = "...".',
            code="E1454",
        )
    return found


def origin(version: Ours) -> Imported | None:
    """Where a version was brought in from; nothing for one that was made here."""
    found = version.manifest.provenance.imported
    return found if isinstance(found, Imported) else None


def same(found: Sequence[Ours], version: Version) -> Ours | None:
    """The version here that is this one there."""
    asked = (version.name, version.number, version.run_id, version.created_at)
    return next((one for one in found if (known := origin(one)) is not None and known.same(*asked)), None)


def registered(
    platform: Platform, url: str, model: Model, version: Version, project: Project, run: Run, made: Made
) -> tuple[Ours, bool]:
    """Register it, signed where opening it runs code; the project is made where there is none, and left alone otherwise.

    Gives the version, and whether it is a new one.
    """
    ready = made.ready
    if ready.manifest.badge is Badge.CODE:
        ready = release.signed(ready, read_settings().signing_key)
    before = _project(platform, project)
    facts = Facts(kind=imported.KIND, facts=_facts(url, model, version, run, made))
    ready = msgspec.structs.replace(ready, evidence=(*ready.evidence, facts))
    found = release.registered(platform, ready)
    return found, all(one.digest != found.digest for one in before)


def _project(platform: Platform, project: Project) -> Sequence[Ours]:
    try:
        return platform.versions(project.name)
    except NotFound:
        platform.save_project(project.name, project)
        return ()


def commit(run: Run) -> str:
    """The commit that the run says its code was of; empty if it says none."""
    found = _tags(run.data.tags).get("mlflow.source.git.commit", "")
    return found if _COMMIT.fullmatch(found) else ""


def note(version: Version) -> str:
    """What is said of a version, in a line."""
    said = " ".join(version.description.split())
    return said or f"Version {version.number} of {version.name} in MLflow."


def unverified(project: Project, run: Run) -> Iterable[str]:
    """What its run and its project do not say."""
    if not project.owners.parties():
        yield "owners: nobody is named"
    yield "metrics: of its run, not measured here" if run.data.metrics else "metrics: its run has none"
    if not commit(run):
        yield "code: no commit"


def _facts(url: str, model: Model, version: Version, run: Run, made: Made) -> dict[str, Any]:
    tags = _tags(run.data.tags)
    return {
        "server": url,
        "name": version.name,
        "number": version.number,
        "run": version.run_id,
        "run_name": run.info.run_name,
        "made_at": version.created_at,
        "made_by": version.user_id or tags.get("mlflow.user", ""),
        "source": version.source,
        "stage": version.current_stage,
        "aliases": [one.alias for one in model.aliases if str(one.version) == str(version.version)],
        "description": _cut(version.description),
        "model_description": _cut(model.description),
        "tags": _kept(_tags(version.tags)),
        "model_tags": _kept(_tags(model.tags)),
        "run_tags": _kept({name: text for name, text in tags.items() if not name.startswith(_OWN)}),
        "metrics": _kept({one.key: _number(one.value) for one in run.data.metrics}),
        "params": _kept(_tags(run.data.params)),
        "mlflow": made.mlflow,
        "flavors": list(made.flavors),
        "unverified": list(made.unverified),
    }


def _tags(pairs: Iterable[Pair]) -> dict[str, str]:
    return {pair.key: pair.value for pair in pairs}


def _kept(values: Mapping[str, Any]) -> dict[str, Any]:
    return {_cut(name): _cut(values[name]) for name in sorted(values)[:_MOST]}


def _cut(value: Any) -> Any:
    return value[:_LONGEST] if isinstance(value, str) else value


def _number(value: float | str) -> float | str:
    return value if isinstance(value, str) or math.isfinite(value) else str(value)
