"""What was tried on it beside the rows that it knows, as a table for people."""

from collections.abc import Iterator

from lamplighter.domain.card import Section, Table
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.robustness import KIND, Check, Followed, Measured, Robustness, Stressed, robustness_in

__all__ = ["KIND", "section", "tables"]

_DONE = {
    Check.MISSING: "left empty",
    Check.RANGE: "beyond what was seen",
    Check.CATEGORY: "an unseen category",
    Check.ORDER: "other order, smaller batches",
}


def section(evidence: Evidence | None) -> Section:
    """The section of the model file."""
    title, found = "What it does with rows that it does not know", robustness_in(evidence)
    if found is None:
        lack = "The evidence has a shape of its own." if evidence else "It was not tried."
        return Section(name="robustness", title=title, sentences=(lack,))
    unit = "" if found.unit == 1.0 else f", in units of {found.unit:.4g}"
    told = f"Each check changed one thing in {found.rows:,} rows of the sample. A shift is the mean change of the score{unit}."
    return Section(name="robustness", title=title, sentences=(told,), tables=tables(evidence))


def tables(evidence: Evidence | None) -> tuple[Table, ...]:
    """The figures of every check, and of every expectation; nothing for facts of another shape."""
    found = robustness_in(evidence)
    if found is None:
        return ()
    checks = Table(heads=("Input", "Changed", "Decisions that turn", "Shift", "Largest"), rows=tuple(_checks(found)))
    expected = Table(heads=("Input", "Expected", "Rows that break it"), rows=tuple(map(_followed, found.expectations)))
    return (checks, expected) if found.expectations else (checks,)


def _checks(found: Robustness) -> Iterator[tuple[str, ...]]:
    for one in found.stressed:
        yield (one.input or "all rows", _DONE[one.check], *_figures(one))


def _figures(one: Stressed) -> tuple[str, str, str]:
    if one.refused:
        return "refused by the contract", "-", "-"
    if one.failed:
        return one.failed, "-", "-"
    shift = f"{one.shift.value:.4f}" if one.shift else "-"
    return _share(one.flips), shift, f"{one.largest:.4f}"


def _followed(one: Followed) -> tuple[str, ...]:
    return one.input, one.expect, one.failed or _share(one.broken)


def _share(figure: Measured | None) -> str:
    return f"{figure.value:.1%} ({figure.low:.1%} to {figure.high:.1%})" if figure else "-"
