"""Whether it was selected in place of the version that was live, as tables for people."""

from lamplighter import keys
from lamplighter.domain.card import Section, Table
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.instant import minute
from lamplighter.domain.selection import KIND, Selection, sealed_in

__all__ = ["KIND", "section", "tables"]


def section(evidence: Evidence | None) -> Section:
    """The section of the model file."""
    title, sealed = "Whether it was selected", sealed_in(evidence.facts) if evidence else None
    if sealed is None:
        lack = "The evidence has a shape of its own." if evidence else "No trial against a live version has ended."
        return Section(name="selection", title=title, sentences=(lack,))
    if not keys.holds(sealed):
        return Section(name="selection", title=title, sentences=("What is on record is not what was signed.",))
    made = sealed.selection
    told = f"{made.trial} against v{made.champion} in {made.environment}, {minute(made.at)}: {made.choice}, by {made.by}."
    return Section(name="selection", title=title, sentences=(told, made.why), tables=tables(evidence))


def tables(evidence: Evidence | None) -> tuple[Table, ...]:
    """The figure that decided and every guardrail; nothing for facts of another shape."""
    sealed = sealed_in(evidence.facts) if evidence else None
    if sealed is None:
        return ()
    made = sealed.selection
    found = [(one.name, one.held.replace("-", " "), one.why) for one in made.guardrails]
    rest = [(guard, "not asked", why) for guard, why in made.unguarded.items()]
    signed = ("signature", "fits" if keys.holds(sealed) else "does not fit", f"key {sealed.keyid}")
    return (Table(heads=("Looked at", "Found", "Seen"), rows=(_primary(made), *found, *rest, signed)),)


def _primary(made: Selection) -> tuple[str, str, str]:
    one = made.primary
    figures = f"{one.metric} {one.challenger:.4f}, of v{made.champion} {one.champion:.4f}; difference {one.difference:+.4f}"
    chance = f"by chance with probability {made.alpha:.4g} at most, look {made.look}"
    return (
        one.metric,
        one.verdict.replace("-", " "),
        f"{figures} ({one.low:+.4f} to {one.high:+.4f}) on {one.n:,} rows; {chance}.",
    )
