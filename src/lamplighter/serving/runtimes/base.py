"""The promise of a runtime: it is loaded once from verified artifacts and turns columns into scores.

Every other file of this folder is one runtime; its name is what a manifest says in `runtime`. Each has
`async def load(manifest, artifacts, surroundings) -> Runtime`, where `artifacts` is the root of the local artifact store.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol, runtime_checkable

from lamplighter.domain.sandbox import Level, Sandbox
from lamplighter.domain.version import Manifest

#: Rows of a request that are scored on the thread of the event loop; one with more goes the long way.
MOST_AT_ONCE = 256


class Failed(Exception):
    """The version could not score these rows. Holds no value of the rows."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        #: `model-failed`, `model-crashed`, `model-output-invalid` or `deadline-exceeded`.
        self.code = code
        #: One sentence for the log and the incident.
        self.why = why


class Unloadable(Exception):
    """The version cannot be served here: bytes that differ from their digest, or an environment that does not fit."""


class Surroundings(NamedTuple):
    """What a process group offers to the versions it loads, beside their bytes."""

    #: Folder for environments of versions whose packages are not those here; nothing if none may be made.
    environments: Path | None = None
    #: Folder of public keys; a version that runs code when it is opened has to be signed by one of them.
    keys: Path | None = None
    #: Whether code is opened unsigned: only where its author tries it out.
    is_author: bool = False
    #: Waits for what the self-test of the machine has found; nothing where none is made.
    sandbox: Callable[[], Awaitable[Sandbox]] | None = None


#: Nothing at all: no environments, and no code.
NOTHING = Surroundings()


class Runtime(Protocol):
    """A loaded version."""

    async def score(self, columns: Mapping[str, Sequence[Any]], rows: int) -> list[float]:
        """One finite score a row, in order. The columns fit the contract. Raises `Failed`."""
        ...

    async def close(self) -> None:
        """Give back what the version holds; idempotent."""
        ...


@runtime_checkable
class Isolated(Protocol):
    """A runtime whose version has processes of its own."""

    @property
    def sandbox(self) -> Level:
        """How closed they are."""
        ...

    @property
    def quarantine(self) -> str:
        """Why the version is not started any more; empty if it is."""
        ...

    @property
    def deaths(self) -> Mapping[str, int]:
        """How many of them ended, by cause."""
        ...


class Loader(Protocol):
    """What the module of a runtime offers."""

    async def load(self, manifest: Manifest, artifacts: Path, surroundings: Surroundings) -> Runtime:
        """Load a version whose artifacts have been verified; raises `Unloadable`."""
        ...
