"""What the giver of a handover is asked: only what nothing on the platform says, four questions at most."""

from collections.abc import Mapping, Sequence

from lamplighter.domain.errors import Invalid
from lamplighter.domain.names import unknown
from lamplighter.domain.project import Project
from lamplighter.domain.record import Record

#: Characters of an answer that are kept.
_LONGEST = 2000


class Question(Record, frozen=True):
    """One question."""

    #: Such as `runbook`.
    name: str
    asks: str
    #: Whether it has to be answered.
    needed: bool = False


def questions(project: Project) -> tuple[Question, ...]:
    """What has to be asked about a model."""
    runbook = Question(name="runbook", asks="What should be done first when it fails?", needed=True)
    limits = Question(name="limits", asks="What should they know that no figure shows?")
    return (
        *(() if project.monitor.runbook else (runbook,)),
        *(() if project.model.limitations else (limits,)),
        Question(name="hand_back", asks="When may they hand it back, beside what the rule book says?"),
    )


def answered(asked: Sequence[Question], answers: Mapping[str, str]) -> Mapping[str, str]:
    """The answers that were given; raises `NotFound` for one that nobody asked for, `Invalid` for one that is missing."""
    for name in answers:
        if name not in {question.name for question in asked}:
            raise unknown("question", name, (question.name for question in asked))
    given = {name: text.strip()[:_LONGEST] for name, text in answers.items() if text.strip()}
    for question in asked:
        if question.needed and question.name not in given:
            raise Invalid(
                "A question is not answered.",
                why=f"{question.asks} Nothing on the platform says it.",
                fix=f'Write --answer {question.name}="..."; or runbook in [monitor] of lamp.toml.',
                code="E1178",
            )
    return given
