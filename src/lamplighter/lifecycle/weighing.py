"""Whether going back would help."""

from lamplighter.domain.incident import Incident, Weighed
from lamplighter.domain.monitor import QUARANTINE
from lamplighter.domain.trouble import is_shared
from lamplighter.lifecycle.causes import explain
from lamplighter.store.transaction import Transaction

#: A version is the likely cause if nothing is likelier, and it is as likely as this.
LIKELY = 1 / 3


def weigh(look: Transaction, incident: Incident, now: int) -> Weighed:
    """Whether going back would help: only if the version is the likely cause, and nothing that feeds it explains it."""
    finding = incident.finding
    if finding.measure == QUARANTINE:
        return Weighed(rolls_back=True, why=f"v{finding.number} answers nobody, so there is nothing to weigh.")
    if is_shared(finding):
        return Weighed(
            rolls_back=False, why="Not one version is at fault but what many models share; going back would not help."
        )
    causes = explain(look, finding, now)
    fed = next((cause for cause in causes if cause.kind in ("upstream", "values")), None)
    if fed is not None:
        return Weighed(rolls_back=False, why=f"Going back would not help: {fed.sentence}")
    if not causes or causes[0].kind != "version":
        return Weighed(rolls_back=False, why=f"Nothing says that v{finding.number} is the cause.")
    if causes[0].likelihood < LIKELY:
        said = f"{causes[0].sentence} That makes it the cause with a likelihood of {causes[0].likelihood:.0%} only."
        return Weighed(rolls_back=False, why=said)
    return Weighed(rolls_back=True, why=causes[0].sentence)
