"""The promise of an artifact store: bytes under their digest, written once, whole or not at all."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from lamplighter.domain.errors import Invalid, NotFound


class Artifacts(Protocol):
    """Content-addressed bytes, and a disk of this machine that serving reads them from."""

    def put(self, digest: str, content: bytes) -> None:
        """Keep the bytes durably before returning; raises `Invalid` if they do not have this digest, `Unavailable` where the
        store is away. Idempotent."""
        ...

    def get(self, digest: str) -> bytes:
        """The bytes, checked against their digest; raises `NotFound`, `Invalid` if they were damaged, or `Unavailable`."""
        ...

    def has(self, digest: str) -> bool:
        """Whether the bytes are there and undamaged; what is damaged has to be uploaded again. Raises `Unavailable`."""
        ...

    def bring(self, digest: str) -> None:
        """Have the checked bytes on the disk of this machine; raises as `get` does. What lies there is asked of nobody."""
        ...


class Held(NamedTuple):
    """One artifact that is kept."""

    digest: str
    size: int
    #: When it was written, microseconds since the epoch.
    at: int


class Stock(Artifacts, Protocol):
    """What is kept, to be looked through and thinned out."""

    def prove(self) -> None:
        """Raise `Unavailable` for a store that is away, refuses us, or overwrites what is there when it is told not to."""
        ...

    def held(self) -> Iterator[Held]:
        """Everything that is kept, in any order."""
        ...

    def lacks(self, digests: Sequence[str]) -> list[str]:
        """Which of these are not there at all; nobody looks into their bytes, so that it takes no time."""
        ...

    def remove(self, digest: str) -> None:
        """Keep it no longer, here nor on the disk of this machine. What is not there may be removed too."""
        ...

    def tidy(self, before: int) -> int:
        """Remove what writers left behind that died before that time, microseconds since the epoch; gives how much."""
        ...


class Disk(Stock, Protocol):
    """A store on the disk of this machine."""

    def take(self, digest: str, chunks: Iterable[bytes]) -> None:
        """Keep bytes that come piece by piece, as `put` does; what is there already is replaced."""
        ...


def not_there() -> NotFound:
    """The refusal of a digest that is not kept."""
    return NotFound(
        "There is no such artifact.", why="Nothing is stored under this digest.", fix="Upload it, then repeat.", code="E1210"
    )


def wrong_digest() -> Invalid:
    """The refusal of bytes that are not what they are called."""
    return Invalid(
        "The artifact is not what it is called.",
        why="Its bytes have another SHA-256 than the digest it is stored under.",
        fix="Upload the artifact again from where it was made.",
        code="E1141",
    )
