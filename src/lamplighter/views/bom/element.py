"""The pieces that a bill of materials is written of: what is not known is left out, and never written as empty."""

from collections.abc import Mapping
from typing import Any

Element = dict[str, Any]


def element(**parts: Any) -> Element:
    """An object without its empty parts. An underscore in a name stands for a hyphen."""
    return {name.replace("_", "-"): part for name, part in parts.items() if part not in ("", None, [], {}, ())}


def named(values: Mapping[str, str]) -> list[Element]:
    """What the format has no place for, by name, without what is empty."""
    return [{"name": name, "value": value} for name, value in values.items() if value]


def sha256(digest: str) -> Element:
    """A hash, hexadecimal."""
    return {"alg": "SHA-256", "content": digest}
