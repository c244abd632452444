"""Long JSON, decoded a piece at a time.

One call of the decoder holds the interpreter until it is through, and nobody is answered meanwhile. The value is the same.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from lamplighter.domain.decoding import json_decoder

#: Bytes of JSON that one call decodes: about a millisecond.
PIECE = 128 * 1024
_OPENERS = b"[{"
_BLANKS = b" \t\r\n"
_ANY = msgspec.json.Decoder()
_MEMBERS, _ELEMENTS = json_decoder(dict[str, msgspec.Raw]), json_decoder(list[msgspec.Raw])


def decoded(text: "bytes | msgspec.Raw", piece: int = PIECE) -> Any:
    """The value of a JSON text, so many bytes in one call; raises what the decoder raises."""
    if len(text) <= piece:
        return _ANY.decode(text)
    first, second = _beginning(text)
    if first == b"{":
        return {name: decoded(value, piece) for name, value in _MEMBERS.decode(text).items()}
    # A list of plain values gains nothing, and one object for each would take much memory.
    if first == b"[" and second in _OPENERS:
        return [value for group in _groups(_ELEMENTS.decode(text), piece) for value in _values(group, piece)]
    return _ANY.decode(text)


def _beginning(text: "bytes | msgspec.Raw") -> tuple[bytes, bytes]:
    """The first two characters that are not blank; empty where there are none."""
    found = bytes(memoryview(text)[:PIECE]).translate(None, _BLANKS)
    return found[:1], found[1:2]


def _groups(elements: "Sequence[msgspec.Raw]", piece: int) -> "Iterator[list[msgspec.Raw]]":
    """Neighbours that together are one piece; one that is longer is a group of its own."""
    group: list[msgspec.Raw] = []
    size = 0
    for element in elements:
        if group and size + len(element) > piece:
            yield group
            group, size = [], 0
        group.append(element)
        size += len(element)
    if group:
        yield group


def _values(group: "list[msgspec.Raw]", piece: int) -> list[Any]:
    values: list[Any] = [decoded(group[0], piece)] if len(group) == 1 else _ANY.decode(b"[%b]" % b",".join(group))
    return values
