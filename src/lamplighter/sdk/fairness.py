"""How a build treats protected groups: the rates that its project asks for, on rows with the column that tells the groups."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from lamplighter.domain.contract import Meaning, Output
from lamplighter.domain.errors import Invalid
from lamplighter.domain.fairness import MOST_GROUPS, Criterion, Disparity, Fairness
from lamplighter.domain.names import unknown
from lamplighter.domain.slices import MISSING
from lamplighter.domain.treatment import KIND, Disparate, Group, Treatment, Unmeasured
from lamplighter.monitoring import disparity
from lamplighter.monitoring.disparity import Apart, Rate
from lamplighter.packaging import frames
from lamplighter.packaging.draft import Draft
from lamplighter.sdk.answers import Facts
from lamplighter.sdk.build import Build
from lamplighter.sdk.evaluation import Rows

#: Rates of a group: how many of how many.
_Rates = Callable[[Group], Rate]
_FAVOURED: _Rates = lambda group: Rate(group.favoured, group.rows)  # noqa: E731
_DESERVING: _Rates = lambda group: Rate(group.deserved, group.deserving)  # noqa: E731
_OTHERS: _Rates = lambda group: Rate(group.favoured - group.deserved, group.rows - group.deserving)  # noqa: E731
_DESERVED: _Rates = lambda group: Rate(group.deserved, group.favoured)  # noqa: E731
#: What each measure compares; the worst of them counts.
_COMPARED: Mapping[str, tuple[_Rates, ...]] = {
    "demographic_parity": (_FAVOURED,),
    "equal_opportunity": (_DESERVING,),
    "equalized_odds": (_DESERVING, _OTHERS),
    "predictive_parity": (_DESERVED,),
}


def fairness(plan: Fairness, build: Build, draft: Draft, measured: Rows | None) -> list[Facts]:
    """The evidence `fairness` where criteria are declared; raises `Invalid` and `NotFound` for one that says nothing of the
    build."""
    if not plan.criterion:
        return []
    output = draft.manifest.contract.output
    if build.evaluation is None:
        table, rows = frames.columns(build.sample), (draft.columns, draft.labels, draft.scores)
    else:
        assert measured is not None
        table, rows = frames.columns(build.evaluation), measured
    return [treated(plan, output, build.threshold, {**table, **rows[0]}, *rows[1:], held_out=build.evaluation is not None)]


def treated(
    plan: Fairness,
    output: Output,
    threshold: float,
    columns: Mapping[str, Sequence[Any]],
    labels: Sequence[float],
    scores: Sequence[float],
    *,
    held_out: bool,
) -> Facts:
    """The same for rows whose scores, and labels if there are any, are at hand."""
    negative = _is_negative(plan, output)
    favoured = [(score >= threshold) is not negative for score in scores]
    deserving = [(label == 1.0) is not negative for label in labels]
    found = [_measured(one, columns, favoured, deserving) for one in plan.criterion]
    facts = Treatment(
        rows=len(scores),
        held_out=held_out,
        favourable=plan.favourable or (output.classes or ("0", "1"))[1],
        figures=tuple(one for one in found if isinstance(one, Disparate)),
        unmeasured=tuple(one for one in found if isinstance(one, Unmeasured)),
    )
    return Facts(kind=KIND, facts=msgspec.to_builtins(facts))


def _is_negative(plan: Fairness, output: Output) -> bool:
    """Whether the negative decision is the favourable one."""
    if output.meaning is Meaning.NUMBER:
        raise Invalid(
            "The fairness of this model cannot be measured.",
            why="It answers with numbers, and the measures compare decisions.",
            fix="Remove [[fairness.criterion]] and say in none of [fairness] how groups are protected otherwise.",
            code="E1253",
        )
    classes = output.classes or ("0", "1")
    if plan.favourable and plan.favourable not in classes:
        raise unknown("class (fairness.favourable)", plan.favourable, classes)
    return plan.favourable == classes[0]


def _measured(
    one: Criterion, columns: Mapping[str, Sequence[Any]], favoured: Sequence[bool], deserving: Sequence[bool]
) -> Disparate | Unmeasured:
    if one.column not in columns:
        raise unknown("column (fairness.criterion)", one.column, columns)
    groups = _groups(one, columns[one.column], favoured, deserving)
    compared = _COMPARED[one.metric.value.rpartition("_")[0]]
    if compared != (_FAVOURED,) and not deserving:
        return Unmeasured(column=one.column, metric=one.metric, why="The rows have no labels.")
    kinds = [[rate(group) for group in groups] for rate in compared]
    fewest, smallest = min(((rate.n, group.name) for rates in kinds for rate, group in zip(rates, groups, strict=True)))
    if len(groups) < 2 or not fewest:
        why = (
            f"The group {smallest} has no row that it could be measured on." if len(groups) > 1 else "There is only one group."
        )
        return Unmeasured(column=one.column, metric=one.metric, why=why)
    try:
        apart = _apart(one.metric, kinds)
    except ZeroDivisionError:
        return Unmeasured(column=one.column, metric=one.metric, why="No group has any of what is compared.")
    return Disparate(
        column=one.column,
        metric=one.metric,
        n=fewest,
        smallest=smallest,
        groups=tuple(groups),
        cuts=one.cuts,
        **apart._asdict(),
    )


def _apart(metric: Disparity, kinds: Sequence[Sequence[Rate]]) -> Apart:
    if metric.is_ratio:
        return disparity.worst(disparity.ratio, min, kinds)
    return disparity.worst(disparity.difference, max, kinds)


def _groups(one: Criterion, values: Sequence[Any], favoured: Sequence[bool], deserving: Sequence[bool]) -> list[Group]:
    """Counts of each group, in the order of their names."""
    rows: dict[str, list[int]] = {}
    for row, value in enumerate(values):
        rows.setdefault(_name(one, value), []).append(row)
    kept = {name: rows.get(name, []) for name in (one.groups or sorted(rows))}
    if len(kept) > MOST_GROUPS:
        raise Invalid(
            f"The column {one.column!r} has too many groups.",
            why=f"It has {len(kept)} values, and {MOST_GROUPS} groups are compared at most.",
            fix="Name groups = [...] of the criterion, or where groups of a number begin as cuts = [25, 60].",
            code="E1254",
        )
    return [_counted(name, places, favoured, deserving) for name, places in kept.items()]


def _counted(name: str, places: Sequence[int], favoured: Sequence[bool], deserving: Sequence[bool]) -> Group:
    known = [place for place in places if deserving[place]] if deserving else []
    return Group(
        name=name,
        rows=len(places),
        favoured=sum(favoured[place] for place in places),
        deserving=len(known),
        deserved=sum(favoured[place] for place in known),
    )


def _name(one: Criterion, value: Any) -> str:
    """The group of a row."""
    if value is None:
        return MISSING
    if not one.cuts or isinstance(value, str):
        return str(value)
    below = [cut for cut in one.cuts if cut <= value]
    above = [cut for cut in one.cuts if cut > value]
    return " ".join([*([f"from {below[-1]:g}"] if below else []), *([f"below {above[0]:g}"] if above else [])])
