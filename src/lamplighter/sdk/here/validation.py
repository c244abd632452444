"""What people outside the building team find of a model, and how it is mended."""

from lamplighter.domain.spot_check import Recount, SpotCheck
from lamplighter.domain.validation import ValidationFinding, ValidationWord, Weight, ranked
from lamplighter.lifecycle import spot_checks, validations
from lamplighter.sdk.here.base import Caller
from lamplighter.sdk.verbs import validation as verbs

#: Findings that are shown, closed ones too.
_SHOWN = 100


class Validation(Caller, verbs.Validation):
    """What people outside the building team find of a model, and how it is mended."""

    def raise_finding(self, reference: str, weight: Weight, words: str, owner: str, days: int = 0) -> ValidationFinding:
        with self._kit.store.reading() as look:
            version = self._version(look, reference, "")
        return validations.raise_finding(self._kit, self._actor, version, weight, words, owner, days)

    def validation_findings(self, model: str = "", closed: bool = False) -> list[ValidationFinding]:
        with self._kit.store.reading() as look:
            self._known(look, model)
            chosen = {"model": model} if model else {}
            if closed:
                return look.validation_findings.all(newest="opened_at", limit=_SHOWN, equals=chosen)
            return list(ranked(look.validation_findings.all(equals=chosen, open=True)))

    def validation_finding(self, key: str) -> ValidationFinding:
        with self._kit.store.reading() as look:
            return validations.find(look, key)

    def answer_finding(self, key: str, reference: str, evidence: str, note: str) -> ValidationFinding:
        with self._kit.store.reading() as look:
            version = self._version(look, reference, "")
        return validations.answer(self._kit, self._actor, key, version, evidence, note)

    def judge_finding(self, key: str, closed: bool, note: str) -> ValidationFinding:
        return validations.judge(self._kit, self._actor, key, note, closed=closed)

    def conclude_validation(self, reference: str, note: str) -> ValidationWord:
        with self._kit.store.reading() as look:
            version = self._version(look, reference, "")
        return validations.conclude(self._kit, self._actor, version, note)

    def spot_checks(self, model: str = "", closed: bool = False) -> list[SpotCheck]:
        with self._kit.store.reading() as look:
            self._known(look, model)
            chosen = {"model": model} if model else {}
            if closed:
                return look.spot_checks.all(newest="opened_at", limit=_SHOWN, equals=chosen)
            return sorted(look.spot_checks.all(equals=chosen, open=True), key=lambda one: one.opened_at)

    def spot_check(self, key: str) -> SpotCheck:
        with self._kit.store.reading() as look:
            return spot_checks.find(look, key)

    def judge_spot_check(self, key: str, bad: bool, note: str) -> SpotCheck:
        return spot_checks.judge(self._kit, self._actor, key, note, bad=bad)

    def lift_suspension(self, key: str, reason: str) -> SpotCheck:
        return spot_checks.lift(self._kit, self._actor, key, reason)

    def recount_spot_checks(self) -> Recount:
        with self._kit.store.reading() as look:
            return spot_checks.recount(self._kit, look)
