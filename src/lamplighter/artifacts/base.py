"""The promise of an artifact store: bytes under their digest, written once, whole or not at all."""

from typing import Protocol

from lamplighter.domain.errors import Invalid, NotFound


class Artifacts(Protocol):
    """Content-addressed bytes."""

    def put(self, digest: str, content: bytes) -> None:
        """Keep the bytes durably before returning; raises `Invalid` if they do not have this digest. Idempotent."""
        ...

    def get(self, digest: str) -> bytes:
        """The bytes, checked against their digest; raises `NotFound`, or `Invalid` if they were damaged."""
        ...

    def has(self, digest: str) -> bool:
        """Whether the bytes are there and undamaged; what is damaged has to be uploaded again."""
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
