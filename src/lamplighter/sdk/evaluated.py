"""What a build was evaluated on: the digest of the set, and the scores of its rows as they are kept."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np

from lamplighter.domain.evaluation import KIND, MOST_KEPT, Evaluation
from lamplighter.domain.project import Project
from lamplighter.domain.record import canonical, digest_of
from lamplighter.domain.slices import read_slice
from lamplighter.monitoring.arrays import IntArray
from lamplighter.monitoring.evaluated import Evaluated, evaluated_bytes
from lamplighter.packaging import frames
from lamplighter.packaging.draft import Draft
from lamplighter.sdk.answers import Facts
from lamplighter.sdk.build import Build
from lamplighter.sdk.evaluation import Rows

Columns = Mapping[str, Sequence[Any]]


class Kept(NamedTuple):
    """The evidence, and the artifact that it names."""

    evidence: Facts
    content: bytes


def evaluated(project: Project, build: Build, draft: Draft, measured: Rows | None) -> Kept | None:
    """The evaluation of a build; nothing if it has no labels. The set is the whole table that was handed over."""
    if measured is None:
        return None
    table = draft.columns if build.evaluation is None else frames.columns(build.evaluation)
    return kept(project, table, *measured[1:], held_out=build.evaluation is not None)


def kept(project: Project, table: Columns, labels: Sequence[float], scores: Sequence[float], *, held_out: bool) -> Kept:
    """The same for a table whose scores and labels are at hand."""
    marks = list(_marks(table, labels))
    # Rows with one mark are equal, and so are their scores unless a model answers at random.
    order = sorted(range(len(marks)), key=lambda row: (marks[row], scores[row]))
    few = order[:MOST_KEPT]
    rows = Evaluated(
        labels=np.array([labels[row] for row in few], dtype=np.float64),
        scores=np.array([scores[row] for row in few], dtype=np.float64),
        slices=_slices(project, table, few),
    )
    content = evaluated_bytes(rows)
    found = Evaluation(
        digest=_digest(table, (marks[row] for row in order)),
        rows=len(marks),
        held_out=held_out,
        kept=rows.n,
        scores=digest_of(content),
    )
    return Kept(Facts(kind=KIND, facts=msgspec.to_builtins(found)), content)


def _marks(table: Columns, labels: Sequence[float]) -> Iterator[bytes]:
    """A digest of each row with its label; a whole number is the same whether it is written 1 or 1.0."""
    columns = [[float(value) if type(value) is int else value for value in table[name]] for name in sorted(table)]
    encoder = msgspec.json.Encoder()
    for row in zip(*columns, map(float, labels), strict=True):
        yield hashlib.sha256(encoder.encode(row)).digest()


def _digest(table: Columns, marks: Iterator[bytes]) -> str:
    whole = hashlib.sha256(canonical(sorted(table)))
    for mark in marks:
        whole.update(mark)
    return whole.hexdigest()


def _slices(project: Project, table: Columns, rows: Collection[int]) -> dict[str, IntArray]:
    """Where the rows of each slice are that a requirement names, unless the log may not hold its column."""
    found = {}
    for part in dict.fromkeys(requirement.slice for requirement in project.requirement if requirement.slice):
        wanted = read_slice(part)
        if wanted.column in table and wanted.column not in project.log.redact:
            values = table[wanted.column]
            inside = [place for place, row in enumerate(rows) if str(values[row]) == wanted.value]
            found[part] = np.array(inside, dtype=np.int64)
    return found
