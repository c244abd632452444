"""Who takes a model over, and what shows that they can."""

from collections.abc import Mapping

from lamplighter.domain.handover import Drill, Handover, State, seen_by
from lamplighter.domain.load import Load
from lamplighter.domain.question import questions
from lamplighter.lifecycle import handover_checks, handover_drills, handover_sides
from lamplighter.lifecycle import handovers as lifecycle
from lamplighter.lifecycle.loads import Loads
from lamplighter.sdk.here.base import Caller
from lamplighter.sdk.verbs import handovers as verbs
from lamplighter.store.transaction import Transaction
from lamplighter.views.estate import Estate
from lamplighter.views.handover import Due, HandoverView
from lamplighter.views.known import circle

_HELD = {
    Drill.ACCESS: handover_drills.access,
    Drill.ROLLBACK: handover_drills.rollback,
    Drill.PAGE: handover_drills.send_page,
}


class Handovers(Caller, verbs.Handovers):
    """Who takes a model over, and what shows that they can."""

    def foretell_handover(self, model: str, to: str) -> HandoverView:
        with self._kit.store.reading() as look:
            return self._seen(look, lifecycle.draft(self._kit, look, self._actor, model, to))

    def start_handover(self, model: str, to: str, answers: Mapping[str, str] = {}) -> Handover:
        return self._mine(lifecycle.start(self._kit, self._actor, model, to, answers))

    def handovers(self, model: str = "", closed: bool = False) -> list[Handover]:
        with self._kit.store.reading() as look:
            self._known(look, model)
            chosen = {"model": model} if model else {}
            wanted = chosen if closed else {**chosen, "state": State.OPEN}
            found = look.handovers.all(newest="opened_at", limit=100 if closed else None, equals=wanted)
        return [self._mine(one) for one in found]

    def due_handovers(self) -> list[Due]:
        with self._kit.store.reading() as look:
            return list(Estate(look, circle(look, self._kit.policy), now=self._kit.clock.now()).due())

    def handover(self, key: str) -> HandoverView:
        with self._kit.store.reading() as look:
            return self._seen(look, handover_sides.find(look, key))

    def discuss_handover(self, key: str, text: str) -> Handover:
        return self._mine(lifecycle.discuss(self._kit, self._actor, key, text))

    def drill_handover(self, key: str, drill: Drill) -> Handover:
        return self._mine(_HELD[drill](self._kit, self._actor, key))

    def answer_page(self, key: str, word: str) -> Handover:
        return self._mine(handover_drills.answer_page(self._kit, self._actor, key, word))

    def accept_handover(self, key: str) -> Handover:
        return self._mine(lifecycle.accept(self._kit, self._actor, key))

    def refuse_handover(self, key: str, reason: str) -> Handover:
        return self._mine(lifecycle.refuse(self._kit, self._actor, key, reason))

    def return_handover(self, key: str, reason: str) -> Handover:
        return self._mine(lifecycle.hand_back(self._kit, self._actor, key, reason))

    def loads(self) -> list[Load]:
        with self._kit.store.reading() as look:
            return Loads(self._kit, look).all()

    def _mine(self, found: Handover) -> Handover:
        return seen_by(found, self._actor.email)

    def _seen(self, look: Transaction, found: Handover) -> HandoverView:
        """A handover as of now; one that is over shows the checks as they were."""
        project = look.project(found.model)
        is_open = found.state is State.OPEN
        return HandoverView(
            handover=self._mine(found),
            checks=handover_checks.of(self._kit, look, found) if is_open else found.checks,
            ownership=look.duties(project, self._kit.clock.now()),
            givers=tuple(person.email for person in handover_sides.givers(look, found)),
            receivers=tuple(person.email for person in handover_sides.receivers(look, found)),
            load=Loads(self._kit, look).with_model(found.receiver, found.model),
            questions=questions(project) if is_open and not found.id else (),
        )
