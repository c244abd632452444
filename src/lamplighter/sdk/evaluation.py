"""How good a build is: the figures that requirements ask for, on rows and slices, with their intervals."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lamplighter.domain.contract import Meaning
from lamplighter.domain.errors import Invalid
from lamplighter.domain.names import unknown
from lamplighter.domain.project import Project
from lamplighter.domain.slices import read_slice
from lamplighter.measures import quality_measure, watched
from lamplighter.monitoring.figure import Figure, Missing
from lamplighter.monitoring.outcomes import outcomes
from lamplighter.packaging import frames
from lamplighter.packaging.capture import capture
from lamplighter.packaging.draft import Draft
from lamplighter.packaging.labelled import numbers
from lamplighter.sdk.answers import Facts
from lamplighter.sdk.build import Build
from lamplighter.sdk.requested import requested

#: Columns, labels and scores of rows.
Rows = tuple[Mapping[str, Sequence[Any]], Sequence[float], Sequence[float]]
_CLASSIFICATION = ("auc", "brier", "log_loss", "precision", "recall")
_REGRESSION = ("rmse", "mae")


def performance(project: Project, build: Build, draft: Draft, rows: Rows | None) -> list[Facts]:
    """The evidence `performance` of rows that are `labelled`, if there are any; figures by slice, then by metric."""
    if rows is None:
        return []
    meaning = draft.manifest.contract.output.meaning
    return [measured(project, meaning, build.threshold, *rows, held_out=build.evaluation is not None)]


def measured(
    project: Project,
    meaning: Meaning,
    threshold: float,
    columns: Mapping[str, Sequence[Any]],
    labels: Sequence[float],
    scores: Sequence[float],
    *,
    held_out: bool,
) -> Facts:
    """The same for rows whose scores and labels are at hand."""
    names = _names(project, meaning)
    slices = dict.fromkeys(["", *(requirement.slice for requirement in project.requirement)])
    figures = {part: _figures(names, threshold, *_sliced(part, columns, labels, scores)) for part in slices}
    return Facts(kind="performance", facts={"rows": len(labels), "held_out": held_out, "figures": figures})


def _names(project: Project, meaning: Meaning) -> list[str]:
    """What is always measured, and whatever else is asked for that says something of such scores."""
    success = project.problem.success
    asked = [*([success.metric] if success else []), *(requirement.metric for requirement in project.requirement)]
    usual = _REGRESSION if meaning is Meaning.NUMBER else _CLASSIFICATION
    return [*usual, *(name for name in dict.fromkeys(asked) if name not in usual and watched(name, meaning) == name)]


def labelled(build: Build, draft: Draft) -> Rows | None:
    """Columns, labels and scores of the rows that quality is measured on; nothing if the build has no labels.

    Raises `Invalid` for evaluation rows without labels, or the other way round, and for rows that lack an input.
    """
    if (build.evaluation is None) != (build.evaluation_labels is None):
        raise Invalid(
            "Evaluation rows and their labels belong together.",
            why="The build has one of the two without the other.",
            fix="Give both evaluation and evaluation_labels to lamplighter.Build, or neither.",
            code="E1108",
        )
    if build.evaluation is None:
        return (draft.columns, draft.labels, draft.scores) if draft.labels else None
    model = build.evaluated if build.evaluated is not None else build.model
    captured = capture(model, requested(build))
    contract = draft.manifest.contract
    given = frames.columns(build.evaluation)
    missing = next((column.name for column in contract.inputs if column.name not in given), None)
    if missing is not None:
        raise Invalid(
            "The evaluation rows do not fit the sample.",
            why=f"They lack the input {missing}.",
            fix="Give evaluation the columns that the sample has.",
            code="E1109",
        )
    columns = {column.name: given[column.name] for column in contract.inputs}
    count = len(next(iter(columns.values()), ()))
    scores = captured.truth(contract)(columns, count)
    return columns, numbers(build.evaluation_labels, contract.output, model, count), list(scores)


def _sliced(part: str, columns: Mapping[str, Sequence[Any]], labels: Sequence[float], scores: Sequence[float]) -> Any:
    if not part:
        return labels, scores
    wanted = read_slice(part)
    if wanted.column not in columns:
        raise unknown("input (requirement.slice)", wanted.column, columns)
    keep = [str(found) == wanted.value for found in columns[wanted.column]]
    return _kept(labels, keep), _kept(scores, keep)


def _kept(values: Iterable[float], keep: Sequence[bool]) -> list[float]:
    return [value for value, wanted in zip(values, keep, strict=True) if wanted]


def _figures(names: Sequence[str], threshold: float, labels: Sequence[float], scores: Sequence[float]) -> dict[str, Any]:
    rows = outcomes(labels, scores, threshold)
    found = {name: quality_measure(name).measure(rows) for name in names}
    return {name: _fact(figure) for name, figure in found.items() if not isinstance(figure, Missing)}


def _fact(figure: Figure) -> dict[str, Any]:
    return {"value": figure.value, "low": figure.low, "high": figure.high, "n": figure.n}
