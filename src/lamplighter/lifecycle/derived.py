"""A version that is made of one that is there, without opening a model: its signature, and the evidence that holds of both."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import numpy as np

from lamplighter import keys
from lamplighter.domain import carried as carrying
from lamplighter.domain.case import KIND as CASES
from lamplighter.domain.case import agrees, in_words, tries_in
from lamplighter.domain.case_pool import KIND as POOL
from lamplighter.domain.case_pool import pool_in
from lamplighter.domain.errors import Conflict, Invalid, NotFound
from lamplighter.domain.evaluation import KIND as EVALUATION
from lamplighter.domain.evaluation import evaluation_in
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.project import Project
from lamplighter.domain.record import digest_of
from lamplighter.domain.retuning import Moved
from lamplighter.domain.robustness import KIND as ROBUSTNESS
from lamplighter.domain.robustness import Robustness, robustness_in
from lamplighter.domain.signing import FORMAT, NAME, ROLE, unsigned
from lamplighter.domain.version import Artifact, Badge, Manifest, Version
from lamplighter.lifecycle.kit import Kit
from lamplighter.monitoring.evaluated import evaluated_bytes, evaluated_from
from lamplighter.serving import signatures
from lamplighter.serving.runtimes.base import Unloadable
from lamplighter.store.transaction import Transaction

PERFORMANCE = "performance"
#: What evidence says, by kind.
Facts = tuple[str, Mapping[str, Any]]


def known(look: Transaction, manifest: Manifest) -> Version | None:
    """The version that this manifest is already, whoever has signed it."""
    wanted = unsigned(manifest)
    return next((one for one in look.versions.all(model=manifest.model) if unsigned(one.manifest) == wanted), None)


def signed(kit: Kit, version: Version, manifest: Manifest) -> Manifest:
    """A version that runs code is vouched for by the platform, once somebody it trusts has vouched for these very files."""
    if manifest.badge is not Badge.CODE:
        return manifest
    try:
        signatures.check(version.manifest, kit.settings.artifacts, kit.settings.trusted_keys)
    except Unloadable as error:
        raise Conflict(
            f"{version.name} is not vouched for here.",
            why=str(error),
            fix="Have the key trusted that signed it (lamp key trust FILE), or register it anew.",
            code="E1548",
        ) from None
    content = keys.sign(manifest, kit.settings.signing_key)
    digest = digest_of(content)
    kit.artifacts.put(digest, content)
    artifact = Artifact(role=ROLE, name=NAME, digest=digest, size=len(content), format=FORMAT)
    return msgspec.structs.replace(manifest, artifacts=(*manifest.artifacts, artifact))


def carried(evidence: Mapping[str, Evidence], version: Version) -> list[Facts]:
    """What speaks of files and training data."""
    return [(kind, carrying.carried(evidence[kind], version)) for kind in carrying.KINDS if kind in evidence]


def evaluation(kit: Kit, evidence: Mapping[str, Evidence], version: Version, rises: Callable[[float], float]) -> list[Facts]:
    """What the new version says of the set of the one before, from the scores that were kept; nothing without them."""
    found, known = evidence.get(EVALUATION), evaluation_in(evidence.get(EVALUATION))
    if found is None or known is None:
        return []
    try:
        rows = evaluated_from(kit.artifacts.get(known.scores))
    except (Invalid, NotFound):
        return []
    content = evaluated_bytes(msgspec.structs.replace(rows, scores=np.array([rises(score) for score in rows.scores.tolist()])))
    digest = digest_of(content)
    kit.artifacts.put(digest, content)
    return [(EVALUATION, {**carrying.carried(found, version), "scores": digest})]


def robustness(evidence: Mapping[str, Evidence], version: Version, anew: Callable[[Robustness], Robustness]) -> list[Facts]:
    """What was tried of the version before, as it holds of the new one."""
    found, facts = evidence.get(ROBUSTNESS), robustness_in(evidence.get(ROBUSTNESS))
    if found is None or facts is None:
        return []
    return [(ROBUSTNESS, {**carrying.carried(found, version), **msgspec.to_builtins(anew(facts))})]


def performance(
    evidence: Mapping[str, Evidence],
    version: Version,
    stays: Callable[[str], bool],
    anew: Mapping[str, Mapping[str, Moved]],
    measured: tuple[str, Mapping[str, Any]],
) -> list[Facts]:
    """Figures that stay are those of the version before; others are of labelled rows. `measured` says which ones."""
    found = evidence.get(PERFORMANCE)
    facts: Mapping[str, Any] = carrying.carried(found, version) if found else {}
    of_base = facts.get("figures")
    figures: dict[str, dict[str, Any]] = {}
    for part, own in (of_base if isinstance(of_base, Mapping) else {}).items():
        figures[part] = {name: one for name, one in own.items() if stays(name)} if isinstance(own, Mapping) else {}
    for part, fresh in anew.items():
        of_part = {name: {"value": m.after, "low": m.low, "high": m.high, "n": m.n} for name, m in fresh.items()}
        figures[part] = {**figures.get(part, {}), **of_part}
    if not figures:
        return []
    name, rows = measured
    return [(PERFORMANCE, {**facts, "rows": facts.get("rows", rows["rows"]), name: rows, "figures": figures})]


def pool(evidence: Mapping[str, Evidence], rises: Callable[[float], float]) -> list[Facts]:
    """The rows that cases are picked from, with the scores of the new version."""
    found = pool_in(evidence.get(POOL))
    if found is None:
        return []
    scores = tuple(rises(score) for score in found.scores)
    return [(POOL, msgspec.to_builtins(msgspec.structs.replace(found, scores=scores)))]


def cases(
    evidence: Mapping[str, Evidence], project: Project, manifest: Manifest, rises: Callable[[float], float]
) -> list[Facts]:
    """What the new version makes of the scores of the example cases, if these are the cases of the project still."""
    tries = tries_in(evidence.get(CASES))
    if tries is None or tries.script != project.uat.digest:
        return []
    output, threshold = manifest.contract.output, manifest.decision.threshold
    asked = {case.name: case for case in project.uat.case}
    tried = []
    for one in tries.cases:
        score = rises(one.score)
        said = {"decision": in_words(output, score, threshold), "agrees": agrees(asked[one.name], output, score, threshold)}
        tried.append(msgspec.structs.replace(one, score=score, **said))
    return [(CASES, msgspec.to_builtins(msgspec.structs.replace(tries, cases=tuple(tried))))]
