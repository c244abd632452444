"""A blind test as people may see it: of a case that is not answered, nothing that the version says leaves here."""

from collections.abc import Mapping

from lamplighter.domain.acceptance import Signature
from lamplighter.domain.record import Record


class Revealed(Record, frozen=True):
    """What stands beside an answer once it is given."""

    #: What the version answers, as people call it, and the score behind it.
    decision: str
    score: float
    #: What the project expects, or what really happened.
    expected: str
    happened: bool
    #: Whether both say the same; nothing where somebody was not sure.
    agrees: bool | None
    #: Why it was picked, such as `boundary`; empty for a case that the project declares.
    origin: str = ""


class AskedCase(Record, frozen=True):
    """One case."""

    name: str
    words: str
    question: str
    inputs: Mapping[str, bool | int | float | str | None]
    #: What was said; empty while it is not answered.
    said: str = ""
    revealed: Revealed | None = None


class BlindTestState(Record, frozen=True):
    """One test, as far as it has gone."""

    id: str
    model: str
    number: int
    environment: str
    person: str
    cases: tuple[AskedCase, ...]
    #: What people answer with a yes and with a no; empty for numbers.
    yes: str
    no: str
    #: What people call an input, by its name.
    labels: Mapping[str, str]
    agree_at_least: int
    must_agree: tuple[str, ...]
    #: Digest of what was agreed before the first card.
    terms: str
    opened_at: int
    #: Cases answered, those with a yes or a no, and those that agree; with Wilson's interval of 95 % of the share.
    answered: int
    sure: int
    agreed: int
    low: float
    high: float
    #: Cases on which they have to agree and do not.
    missed: tuple[str, ...]
    #: Whether every case is answered and the criteria are met.
    met: bool
    #: Why it counts no more; empty while it does.
    voided: str = ""
    #: What cases were drawn with; 0 where none were, and until the last one is answered.
    seed: int = 0
    #: What was said in the end.
    word: Signature | None = None

    @property
    def left(self) -> tuple[AskedCase, ...]:
        """Cases that are not answered."""
        return tuple(one for one in self.cases if not one.said)

    @property
    def differing(self) -> tuple[AskedCase, ...]:
        """Answered cases on which they differ."""
        return tuple(one for one in self.cases if one.revealed is not None and one.revealed.agrees is False)
