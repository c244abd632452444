"""From a model object to everything that a version is made of. Runs where the model is, never in the control plane."""

import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from msgspec import structs

from lamplighter.domain.contract import Contract, Meaning
from lamplighter.domain.errors import Invalid
from lamplighter.domain.golden import ROLE, Golden
from lamplighter.domain.names import model_name
from lamplighter.domain.record import Record, canonical, digest_of
from lamplighter.domain.version import Artifact, Badge, DecisionRule, Manifest, Provenance
from lamplighter.packaging import contract as contracts
from lamplighter.packaging import faithful, frames, labelled, limits, trial
from lamplighter.packaging.capture import arranged, capture
from lamplighter.packaging.compile.base import Compiled, NotCompiled
from lamplighter.packaging.compile.model import compile_model
from lamplighter.packaging.lock import lock
from lamplighter.packaging.parity import TOLERANCE
from lamplighter.packaging.sources.base import Captured, Request, Source
from lamplighter.packaging.threads import one_thread
from lamplighter.serving.compiled import plan as plans
from lamplighter.serving.worker.opening import IMPORTS
from lamplighter.serving.worker.scorers import Scorer

#: Rows of the sample that go into the version.
SAMPLE_ROWS = 1_000
#: Rows of it that a version is asked wherever it is loaded.
GOLDEN_ROWS = 8

Extra = Sequence[tuple[Artifact, bytes]]


class Fact(Record, frozen=True):
    """One piece of evidence that drafting has measured."""

    #: `compilation`, `parity` or `load-check`.
    kind: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Draft:
    """A version before it is registered."""

    manifest: Manifest
    #: The bytes of every artifact, by digest.
    blobs: Mapping[str, bytes]
    evidence: tuple[Fact, ...]
    #: The whole sample as the model takes it.
    columns: Mapping[str, Sequence[Any]] = field(repr=False)
    #: The model's score of each row of the sample.
    scores: Sequence[float] = field(repr=False)
    #: The true answer of each row: 1 and 0 for the classes, or the number; empty if none were given.
    labels: Sequence[float] = field(repr=False)


@dataclass(frozen=True)
class _Material:
    """What every form of the version shares."""

    name: str
    captured: Captured
    contract: Contract
    columns: Mapping[str, Sequence[Any]]
    truth: Scorer
    decision: DecisionRule
    provenance: Provenance
    #: The model's score of each row of the sample.
    scores: Sequence[float] = ()


def draft(
    model: Any,
    name: str,
    sample: Any,
    *,
    labels: Any = None,
    nullable: Collection[str] = (),
    classes: Sequence[str] = (),
    threshold: float = 0.5,
    provenance: Provenance = Provenance(),  # noqa: B008  immutable
    trust: bool = False,
    extra_artifacts: Extra = (),
) -> Draft:
    """Everything a version of the model `name` is made of.

    `sample` is a table of the model's inputs, at best the training rows; `labels` are their true answers. Columns in
    `nullable` may be empty though the sample has no empty value there. `classes` name the two classes, negative first, where
    the model does not. Only with `trust` a model is stored in a format that runs code when opened. Raises `Invalid` for a
    model, a sample or a name that cannot be a version, and for a model that cannot be served as it answers here.
    """
    with one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        request, decision = Request(tuple(classes), trust), DecisionRule(threshold=threshold)
        material = replace(_material(model, name, sample, nullable, request, decision), provenance=provenance)
        return with_artifacts(_drafted(material, labels), extra_artifacts)


def _drafted(material: _Material, labels: Any) -> Draft:
    rows = len(next(iter(material.columns.values())))
    output, model = material.contract.output, material.captured.model
    known = () if labels is None else labelled.numbers(labels, output, model, rows)
    scores = material.truth(material.columns, rows)
    manifest, blobs, evidence = _tried(replace(material, scores=scores))
    return Draft(manifest=manifest, blobs=blobs, evidence=evidence, columns=material.columns, scores=scores, labels=known)


def with_artifacts(draft: Draft, extra: Extra) -> Draft:
    """The draft with more artifacts, such as a profile of its sample; raises `Invalid` for bytes of another digest."""
    for artifact, content in extra:
        if artifact.digest != digest_of(content) or artifact.size != len(content):
            raise Invalid(
                f"The bytes of the artifact {artifact.role} are not those of its digest.",
                why="A version names its artifacts by digest and size.",
                fix="Make the artifact's record from the bytes themselves.",
                code="E1161",
            )
    artifacts = (*draft.manifest.artifacts, *(artifact for artifact, _ in extra))
    blobs = {**draft.blobs, **{artifact.digest: content for artifact, content in extra}}
    return replace(draft, manifest=structs.replace(draft.manifest, artifacts=artifacts), blobs=blobs)


