"""Can this bulb be changed? Socket, wiring, ladder and bulb are measured, each red, amber or green with what was seen."""

from enum import StrEnum

from lamplighter.domain.record import Record


class Part(StrEnum):
    """What is probed."""

    #: Infrastructure: the environment is there and answers.
    SOCKET = "socket"
    #: Data flows: every source has an owner and its columns are known.
    WIRING = "wiring"
    #: Platform access: somebody holds each duty and may act.
    LADDER = "ladder"
    #: The model: the newest version loads and scores its sample.
    BULB = "bulb"


class Light(StrEnum):
    """How ready a part is."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class Reading(Record, frozen=True):
    """What one probe saw."""

    part: Part
    light: Light
    #: What was measured, as a sentence.
    seen: str
    #: Who can repair it, if it is not green.
    repairer: str = ""
    fix: str = ""


class Readiness(Record, frozen=True):
    """All four parts."""

    readings: tuple[Reading, ...]

    def light(self, part: Part) -> Light:
        """The light of a part; a part that was not probed is red."""
        return next((reading.light for reading in self.readings if reading.part is part), Light.RED)
