"""From a model object to everything that a version is made of. Runs where the model is, never in the control plane."""

import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from msgspec import structs

from lamplighter.domain.errors import Invalid
from lamplighter.domain.expectation import Expectation
from lamplighter.domain.names import model_name
from lamplighter.domain.record import digest_of
from lamplighter.domain.version import Artifact, DecisionRule, Manifest, Provenance
from lamplighter.packaging import contract as contracts
from lamplighter.packaging import expectations as expected
from lamplighter.packaging import faithful, forms, frames, labelled, limits
from lamplighter.packaging.capture import arranged, capture
from lamplighter.packaging.fact import Fact
from lamplighter.packaging.material import Material
from lamplighter.packaging.sources.base import Request
from lamplighter.packaging.threads import one_thread

Extra = Sequence[tuple[Artifact, bytes]]


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
    environments: Path | None = None,
    extra_artifacts: Extra = (),
    expectations: Sequence[Expectation] = (),
) -> Draft:
    """Everything a version of the model `name` is made of.

    `sample` is a table of the model's inputs, at best the training rows; `labels` are their true answers. Columns in
    `nullable` may be empty though the sample has no empty value there. `classes` name the two classes, negative first, where
    the model does not. Only with `trust` a model is stored in a format that runs code when opened. `environments` is a folder
    where environments are made for models that need other packages than those here. `expectations` say how the answers have to
    follow inputs. Raises `Invalid` for a model, a sample or a name that cannot be a version, and for a model that cannot be
    served as it answers here, and `NotFound` for an expectation of an input that does not exist.
    """
    with one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        request, decision = Request(tuple(classes), trust, environments), DecisionRule(threshold=threshold)
        material = _material(model, name, sample, nullable, request, decision)
        expected.check(material.contract, expectations)
        material = replace(material, provenance=provenance, expectations=expectations)
        return with_artifacts(_drafted(material, labels), extra_artifacts)


def _drafted(material: Material, labels: Any) -> Draft:
    rows = len(next(iter(material.columns.values())))
    output, model = material.contract.output, material.captured.model
    known = () if labels is None else labelled.numbers(labels, output, model, rows)
    scores = material.truth(material.columns, rows)
    version, evidence = forms.chosen(replace(material, scores=scores))
    return Draft(
        manifest=version.manifest,
        blobs=version.blobs,
        evidence=evidence,
        columns=material.columns,
        scores=scores,
        labels=known,
    )


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
) -> Material:
    checked = model_name(name)
    captured = capture(model, request)
    columns = arranged(captured, frames.columns(sample))
    may_be_empty = {*nullable, *(captured.nullable & columns.keys())}
    contract = contracts.infer(columns, captured.output, may_be_empty, captured.kinds)
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
    return Material(checked, captured, contract, columns, truth, decision, Provenance(), request.environments)