def _material(
    model: Any, name: str, sample: Any, nullable: Collection[str], request: Request, decision: DecisionRule
) -> _Material:
    checked = model_name(name)
    captured = capture(model, request)
    columns = arranged(captured, frames.columns(sample))
    contract = contracts.infer(columns, captured.output, {*nullable, *(captured.nullable & columns.keys())})
    try:
        truth = captured.truth(contract)
    except ValueError as error:
        raise Invalid(
            "The model does not take the columns of the sample.",
            why=f"In short: {error}.",
            fix="Hand over rows as the model was trained on, without the target.",
            code="E1160",
        ) from error
    contract = limits.explored(contract, columns, truth)
    faithful.check(captured, sample, columns, truth)
    return _Material(checked, captured, contract, columns, truth, decision, Provenance())


def _tried(material: _Material) -> tuple[Manifest, Mapping[str, bytes], tuple[Fact, ...]]:
    """The first form that answers as the model does, with the evidence of those that do not."""
    form = compile_model(material.captured.model, material.contract, material.columns)
    evidence = [Fact(kind="compilation", facts=_told(form))]
    forms = [_served(material)] if isinstance(form, NotCompiled) else [_compiled(material, form), _served(material)]
    edges, why = {} if isinstance(form, NotCompiled) else form.edges, ""
    for manifest, blobs in forms:
        outcome = trial.run(manifest, blobs, material.truth, material.columns, edges)
        evidence.append(Fact(kind="load-check", facts=structs.asdict(outcome.bulb)))
        if outcome.parity is not None:
            evidence.append(Fact(kind="parity", facts=structs.asdict(outcome.parity)))
            if outcome.parity.passed:
                return manifest, blobs, tuple(evidence)
        why = outcome.bulb.why if outcome.parity is None else outcome.parity.why
    raise Invalid(
        "The model is not served as it answers here.",
        why=why,
        fix="Mend what the reason names; the model has to answer the same rows with the same numbers, without chance or state.",
        code="E1162",
    )


def _told(form: Compiled | NotCompiled) -> Mapping[str, Any]:
    if isinstance(form, NotCompiled):
        return {"compiled": False, "step": form.step, "why": form.why}
    return {"compiled": True, "form": type(form.plan.estimator).__name__.lower(), "width": len(form.plan.template)}


def _compiled(material: _Material, form: Compiled) -> tuple[Manifest, Mapping[str, bytes]]:
    """A plan with its trees. The source goes along unless opening it would run code, for nothing needs it."""
    source = material.captured.source
    parts = [("plan", Source("plan.json", "json", Badge.DATA, plans.write(form.plan)))]
    parts += [("model", Source("model.onnx", "onnx", Badge.DATA, form.trees))] if form.trees else []
    parts += [("source", source)] if source.badge is not Badge.CODE else []
    return _manifest(material, "compiled", parts)


def _served(material: _Material) -> tuple[Manifest, Mapping[str, bytes]]:
    return _manifest(material, "python", [("model", material.captured.source)])


def _manifest(material: _Material, runtime: str, parts: list[tuple[str, Source]]) -> tuple[Manifest, Mapping[str, bytes]]:
    sample = canonical({name: _spread(values, SAMPLE_ROWS) for name, values in material.columns.items()})
    parts = [
        *parts,
        ("sample", Source("sample.json", "json", Badge.DATA, sample)),
        (ROLE, Source("golden.json", "json", Badge.DATA, canonical(_golden(material)))),
    ]
    blobs: dict[str, bytes] = {}
    artifacts = []
    for role, part in parts:
        digest = digest_of(part.content)
        blobs[digest] = part.content
        artifacts.append(
            Artifact(role=role, name=part.name, digest=digest, size=len(part.content), format=part.format, badge=part.badge)
        )
    manifest = Manifest(
        model=material.name,
        runtime=runtime,
        contract=material.contract,
        artifacts=tuple(artifacts),
        decision=material.decision,
        lock=lock(material.captured.roots | {name.split(".")[0] for name in IMPORTS[material.captured.source.format]}),
        provenance=material.provenance,
    )
    return manifest, blobs


def _golden(material: _Material) -> Golden:
    """Rows of the sample with what the model says of them; a number may differ as parity lets it."""
    scale = max(map(abs, material.scores)) or 1.0 if material.contract.output.meaning is Meaning.NUMBER else 1.0
    return Golden(
        columns={name: _spread(values, GOLDEN_ROWS) for name, values in material.columns.items()},
        scores=_spread(material.scores, GOLDEN_ROWS),
        tolerance=TOLERANCE * scale,
    )


def _spread(values: Sequence[Any], most: int) -> Sequence[Any]:
    """At most so many values, evenly over all of them."""
    step = -(-len(values) // most)
    return values[::step]
