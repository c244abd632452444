"""What people outside the building team find of a model, and how it is mended."""

from lamplighter.domain.validation import ValidationFinding, ValidationWord, Weight, ranked
from lamplighter.lifecycle import validations
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
