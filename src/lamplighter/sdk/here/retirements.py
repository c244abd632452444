"""How a model is taken out of use, and how that is taken back."""

from lamplighter.domain.claimant import Retiring
from lamplighter.domain.retirement import Retirement
from lamplighter.lifecycle import finishing, retirement_words
from lamplighter.lifecycle import retirements as lifecycle
from lamplighter.sdk.here.base import Caller
from lamplighter.sdk.verbs import retirements as verbs


class Retirements(Caller, verbs.Retirements):
    """How a model is taken out of use, and how that is taken back."""

    def retire(self, model: str, reason: str, sunset: int = 0, successor: str = "") -> Retirement:
        return lifecycle.announce(self._kit, self._actor, model, reason, sunset, successor)

    def retirement(self, model: str) -> Retiring:
        with self._kit.store.reading() as look:
            return lifecycle.show(self._kit, look, model)

    def retirements(self, closed: bool = False) -> list[Retiring]:
        with self._kit.store.reading() as look:
            return lifecycle.listed(self._kit, look, closed=closed)

    def consent_to_retirement(self, model: str, consumer: str, accepted: bool, reason: str = "") -> Retirement:
        return retirement_words.consent(self._kit, self._actor, model, consumer, accepted=accepted, reason=reason)

    def approve_retirement(self, model: str, accepted: bool, reason: str = "") -> Retirement:
        return retirement_words.approve(self._kit, self._actor, model, accepted=accepted, reason=reason)

    def cancel_retirement(self, model: str, reason: str) -> Retirement:
        return lifecycle.cancel(self._kit, self._actor, model, reason)

    def finish_retirement(self, model: str, note: str = "") -> Retirement:
        return finishing.finish(self._kit, self._actor, model, note)

    def revive(self, model: str, reason: str) -> Retirement:
        return lifecycle.revive(self._kit, self._actor, model, reason)
