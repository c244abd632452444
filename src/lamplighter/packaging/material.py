"""What every form of a version shares, and how a form becomes a manifest with its bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lamplighter.domain.contract import Contract, Meaning
from lamplighter.domain.expectation import Expectation
from lamplighter.domain.golden import ROLE, Golden
from lamplighter.domain.record import canonical, digest_of
from lamplighter.domain.version import Artifact, Badge, DecisionRule, Manifest, Provenance
from lamplighter.packaging.lock import lock
from lamplighter.packaging.parity import TOLERANCE
from lamplighter.packaging.sources.base import Captured, Source
from lamplighter.serving.worker.scorers import Scorer

#: Rows of the sample that go into the version.
SAMPLE_ROWS = 1_000
#: Rows of it that a version is asked wherever it is loaded.
GOLDEN_ROWS = 8


@dataclass(frozen=True)
class Material:
    """A model with all that is known of it."""

    name: str
    captured: Captured
    contract: Contract
    columns: Mapping[str, Sequence[Any]]
    truth: Scorer
    decision: DecisionRule
    provenance: Provenance
    #: Folder for environments of models whose packages are not those here; nothing if none may be made.
    environments: Path | None = None
    #: The model's score of each row of the sample.
    scores: Sequence[float] = ()
    #: How its answers have to follow its inputs.
    expectations: Sequence[Expectation] = ()


@dataclass(frozen=True)
class Packed:
    """One form of a version."""

    manifest: Manifest
    #: The bytes of every artifact, by digest.
    blobs: Mapping[str, bytes]


def packed(material: Material, runtime: str, parts: Sequence[tuple[str, Source]], roots: frozenset[str]) -> Packed:
    """The version with these artifacts by role, its sample and its golden rows; `roots` are the modules its runtime needs."""
    sample = canonical({name: _spread(values, SAMPLE_ROWS) for name, values in material.columns.items()})
    parts = [
        *parts,
        ("sample", Source("sample.json", "json", Badge.DATA, sample)),
        (ROLE, Source("golden.json", "json", Badge.DATA, canonical(_golden(material)))),
    ]
    manifest = Manifest(
        model=material.name,
        runtime=runtime,
        contract=material.contract,
        artifacts=tuple(_artifact(role, part) for role, part in parts),
        decision=material.decision,
        lock=material.captured.lock or lock(roots),
        provenance=material.provenance,
    )
    return Packed(manifest, {digest_of(part.content): part.content for _, part in parts})


def _artifact(role: str, part: Source) -> Artifact:
    digest, size = digest_of(part.content), len(part.content)
    return Artifact(role=role, name=part.name, digest=digest, size=size, format=part.format, badge=part.badge)


def _golden(material: Material) -> Golden:
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
