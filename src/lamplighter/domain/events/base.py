"""What every event has."""

from lamplighter.domain.record import Record


class Event(Record, frozen=True):
    """Something that has happened. `model` is empty where no model is concerned."""

    model: str = ""
