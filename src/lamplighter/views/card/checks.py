"""How good it is, and what was checked before it went anywhere."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from lamplighter.domain.card import Figure, Section, Table
from lamplighter.domain.decision import Decision
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.instant import minute
from lamplighter.domain.version import Version
from lamplighter.views.card import fairness, robustness, selection
from lamplighter.views.card.figures import figures_of, is_held_out, plain

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction

#: Evidence that has a section of its own.
_ELSEWHERE = ("performance", "robustness", "fairness", "cases", "case-pool", "training", selection.KIND)


def sections(look: "Transaction", version: Version, evidence: Mapping[str, Evidence]) -> Iterator[Section]:
    """Evaluation, robustness, fairness, selection, checks, gates."""
    yield _evaluation(evidence.get("performance"))
    yield robustness.section(evidence.get(robustness.KIND))
    yield fairness.section(evidence.get(fairness.KIND), look.project(version.model).fairness)
    yield selection.section(evidence.get(selection.KIND))
    yield Section(
        name="checks",
        title="What was checked of it",
        sentences=() if evidence else ("No evidence came with it.",),
        tables=tuple(_facts(found) for kind, found in sorted(evidence.items()) if kind not in _ELSEWHERE),
    )
    decisions = look.decisions.all(newest="at", model=version.model, number=version.number)
    newest = {one.environment: one for one in reversed(decisions)}
    yield Section(
        name="gates",
        title="What the gates said",
        sentences=() if newest else ("No gate has judged it.",),
        facts=tuple((place, _decided(one)) for place, one in newest.items()),
        tables=tuple(_gates(one) for one in newest.values()),
    )


def _evaluation(performance: Evidence | None) -> Section:
    title, figures = "How good it is", figures_of(performance)
    if performance is None:
        return Section(name="evaluation", title=title, sentences=("Nothing was measured: it came without labels.",))
    seen = "that the model has not seen" if is_held_out(performance) else "of its sample"
    told = (f"Measured on rows {seen}; intervals hold for 95 of 100 such samples.",)
    if not figures:
        told = ("The evidence has a shape of its own; see it below.",)
    rows = tuple((one.slice or "all rows", one.metric, f"{one.value:.4g}", _interval(one), f"{one.rows:,}") for one in figures)
    table = Table(heads=("Rows", "Metric", "Value", "Interval", "Number"), rows=rows)
    return Section(name="evaluation", title=title, sentences=told, tables=(table if figures else _facts(performance),))


def _interval(one: Figure) -> str:
    return "-" if one.low is None or one.high is None else f"{one.low:.4g} to {one.high:.4g}"


def _facts(found: Evidence) -> Table:
    rows = tuple((name, plain(value)) for name, value in found.facts.items())
    brought = ("brought", f"by {found.author}, {minute(found.at)}")
    return Table(heads=(found.kind, "Found"), rows=(*rows, brought, ("digest", found.digest)))


def _decided(one: Decision) -> str:
    count = sum(bool(judgement.verdict) for judgement in one.judgements)
    passed = "passed" if one.passed else "not passed"
    return f"{passed}, {count} of {len(one.judgements)} gates; asked by {one.asked_by}, {minute(one.at)}; decision {one.digest}"


def _gates(one: Decision) -> Table:
    rows = tuple((judgement.gate, judgement.verdict.word, judgement.verdict.why) for judgement in one.judgements)
    return Table(heads=(f"Gate for {one.environment}", "Said", "Why"), rows=rows)
