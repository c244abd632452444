"""When a prediction counts as kept."""

from enum import StrEnum


class Durability(StrEnum):
    """What has happened to the record of a prediction before it is answered."""

    #: It is on the disk: nothing answered is lost, whatever ends the process or the machine.
    DURABLE = "durable"
    #: It is in memory, and on the disk soon after: a crash may lose the last moment. Never for a critical model.
    BUFFERED = "buffered"
