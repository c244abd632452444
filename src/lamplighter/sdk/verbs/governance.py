"""What people may take on, and by which rules."""

from typing import Protocol

from lamplighter.domain.identity import Permission
from lamplighter.domain.lowering import Lowering
from lamplighter.domain.policy import Policy
from lamplighter.domain.rulebook_change import Changed, RuleBookChange
from lamplighter.domain.simulation import Simulation
from lamplighter.domain.waiver import Waiver
from lamplighter.sdk.door import door
from lamplighter.views.waivers import Waivers


class Governance(Protocol):
    """What people may take on, and by which rules."""

    @door("GET", "/policy", Permission.READ)
    def policy(self) -> Policy:
        """The rule book in force."""
        ...

    @door("GET", "/policy/changes", Permission.READ)
    def policy_changes(self) -> list[RuleBookChange]:
        """Rule books that came into force, newest first: which, when, by whom and why."""
        ...

    @door("GET", "/policy/changes/{digest}", Permission.READ)
    def policy_change(self, digest: str) -> list[Changed]:
        """Every place at which a rule book that came into force differs from the one before it; none for the first.

        The first figures of its digest are enough.
        """
        ...

    @door("POST", "/policy/differences", Permission.READ)
    def policy_differences(self, text: str) -> list[Changed]:
        """Every place at which the rule book in this TOML text differs from the one in force; changes nothing."""
        ...

    @door("POST", "/policy/simulation", Permission.READ)
    def simulate_policy(self, text: str, against: str = "") -> Simulation:
        """The releases of the past under the rule book in this TOML text, beside that in `against` or the one in force.

        Changes nothing.
        """
        ...

    @door("PUT", "/policy", Permission.ADMINISTER)
    def set_policy(self, text: str, reason: str) -> RuleBookChange:
        """Bring the rule book in this TOML text into force; words that were given under the one before do not hold under it."""
        ...

    @door("GET", "/lowerings", Permission.READ)
    def lowerings(self) -> list[Lowering]:
        """Changes of projects that would lower a tier, and wait for a second person; oldest first."""
        ...

    @door("POST", "/lowerings/{key}/decision", Permission.APPROVE)
    def decide_lowering(self, key: str, agreed: bool, reason: str = "") -> Lowering:
        """Let a lower tier hold, or not, as somebody else than who asked for it; a refusal takes words."""
        ...

    @door("POST", "/versions/{reference}/waivers", Permission.APPROVE)
    def waive(self, reference: str, environment: str, gate: str, days: int, reason: str) -> Waiver:
        """Take on, for so many days, what one gate says of a version there; never as its author, and never integrity."""
        ...

    @door("GET", "/waivers", Permission.READ)
    def waivers(self, model: str = "", closed: bool = False) -> Waivers:
        """Waivers on which something may rest, newest first, with their numbers by team; with `closed` all that were given."""
        ...

    @door("GET", "/waivers/{key}", Permission.READ)
    def waiver(self, key: str) -> Waiver:
        """One waiver."""
        ...

    @door("POST", "/waivers/{key}/end", Permission.APPROVE)
    def end_waiver(self, key: str, reason: str) -> Waiver:
        """End a waiver before its time; what is declared for its end happens."""
        ...
