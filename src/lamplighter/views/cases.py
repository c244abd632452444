"""What a version says of the example cases of its project, and who has judged it."""

from collections.abc import Mapping

from lamplighter.domain.case import Judged, left
from lamplighter.domain.record import Record


class Cases(Record, frozen=True):
    """Every case of a version for one environment; empty where its project has none."""

    model: str
    number: int
    environment: str
    cases: tuple[Judged, ...]
    #: How many cases the platform picks beside them.
    picked: int = 0
    #: What people call an input, by its name.
    labels: Mapping[str, str] = {}
    #: What people call an answer, by the name of its class.
    answers: Mapping[str, str] = {}

    def called(self, answer: str) -> str:
        """An answer as people call it."""
        return self.answers.get(answer, answer)

    @property
    def left(self) -> tuple[Judged, ...]:
        """Those that nobody has judged."""
        return left(self.cases)

    @property
    def otherwise(self) -> tuple[Judged, ...]:
        """Those that were judged not as expected."""
        return tuple(one for one in self.cases if one.word is not None and not one.word.as_expected)
