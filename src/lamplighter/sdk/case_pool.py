"""The rows of a build that the platform picks cases from: which ones they are follows from the rows and the scores alone."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from lamplighter.domain.case_pool import KIND, MOST, Pool
from lamplighter.domain.contract import Contract, Meaning
from lamplighter.domain.errors import Invalid
from lamplighter.domain.names import unknown
from lamplighter.domain.project import Project
from lamplighter.domain.version import Manifest
from lamplighter.packaging.capture import capture
from lamplighter.sdk.answers import Facts
from lamplighter.sdk.build import Build
from lamplighter.sdk.evaluation import Rows
from lamplighter.sdk.requested import requested

#: Rows that are scored to find those of the pool.
_SCORED = 5_000

Columns = Mapping[str, Sequence[Any]]


def case_pool(project: Project, build: Build, manifest: Manifest, measured: Rows | None) -> list[Facts]:
    """The evidence `case-pool`, if the project has cases picked; raises `Invalid` where that cannot be."""
    pick, contract = project.uat.pick, manifest.contract
    if pick is None:
        return []
    if measured is None or len(measured[1]) < pick.cases:
        raise _unfit("The build has fewer labelled rows than cases are picked.", "Give evaluation and evaluation_labels.")
    if contract.output.meaning is Meaning.NUMBER and not pick.within:
        raise _unfit("The model answers with a number.", "Say in [uat] how far off still agrees: pick = { ..., within = 5 }.")
    # What the log may not hold no card shows.
    names = [column.name for column in contract.inputs if column.name not in project.log.redact]
    for name in pick.by:
        if name not in names:
            raise unknown("input (uat.pick.by)", name, names)
    columns, labels, _ = measured
    order = _ordered(columns, labels)[:_SCORED]
    scored = {name: [columns[name][place] for place in order] for name in columns}
    scores = [float(score) for score in capture(build.model, requested(build)).truth(contract)(scored, len(order))]
    truth = [float(labels[place]) for place in order]
    chosen = _chosen(scores, truth, contract, manifest.decision.threshold)
    pool = Pool(
        names=tuple(names),
        rows=tuple(tuple(scored[name][place] for name in names) for place in chosen),
        labels=tuple(truth[place] for place in chosen),
        scores=tuple(scores[place] for place in chosen),
        of=len(labels),
    )
    return [Facts(kind=KIND, facts=msgspec.to_builtins(pool))]


def _ordered(columns: Columns, labels: Sequence[float]) -> list[int]:
    """Rows by their digests: an order that nobody chooses and that does not hang on that of the table."""
    encoder, names = msgspec.json.Encoder(), sorted(columns)
    rows = zip(*(columns[name] for name in names), map(float, labels), strict=True)
    marks = [hashlib.sha256(encoder.encode(row)).digest() for row in rows]
    return sorted(range(len(marks)), key=lambda place: marks[place])


def _chosen(scores: Sequence[float], labels: Sequence[float], contract: Contract, threshold: float) -> list[int]:
    """A quarter near the boundary or furthest off, a quarter of those that are wrong, and others in their order."""
    places, quarter = list(range(len(scores))), MOST // 4
    if contract.output.meaning is Meaning.NUMBER:
        near = sorted(places, key=lambda place: -abs(scores[place] - labels[place]))
        wrong: list[int] = []
    else:
        near = sorted(places, key=lambda place: abs(scores[place] - threshold))
        wrong = [place for place in places if (scores[place] >= threshold) != (labels[place] >= 0.5)]
    found = dict.fromkeys([*near[:quarter], *wrong[:quarter]])
    return list(dict.fromkeys([*found, *places]))[:MOST]


def _unfit(why: str, fix: str) -> Invalid:
    return Invalid("The platform cannot pick cases.", why=why, fix=fix, code="E1168")
