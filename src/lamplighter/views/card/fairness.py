"""How it treats protected groups, as tables for people."""

from collections.abc import Iterator

from lamplighter.domain.card import Section, Table
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.fairness import Fairness
from lamplighter.domain.treatment import KIND, Group, Treatment, treatment_in

__all__ = ["KIND", "section", "tables"]


def section(evidence: Evidence | None, plan: Fairness) -> Section:
    """The section of the model file."""
    title, found = "How it treats groups of people", treatment_in(evidence)
    told = [f"No group is concerned, says the project: {plan.none}"] if plan.none else []
    if found is None:
        told += ["The evidence has a shape of its own."] if evidence else [] if told else ["It was not measured."]
        return Section(name="fairness", title=title, sentences=tuple(told))
    seen = "that the model has not seen" if found.held_out else "of its sample"
    told.append(
        f"Measured on {found.rows:,} rows {seen}. The decision that is good for people is {found.favourable}."
        " Intervals hold for all pairs of groups together."
    )
    return Section(name="fairness", title=title, sentences=tuple(told), tables=tables(evidence))


def tables(evidence: Evidence | None) -> tuple[Table, ...]:
    """Every criterion with its figure, and the rates of every group; nothing for facts of another shape."""
    found = treatment_in(evidence)
    if found is None:
        return ()
    return (
        Table(heads=("By", "Measure", "Value", "Interval", "Fewest rows"), rows=tuple(_figures(found))),
        Table(heads=("Group", "By", "Rows", "Favoured", "Deserving", "Favoured of these"), rows=tuple(_groups(found))),
    )


def _figures(found: Treatment) -> Iterator[tuple[str, ...]]:
    for one in found.figures:
        interval = f"{one.low:.3f} to {one.high:.3f}"
        yield one.column, one.metric, f"{one.value:.3f}", interval, f"{one.n:,} of {one.smallest}"
    yield from ((one.column, one.metric, "not measured", one.why, "-") for one in found.unmeasured)


def _groups(found: Treatment) -> Iterator[tuple[str, ...]]:
    """Each group once for each column, however many criteria compare it."""
    known = {(one.column, group.name): group for one in found.figures for group in one.groups}
    for (column, _), group in known.items():
        deserving = (f"{group.deserving:,}", _share(group.deserved, group.deserving)) if group.deserving else ("-", "-")
        yield group.name, column, f"{group.rows:,}", _of(group), *deserving


def _of(group: Group) -> str:
    return _share(group.favoured, group.rows)


def _share(part: int, whole: int) -> str:
    return f"{part:,} ({part / whole:.1%})" if whole else "-"
