"""The promise of a gate: a frozen record of settings that judges a dossier and fetches nothing.

The file's name is what a policy says in `use`; its class is called `Gate` and its fields are the settings.
"""

import math
from collections.abc import Mapping
from typing import Any, Protocol

from lamplighter.domain.carried import source_of
from lamplighter.domain.decision import Inapplicable, Verdict
from lamplighter.domain.evidence import Dossier, Evidence


class Judging(Protocol):
    """One gate with its settings."""

    def judge(self, dossier: Dossier) -> Verdict:
        """What the gate says. Pure: the same dossier gives the same verdict. Too little evidence is never a pass."""
        ...


def elsewhere(dossier: Dossier, told: str) -> Inapplicable | None:
    """What a gate that needs the bytes or the answers of a version says of one that runs elsewhere; nothing for any other."""
    found = dossier.version.elsewhere
    return Inapplicable(why=f"It runs elsewhere ({found.at}): {told}.") if found else None


def carried(found: Evidence, same: str) -> str:
    """What a gate adds where the evidence was found of another version; `same` is what both have in common. Empty elsewhere."""
    source = source_of(found.facts)
    return f" Found of v{source.number} (evidence {source.evidence[:12]}): {same}." if source else ""


def number(facts: Mapping[str, Any], name: str) -> float:
    """A figure among facts; not-a-number where it is missing or none. Facts come from outside and may hold anything.

    Gates ask whether a figure is on the right side, never whether it is on the wrong one: not-a-number is on neither.
    """
    value = facts.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e300:
        return math.nan
    return float(value)
