"""Who takes a model over, and what shows that they can."""

from collections.abc import Mapping
from typing import Protocol

from lamplighter.domain.handover import Drill, Handover
from lamplighter.domain.identity import Permission
from lamplighter.domain.load import Load
from lamplighter.sdk.door import door
from lamplighter.views.handover import Due, HandoverView


class Handovers(Protocol):
    """Who takes a model over, and what shows that they can."""

    @door("GET", "/models/{model}/handover", Permission.READ)
    def foretell_handover(self, model: str, to: str) -> HandoverView:
        """What `start_handover` would write down, without a key, and what has to be answered; it is refused where that is."""
        ...

    @door("POST", "/models/{model}/handovers", Permission.DEPLOY)
    def start_handover(self, model: str, to: str, answers: Mapping[str, str] = {}) -> Handover:
        """Ask a person or a team to take the technical duties of a model, as whoever has the duty to deploy it.

        `answers` are by the name of the question. Refused where the receiver carries as much as the rule book allows.
        """
        ...

    @door("GET", "/handovers", Permission.READ)
    def handovers(self, model: str = "", closed: bool = False) -> list[Handover]:
        """Handovers that are open, newest first; with `closed` the newest 100, whatever became of them."""
        ...

    @door("GET", "/handovers/due", Permission.READ)
    def due_handovers(self) -> list[Due]:
        """Handovers that projects have promised for a time that is over, and that nobody has started; the longest first."""
        ...

    @door("GET", "/handovers/{key}", Permission.READ)
    def handover(self, key: str) -> HandoverView:
        """One handover with its checks as of now, and who is paged."""
        ...

    @door("POST", "/handovers/{key}/words", Permission.READ)
    def discuss_handover(self, key: str, text: str) -> Handover:
        """Ask or answer something; either side may, and the other one is told."""
        ...

    @door("POST", "/handovers/{key}/drills", Permission.READ)
    def drill_handover(self, key: str, drill: Drill) -> Handover:
        """Hold a drill, as somebody of the receiver: look at one's access, practise a rollback, or have a test page sent.

        What was shown is evidence, and a page counts once `answer_page` has answered it.
        """
        ...

    @door("POST", "/handovers/{key}/page/answer", Permission.RESPOND)
    def answer_page(self, key: str, word: str) -> Handover:
        """Answer a test page with the word that stands in it, as somebody of the receiver."""
        ...

    @door("POST", "/handovers/{key}/accept", Permission.DEPLOY)
    def accept_handover(self, key: str) -> Handover:
        """Take the duties and the rights that go with them, as somebody of the receiver; refused while a check fails."""
        ...

    @door("POST", "/handovers/{key}/refuse", Permission.RESPOND)
    def refuse_handover(self, key: str, reason: str) -> Handover:
        """Say no: the receiver refuses it, the giver withdraws it."""
        ...

    @door("POST", "/handovers/{key}/return", Permission.RESPOND)
    def return_handover(self, key: str, reason: str) -> Handover:
        """Give the duties back within the co-own window, as somebody of the receiver."""
        ...

    @door("GET", "/loads", Permission.READ)
    def loads(self) -> list[Load]:
        """How much each team and each person carries: models, pages a week, and what is overdue."""
        ...
