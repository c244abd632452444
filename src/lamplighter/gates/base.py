"""The promise of a gate: a frozen record of settings that judges a dossier and fetches nothing.

The file's name is what a policy says in `use`; its class is called `Gate` and its fields are the settings.
"""

from typing import Protocol

from lamplighter.domain.decision import Verdict
from lamplighter.domain.evidence import Dossier


class Judging(Protocol):
    """One gate with its settings."""

    def judge(self, dossier: Dossier) -> Verdict:
        """What the gate says. Pure: the same dossier gives the same verdict. Too little evidence is never a pass."""
        ...
