"""The rows that a training may learn from, for the code of a project: without those of quarantined spans."""

import os

from lamplighter.domain.errors import Invalid
from lamplighter.domain.quarantine import Span
from lamplighter.domain.rows import MOST_ROWS
from lamplighter.domain.training_input import TrainingInput
from lamplighter.sdk.connect import connect
from lamplighter.sdk.frame import Frame, frame_of
from lamplighter.sdk.interface import Platform
from lamplighter.sdk.slicing import Moment, instant


class TrainingData:
    """What one training is given."""

    def __init__(self, platform: Platform, model: str, training: str, given: TrainingInput) -> None:
        self.model = model
        #: Such as `T-7`; empty where the platform has started none.
        self.training = training
        self.given = given
        self._platform = platform

    @property
    def left_out(self) -> tuple[Span, ...]:
        """Spans of event time, in microseconds since the epoch and half open, whose rows are not to be learned from."""
        return self.given.left_out

    def keeps(self, moment: Moment) -> bool:
        """Whether a row of this event time may be learned from: for rows that come from elsewhere."""
        at = instant(moment)
        return at < self.given.until and not any(span.start <= at < span.end for span in self.left_out)

    def rows(self, limit: int = MOST_ROWS) -> Frame:
        """Answered rows with their labels, oldest first, none of a quarantined span; of more than `limit`, at most 50,000, an
        even sample. Raises `NotAllowed` for whoever may not see rows, and `Invalid` for a model that is live nowhere."""
        return frame_of(self._platform.training_rows(self.model, self.training, limit))

    def __repr__(self) -> str:
        return f"<what {self.training or 'a training'} of {self.model} is given, without {len(self.left_out)} spans>"


def training_data(model: str = "", platform: Platform | None = None) -> TrainingData:
    """What the training that runs here is given; where the platform has started none, what one of `model` would be given now.

    Raises `Invalid` where neither is known, and `NotFound`.
    """
    of, training = os.environ.get("LAMP_MODEL", ""), os.environ.get("LAMP_TRAINING", "")
    training = training if not model or model == of else ""
    name = model or of
    if not name:
        raise Invalid(
            "It is not known of which model.",
            why="No training of the platform runs here, and no model is named.",
            fix='Name it: lamplighter.training_data("late-flights").',
            code="E1278",
        )
    place = platform or connect()
    return TrainingData(place, name, training, place.training_input(name, training))
