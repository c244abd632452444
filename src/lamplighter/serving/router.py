"""Who answers: the adopted route of each model, in memory."""

from collections.abc import Mapping

import msgspec

from lamplighter.domain.farewell import Gone, link
from lamplighter.domain.route import Arm, ModelRoute, takes_challenger
from lamplighter.serving.codecs.base import Question
from lamplighter.serving.outage import Outage
from lamplighter.serving.problems import Refusal
from lamplighter.serving.redaction import Redactor
from lamplighter.serving.runtimes.base import Failed
from lamplighter.serving.versions import Attempt, Loaded, attempt

_UNKNOWN = Refusal("not-found", "No model of that name answers in this environment.")
_NOT_LOADED = Refusal("not-ready", "The model's version is being loaded or could not be; its owner sees which.")


class Adopted(msgspec.Struct, frozen=True):
    """One model's route with its versions loaded. A part that could not be loaded is left out."""

    route: ModelRoute
    champion: Loaded
    challenger: Loaded | None = None
    shadow: Loaded | None = None
    previous: Loaded | None = None
    fallback: Loaded | None = None
    #: What answers when the champion fails; nothing if its failure is told.
    outage: Outage | None = None
    redactor: Redactor = Redactor()
    #: Header lines of every answer, which tell of the model's end; empty where none is announced.
    farewell: bytes = b""

    def versions(self) -> tuple[Loaded, ...]:
        """Every version held."""
        parts = (self.champion, self.challenger, self.shadow, self.previous, self.fallback)
        return tuple(part for part in parts if part is not None)

    def chosen(self, key: str) -> tuple[Loaded, Arm]:
        """Who is asked first for this key."""
        if self.challenger is not None and takes_challenger(self.route, key):
            return self.challenger, Arm.CHALLENGER
        return self.champion, Arm.CHAMPION

    def answering(self, number: int) -> tuple[Loaded, Arm] | None:
        """The version of that number if it may answer; a shadow and the way back may not."""
        if number == self.champion.served.number:
            return self.champion, Arm.CHAMPION
        if self.challenger is not None and number == self.challenger.served.number:
            return self.challenger, Arm.CHALLENGER
        return None


class Router:
    """Chooses a version for a request and keeps a challenger's failure from its caller."""

    def __init__(self) -> None:
        #: By name of the model. Replaced as a whole entry, so a request sees one route from beginning to end.
        self.models: dict[str, Adopted] = {}
        #: Models that the route names, whether or not they could be adopted.
        self.named: frozenset[str] = frozenset()
        #: What callers of retired models are told, by name of the model.
        self.gone: Mapping[str, Refusal] = {}

    def adopted(self, model: str) -> Adopted | Refusal:
        """The model's route."""
        adopted = self.models.get(model)
        if adopted is not None:
            return adopted
        if model in self.named:
            return _NOT_LOADED
        return self.gone.get(model, _UNKNOWN)

    async def score(
        self, adopted: Adopted, question: Question, key: str, number: int = 0, owner: str = ""
    ) -> tuple[Attempt, ...]:
        """Ask a version; the last attempt is the one to answer with.

        A challenger chosen by its share that fails is followed by the champion, and a champion that fails by what is
        declared for an outage. A version that the caller named is not replaced by another. `number` is 0 or one that
        `Adopted.answering` knows; `owner` names whose rows they are, if that is known, for what is kept of answers.
        """
        if number:
            named = adopted.answering(number)
            if named is None:
                raise KeyError(number)
            return (await attempt(*named, question),)
        attempts = await self._routed(adopted, question, key)
        outage, last = adopted.outage, attempts[-1]
        if outage is None:
            return attempts
        if last.failed is not None:
            return *attempts, await outage.answer(owner, question)
        if outage.keeps and last.arm is Arm.CHAMPION:
            outage.keep(owner, question, last.scores)
        return attempts

    async def _routed(self, adopted: Adopted, question: Question, key: str) -> tuple[Attempt, ...]:
        first = await attempt(*adopted.chosen(key), question)
        if first.failed is None or first.arm is Arm.CHAMPION:
            return (first,)
        return first, await adopted.champion.attempt(Arm.CHAMPION, question)


def refusal_of(gone: Gone) -> Refusal:
    """What callers of a retired model are told."""
    return Refusal("retired", gone.detail, further=link(gone.successor))


async def drill(adopted: Adopted, question: Question, owner: str) -> Attempt:
    """The answer that an outage of the champion would be given, without one. Never counts for the version."""
    if adopted.outage is not None:
        return await adopted.outage.answer(owner, question)
    failed = Failed("model-failed", "A drill: no answer is declared for an outage.")
    return Attempt(adopted.champion, Arm.FALLBACK, 0, [], failed)
