"""A place where versions answer: its level says how protected it is."""

from enum import StrEnum

from lamplighter.domain.record import Record


class Level(StrEnum):
    """How protected an environment is. A version goes through the levels in this order."""

    #: For trying things; no brakes.
    DEVELOPMENT = "development"
    #: For acceptance by people.
    ACCEPTANCE = "acceptance"
    #: Where decisions are taken for real.
    PRODUCTION = "production"

    @property
    def before(self) -> "Level | None":
        """The level a version must have been live at before this one; nothing for the first."""
        order = list(Level)
        place = order.index(self)
        return order[place - 1] if place else None


class Environment(Record, frozen=True):
    """One environment and where its serving process group listens."""

    name: str
    level: Level
    port: int
    host: str = "127.0.0.1"
    workers: int = 1
    #: Which target runs it: the name of a file in `targets/`.
    target: str = "local"
    #: Port for gRPC at the same host; 0 for none.
    grpc_port: int = 0

    @property
    def address(self) -> str:
        """Base URL of the serving process group."""
        return f"http://{self.host}:{self.port}"
