"""What a training is given: answered rows whose truth has come, up to a moment and without those of quarantined spans.

Law of change: fields may be added with a default.
"""

from lamplighter.domain.decoding import from_json
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.quarantine import Span, kept
from lamplighter.domain.record import Record, canonical

#: The kind of the evidence in which a version says what its training was given.
KIND = "training-input"


class TrainingInput(Record, frozen=True):
    """The rows of one training, by their event time in microseconds since the epoch, UTC."""

    #: Whose answered rows; empty for a model that is live nowhere.
    environment: str = ""
    #: Rows from here on are new: the live version, and the last training, knew those before.
    since: int = 0
    #: No row from here on; 0 for a training of a release that did not say.
    until: int = 0
    #: What is left out of all rows up to there, new or not, oldest first.
    left_out: tuple[Span, ...] = ()
    #: New rows outside of these spans, and how many of them have a label.
    scored: int = 0
    labelled: int = 0
    #: New rows with a label inside of them.
    withheld: int = 0

    @property
    def whole(self) -> list[tuple[int, int]]:
        """The parts of all time that its rows come from."""
        return kept(self.left_out, 0, self.until)

    @property
    def new(self) -> list[tuple[int, int]]:
        """The parts of the new time that its rows come from."""
        return kept(self.left_out, self.since, self.until)

    @property
    def is_short(self) -> bool:
        """Whether spans take something out of the new time."""
        return self.new != kept((), self.since, self.until)


def lack(given: TrainingInput, least: int) -> str:
    """Why what remains is too little to train on, where a project asks for so many new rows with labels; empty if it is not."""
    if given.is_short and not given.new:
        return "All of the time that is new is quarantined."
    if given.withheld and not given.labelled:
        return f"All of the {given.withheld:,} new rows with a label are quarantined."
    if given.labelled < least:
        left = f", {given.withheld:,} more are quarantined" if given.withheld else ""
        return f"{given.labelled:,} new rows have a label{left}, and least_rows of [retrain] asks for {least:,}."
    return ""


class GivenTo(Record, frozen=True):
    """What the evidence of a version says: which training it is of, and what that was given."""

    training: str
    given: TrainingInput
    #: The trigger that set it off, and its cause; the trigger is empty if somebody asked for it.
    trigger: str = ""
    cause: str = ""


def given_in(evidence: Evidence | None) -> GivenTo | None:
    """What the evidence says; nothing where there is none."""
    return from_json(canonical(evidence.facts), GivenTo) if evidence else None
