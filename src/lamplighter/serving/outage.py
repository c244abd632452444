"""What answers in place of a version that failed, as the route declares it."""

import hashlib
from collections import OrderedDict

import msgspec

from lamplighter.domain.outage import Fallback
from lamplighter.domain.outage import Outage as Declared
from lamplighter.domain.route import Arm
from lamplighter.serving.clock import Clock
from lamplighter.serving.codecs.base import Question
from lamplighter.serving.runtimes.base import Failed
from lamplighter.serving.versions import Attempt, Loaded, attempt

#: Answers that one process keeps for one model.
MOST_KEPT = 10_000
#: Answers with more rows are not kept.
MOST_ROWS = 100
_encode = msgspec.msgpack.Encoder(order="deterministic").encode

_Kept = tuple[int, list[float]]


class Outage:
    """The fallback of one champion. What it keeps of answers belongs to that champion and ends with it."""

    def __init__(self, declared: Declared, champion: Loaded, other: Loaded | None, clock: Clock) -> None:
        self.declared = declared
        self.champion = champion
        self.other = other
        self._clock = clock
        self._kept: OrderedDict[bytes, _Kept] = OrderedDict()
        #: Whether answers of the champion have to be shown to `keep`.
        self.keeps = declared.answer is Fallback.LAST_KNOWN_GOOD

    def fits(self, declared: Declared, champion: Loaded, other: Loaded | None) -> bool:
        """Whether this is the fallback of that champion under that declaration."""
        return self.declared == declared and self.champion is champion and self.other is other

    def keep(self, owner: str, question: Question, scores: list[float]) -> None:
        """Remember what the champion answered for this owner of rows, or for these very rows where nobody is named."""
        if question.rows > MOST_ROWS:
            return
        place = _place(owner, question)
        self._kept[place] = (self._clock.now, scores)
        self._kept.move_to_end(place)
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)

    async def answer(self, owner: str, question: Question) -> Attempt:
        """The answer in place of the champion's; its failure says why there is none."""
        match self.declared.answer:
            case Fallback.CONSTANT:
                return self._stand_in([self.declared.value] * question.rows)
            case Fallback.LAST_KNOWN_GOOD:
                return self._last(owner, question)
            case _:
                return await self._ask(question)

    def _last(self, owner: str, question: Question) -> Attempt:
        at, scores = self._kept.get(_place(owner, question), (0, []))
        if self._clock.now - at > self.declared.max_age or len(scores) != question.rows:
            return self._none("No answer for this key or these rows is young enough.")
        return self._stand_in(scores)

    async def _ask(self, question: Question) -> Attempt:
        if self.other is None:
            return self._none("The version that should answer could not be loaded.")
        outcome = await attempt(self.other, Arm.FALLBACK, question)
        return msgspec.structs.replace(outcome, fallback=self.declared.answer)

    def _stand_in(self, scores: list[float]) -> Attempt:
        return Attempt(self.champion, Arm.FALLBACK, 0, scores, fallback=self.declared.answer)

    def _none(self, why: str) -> Attempt:
        return Attempt(self.champion, Arm.FALLBACK, 0, [], Failed("model-failed", why), self.declared.answer)


def _place(owner: str, question: Question) -> bytes:
    """Where an answer is kept: by a digest, so that no key and no row stays in memory."""
    return hashlib.blake2b(
        owner.encode() if owner else _encode(question.columns), digest_size=16, person=b"owner" if owner else b"rows"
    ).digest()
