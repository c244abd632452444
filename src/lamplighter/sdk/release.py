"""From a build to a registered version: check it here, bring its bytes, register it with its evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from lamplighter import keys
from lamplighter.domain.contract import Contract, problems_of
from lamplighter.domain.errors import Invalid
from lamplighter.domain.project import Project
from lamplighter.domain.record import Record, canonical, digest_of
from lamplighter.domain.signing import FORMAT, NAME, ROLE
from lamplighter.domain.version import Artifact, Badge, Manifest, Provenance, Version
from lamplighter.lifecycle import measurable
from lamplighter.monitoring.profile import profile_bytes
from lamplighter.packaging import draft as drafting
from lamplighter.packaging.draft import Draft
from lamplighter.sdk import candidates, case_pool, cases, evaluated, evaluation, fairness, reference
from lamplighter.sdk.answers import Facts
from lamplighter.sdk.build import Build, load_build
from lamplighter.sdk.interface import Platform
from lamplighter.sdk.origin import origin
from lamplighter.settings import read_settings

__all__ = ["Build", "Checked", "checked", "data_checks", "load_build", "profile_artifact", "registered", "release", "signed"]


class Checked(Record, frozen=True):
    """A version that is ready to be registered."""

    manifest: Manifest
    blobs: Mapping[str, bytes]
    evidence: tuple[Facts, ...]
    note: str = ""


def checked(project: Project, build: Build) -> Checked:
    """Pack a build and measure it, without any platform; raises `Invalid` with what does not fit."""
    if build.labels is None and build.evaluation_labels is None and project.requirement:
        raise Invalid(
            "The requirements cannot be measured.",
            why="The project has requirements, and the build has no labels.",
            fix="Give labels, or evaluation and evaluation_labels, to lamplighter.Build.",
            code="E1118",
        )
    draft = drafting.draft(
        build.model,
        project.name,
        build.sample,
        labels=build.labels,
        nullable=build.nullable,
        classes=build.classes,
        threshold=build.threshold,
        trust=build.trust,
        environments=read_settings().model_environments,
        expectations=project.expectation,
    )
    draft = replace(draft, manifest=msgspec.structs.replace(draft.manifest, provenance=_provenance(project, build, draft)))
    measurable.check(project, draft.manifest.contract.output.meaning)
    profile = profile_bytes(reference.frozen(build, draft))
    whole = drafting.with_artifacts(draft, [(profile_artifact(profile), profile)])
    facts = [Facts(kind=fact.kind, facts=fact.facts) for fact in draft.evidence]
    facts.append(data_checks(draft.manifest.contract, draft.columns, draft.labels))
    measured = evaluation.labelled(build, draft)
    facts += evaluation.performance(project, build, draft, measured)
    kept = evaluated.evaluated(project, build, draft, measured)
    facts += [kept.evidence] if kept else []
    facts += fairness.fairness(project.fairness, build, draft, measured)
    facts.append(origin(build, draft, measured))
    facts += cases.cases(project.uat, build, draft.manifest)
    facts += case_pool.case_pool(project, build, draft.manifest, measured)
    blobs = {**whole.blobs, **({digest_of(kept.content): kept.content} if kept else {})}
    return Checked(manifest=whole.manifest, blobs=blobs, evidence=tuple(_last_of_kind(facts)), note=build.note)


def signed(ready: Checked, key: Path) -> Checked:
    """The same, signed with the key: what has to be of a version that runs code when it is opened."""
    content = keys.sign(ready.manifest, key)
    artifact = Artifact(role=ROLE, name=NAME, digest=digest_of(content), size=len(content), format=FORMAT)
    manifest = msgspec.structs.replace(ready.manifest, artifacts=(*ready.manifest.artifacts, artifact))
    return msgspec.structs.replace(ready, manifest=manifest, blobs={**ready.blobs, artifact.digest: content})


def _last_of_kind(facts: Sequence[Facts]) -> list[Facts]:
    """A form that was tried and given up left evidence too; what counts is that of the form that serves."""
    return list({fact.kind: fact for fact in facts}.values())


def _provenance(project: Project, build: Build, draft: Draft) -> Provenance:
    known = build.provenance
    return msgspec.structs.replace(
        known,
        data_digest=known.data_digest or digest_of(canonical(draft.columns)),
        data_rows=known.data_rows or len(next(iter(draft.columns.values()), ())),
        licence=known.licence or project.model.licence,
    )


def profile_artifact(content: bytes) -> Artifact:
    """How a version names the bytes of its reference profile."""
    digest = digest_of(content)
    return Artifact(role="profile", name="profile.bin", digest=digest, size=len(content), format="profile")


def data_checks(contract: Contract, columns: Mapping[str, Sequence[Any]], labels: Sequence[float]) -> Facts:
    """The checks of the sample: every value fits the contract, no column is empty or constant, no row is without label."""
    rows = len(next(iter(columns.values()), ()))
    distinct = {name: list(dict.fromkeys(values)) for name, values in columns.items()}
    problems = problems_of(contract, distinct)
    failed = [f"{problem.pointer.rpartition('/')[2]} is {problem.code}" for problem in problems]
    failed += [f"{name} is always empty" for name, values in columns.items() if distinct[name] == [None]]
    failed += [f"{name} never changes" for name, values in columns.items() if rows > 1 and len(distinct[name]) == 1]
    failed += ["one class only in the labels"] if labels and len(set(labels)) < 2 else []
    empty = {name: sum(value is None for value in values) / rows for name, values in columns.items() if rows}
    facts = {"rows": rows, "checks": 3 * len(columns) + 1, "failed": failed, "empty_share": empty}
    return Facts(kind="data-checks", facts=facts)


def release(platform: Platform, project: Project, build: Build, signing_key: Path | None = None) -> Version:
    """Save the project, bring the artifacts that are not there yet and register the version with its evidence.

    A version that runs code when it is opened is signed, with the key of this machine if none is named.
    """
    with candidates.fetched(platform, build) as here:
        ready = checked(project, here)
    if ready.manifest.badge is Badge.CODE:
        ready = signed(ready, signing_key or read_settings().signing_key)
    platform.save_project(project.name, project)
    return registered(platform, ready)


def registered(platform: Platform, ready: Checked) -> Version:
    """Bring the artifacts that are not there yet and register the version with its evidence."""
    for digest in platform.missing_artifacts(list(ready.blobs)):
        platform.put_artifact(digest, ready.blobs[digest])
    return platform.register(ready.manifest.model, ready.manifest, ready.evidence, ready.note)
