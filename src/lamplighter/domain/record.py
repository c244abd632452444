"""The two kinds of immutable value: what we persist, and what people write.

Law of change for every `Record`: a field may be added if it has a default; a field is never removed, renamed or given
another meaning; unknown fields from a newer release are ignored when read. `Settings` come from files that people write,
so an unknown field there is an error.
"""

import hashlib
from typing import Any

import msgspec


class Record(msgspec.Struct, frozen=True):
    """An immutable value that is stored, sent or hashed."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An immutable value that a person writes in a file; unknown fields are refused."""


def canonical(value: Any) -> bytes:
    """The one byte form of a value: JSON with sorted keys and no white space. Digests are taken of these bytes."""
    return msgspec.json.encode(value, order="sorted")


def digest_of(content: bytes) -> str:
    """SHA-256 of the bytes, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
