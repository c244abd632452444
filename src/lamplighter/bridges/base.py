"""The promise of a bridge: files for another tool, made from what the platform is. A bridge writes nothing itself."""

from typing import Protocol

from lamplighter.domain.environment import Environment
from lamplighter.domain.record import Record


class Estate(Record, frozen=True):
    """The platform as other tools reach it."""

    #: Address of the control plane.
    url: str
    environments: tuple[Environment, ...]


class File(Record, frozen=True):
    """One file for the other tool. Holds no secret."""

    name: str
    content: str
    #: What to do with it, one sentence.
    use: str


class Bridge(Protocol):
    """What the module of a bridge offers."""

    def files(self, estate: Estate) -> tuple[File, ...]:
        """The files, each with a name of its own; the same for the same estate."""
        ...
