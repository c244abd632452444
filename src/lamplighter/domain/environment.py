"""A place where versions answer: its level says how protected it is."""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from lamplighter.domain.names import STRICT_NAME
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
    #: Whether callers reach it by TLS, at a proxy in front of machines elsewhere.
    tls: bool = False

    @property
    def address(self) -> str:
        """Base URL of the serving process group."""
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}"


class DeclaredEnvironment(Environment, frozen=True, forbid_unknown_fields=True):
    """One environment as a file names it, where a misspelt field would silently do nothing."""

    def __post_init__(self) -> None:
        """Refuse an environment that could not be."""
        if fault := fault_of(self):
            raise ValueError(fault)


def fault_of(environment: Environment) -> str:
    """Why no process group could serve it, in one clause; empty if one could."""
    port, further = environment.port, environment.grpc_port
    faults = {
        "a name has 1 to 63 lower-case letters, digits and hyphens, and starts and ends with a letter or digit": (
            not STRICT_NAME.fullmatch(environment.name)
        ),
        "`host` is empty": not environment.host,
        "`port` is a number from 1 to 65535": not 0 < port < 65536,
        "`grpc_port` is another number from 1 to 65535, or 0 for none": not 0 <= further < 65536 or further == port,
        "`workers` is at least 1": environment.workers < 1,
        "`tls` is for machines elsewhere, since `host` is where processes on this machine listen without it": (
            environment.tls and environment.target == "local"
        ),
    }
    return next((fault for fault, holds in faults.items() if holds), "")


def clash_of(environments: Sequence[Environment]) -> str:
    """Which name or port two of them share, in one clause; empty if each has its own."""
    names = Counter(one.name for one in environments)
    ports = Counter((one.host, port) for one in environments for port in (one.port, one.grpc_port) if port)
    called = next((f"are called {name}" for name, count in names.items() if count > 1), "")
    listening = next((f"listen at port {port} of {host}" for (host, port), count in ports.items() if count > 1), "")
    return f"two environments {called or listening}" if called or listening else ""
