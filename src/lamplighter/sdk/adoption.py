"""Adopt a model that runs elsewhere: a version whose contract and reference come from rows that it has scored there."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from lamplighter.domain.contract import Meaning, Output
from lamplighter.domain.errors import Invalid
from lamplighter.domain.project import Project
from lamplighter.domain.record import canonical, digest_of
from lamplighter.domain.version import EXTERNAL, DecisionRule, Elsewhere, Manifest, Provenance
from lamplighter.monitoring.binning import NumericBins
from lamplighter.monitoring.profile import PREDICTION, Profile, profile_bytes, reference_profile
from lamplighter.monitoring.truth import truth
from lamplighter.packaging import contract as contracts
from lamplighter.packaging import frames, labelled
from lamplighter.sdk import brought, evaluated, evaluation, fairness, table_stream
from lamplighter.sdk.answers import Facts
from lamplighter.sdk.release import Checked, data_checks, profile_artifact

#: Rows of a reference that are read; a profile does not become better with more.
MOST_ROWS = 200_000
#: Rows that are read at once.
_BITE = 8192


@dataclass(frozen=True)
class Reference:
    """A table of scored rows, and what each of its columns is."""

    file: Path
    #: Column with the score.
    score: str
    #: Column with what really happened; empty if that is not known.
    label: str = ""
    #: Columns that are no inputs, such as ids and times.
    ignored: Collection[str] = ()
    #: Inputs that may be empty though the table never leaves them so.
    nullable: Collection[str] = ()
    meaning: Meaning = Meaning.PROBABILITY
    #: Names of the classes, negative first, for probabilities.
    classes: tuple[str, ...] = ("0", "1")
    threshold: float = 0.5
    #: Whether the model was trained on other rows.
    held_out: bool = False


def adopted(project: Project, reference: Reference, elsewhere: Elsewhere, note: str = "") -> Checked:
    """A version that is ready to be registered; raises `Invalid` and `NotFound` for a table that does not fit."""
    groups = {one.column for one in project.fairness.criterion}
    table = _table(reference, groups)
    scores = _scores(reference, table)
    classes = reference.classes if reference.meaning is Meaning.PROBABILITY else ()
    output = Output(name=reference.score, meaning=reference.meaning, classes=classes)
    given = table[reference.label] if reference.label else None
    labels = () if given is None else labelled.numbers(given, output, None, len(scores))
    apart = {reference.score, reference.label, *reference.ignored}
    columns = {name: values for name, values in table.items() if name not in apart}
    contract = contracts.infer(columns, output, reference.nullable)
    profile = _profile(reference, reference_profile(contract, columns, scores, edges=(reference.threshold,)), labels, scores)
    content = profile_bytes(profile)
    manifest = Manifest(
        model=project.name,
        runtime=EXTERNAL,
        contract=contract,
        artifacts=(profile_artifact(content),),
        decision=DecisionRule(threshold=reference.threshold),
        provenance=Provenance(data_digest=digest_of(canonical(table)), data_rows=len(scores), licence=project.model.licence),
        elsewhere=elsewhere,
    )
    evidence: list[Facts] = [data_checks(contract, columns, labels)]
    blobs = {digest_of(content): content}
    if labels:
        known = (columns, labels, scores)
        evidence.append(
            evaluation.measured(project, reference.meaning, reference.threshold, *known, held_out=reference.held_out)
        )
        kept = evaluated.kept(project, *known, held_out=reference.held_out)
        evidence.append(kept.evidence)
        blobs[digest_of(kept.content)] = kept.content
    if groups:
        given = (project.fairness, output, reference.threshold, table, labels, scores)
        evidence.append(fairness.treated(*given, held_out=reference.held_out))
    return Checked(manifest=manifest, blobs=blobs, evidence=tuple(evidence), note=note)


def _table(reference: Reference, groups: Collection[str]) -> Mapping[str, Sequence[Any]]:
    """The first rows of the file, as columns of plain values; of those that are no inputs only what tells groups."""
    columns: dict[str, list[Any]] = {}
    rows = 0
    for batch in table_stream.batches(reference.file, _BITE):
        some = table_stream.columns(batch.slice(0, min(batch.num_rows, MOST_ROWS - rows)))
        rows += batch.num_rows
        for name, values in some.items():
            columns.setdefault(name, []).extend(values)
        if rows >= MOST_ROWS:
            break
    wanted = [reference.score, *([reference.label] if reference.label else []), *reference.ignored]
    absent = [name for name in wanted if name not in columns]
    if absent or not rows:
        raise _unfit(f"There is no column {absent[0]}." if absent else "It holds no row.", "Name columns of the file.")
    # Columns that are no inputs may hold what no contract knows, such as a time.
    apart = frozenset(reference.ignored).difference(groups)
    return frames.columns({name: map(brought.written, values) for name, values in columns.items() if name not in apart})


def _scores(reference: Reference, table: Mapping[str, Sequence[Any]]) -> list[float]:
    scores = [float(value) if type(value) in (int, float) else math.nan for value in table[reference.score]]
    if not all(map(math.isfinite, scores)):
        raise _unfit("A row has no number as its score.", "Leave out rows without a score.")
    if reference.meaning is Meaning.PROBABILITY and not all(0.0 <= score <= 1.0 for score in scores):
        raise _unfit(
            "A score lies outside 0 to 1, so it is no probability.", "Say --number for a model that answers with numbers."
        )
    return scores


def _profile(reference: Reference, profile: Profile, labels: Sequence[float], scores: Sequence[float]) -> Profile:
    bins = profile.columns[PREDICTION].bins
    if not labels or not isinstance(bins, NumericBins):
        return profile
    known = truth(bins, reference.meaning, labels, scores, reference.threshold, held_out=reference.held_out)
    return msgspec.structs.replace(profile, truth=known)


def _unfit(why: str, fix: str) -> Invalid:
    return Invalid("The reference does not show what the model takes and answers.", why=why, fix=fix, code="E1260")
