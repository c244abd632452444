"""What people may take on, and by which rules."""

from lamplighter.domain.lowering import Lowering
from lamplighter.domain.policy import Policy
from lamplighter.domain.rulebook_change import Changed, RuleBookChange, differences
from lamplighter.domain.simulation import Simulation
from lamplighter.domain.waiver import Waiver
from lamplighter.lifecycle import lowerings as deciding
from lamplighter.lifecycle import policies, rulebook, simulating
from lamplighter.lifecycle import waivers as lifecycle
from lamplighter.sdk.here.base import Caller
from lamplighter.sdk.verbs import governance as verbs
from lamplighter.views import waivers as views
from lamplighter.views.waivers import Waivers


class Governance(Caller, verbs.Governance):
    """What people may take on, and by which rules."""

    def policy(self) -> Policy:
        return self._kit.policy

    def policy_changes(self) -> list[RuleBookChange]:
        with self._kit.store.reading() as look:
            return look.rulebook_changes.all(newest="id")

    def policy_change(self, digest: str) -> list[Changed]:
        with self._kit.store.reading() as look:
            return list(policies.changed(look, digest))

    def policy_differences(self, text: str) -> list[Changed]:
        return list(differences(self._kit.policy, rulebook.checked(text)))

    def simulate_policy(self, text: str, against: str = "") -> Simulation:
        after = rulebook.checked(text)
        before = rulebook.checked(against) if against else self._kit.policy
        with self._kit.store.reading() as look:
            return simulating.simulate(self._kit, look, before, after)

    def set_policy(self, text: str, reason: str) -> RuleBookChange:
        return policies.change(self._kit, self._actor, text, reason)

    def lowerings(self) -> list[Lowering]:
        with self._kit.store.reading() as look:
            return look.lowerings.all(open=True)

    def decide_lowering(self, key: str, agreed: bool, reason: str = "") -> Lowering:
        return deciding.decide(self._kit, self._actor, key, agreed, reason)

    def waive(self, reference: str, environment: str, gate: str, days: int, reason: str) -> Waiver:
        with self._kit.store.reading() as look:
            version, place = self._version(look, reference, environment), look.environment(environment)
        return lifecycle.give(self._kit, self._actor, version, place, gate, days, reason)

    def waivers(self, model: str = "", closed: bool = False) -> Waivers:
        with self._kit.store.reading() as look:
            self._known(look, model)
            return views.waivers(look, model=model, closed=closed, now=self._kit.clock.now())

    def waiver(self, key: str) -> Waiver:
        with self._kit.store.reading() as look:
            return lifecycle.find(look, key)

    def end_waiver(self, key: str, reason: str) -> Waiver:
        return lifecycle.end(self._kit, self._actor, key, reason)
