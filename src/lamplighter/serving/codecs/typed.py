"""Rows of a usual request, decoded straight into values in the order of the contract.

The reader knows the contract, so that decoding and checking are one pass in compiled code. It accepts only what the codecs and
the contract accept without a remark, and gives the same values; whatever else it meets it leaves to them, who can say why.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, Any

import msgspec
from msgspec.structs import astuple

from lamplighter.domain.contract import Column, Contract, Kind
from lamplighter.domain.decoding import json_decoder

Row = tuple[Any, ...]
#: Gives rows as structs: their fields are the inputs by name, in the order of the contract.
Read = Callable[[bytes], Sequence[msgspec.Struct] | None]

#: Larger numbers are integers beyond 64 bits or may be; the contract has its own words for them.
_LARGEST = float(2**63 - 2**10)
_NUMBER = Annotated[float, msgspec.Meta(ge=-_LARGEST, le=_LARGEST)]
_INTEGER = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_ESCAPE, _COLON = ord("\\"), ord(":")
_KINDS: Mapping[Kind, Any] = {Kind.NUMBER: _NUMBER, Kind.INTEGER: _INTEGER, Kind.TEXT: str, Kind.BOOLEAN: bool}


def reader(contract: Contract, names: Sequence[str]) -> Read | None:
    """What reads `{"<name>": [{"<column>": <value>, ...}, ...]}` for each of the names; nothing for a contract that needs more
    than types to be checked.

    It gives one struct for each row, or nothing where the codec has to look.
    """
    if not contract.inputs or any(column.is_listed for column in contract.inputs):
        return None
    places = [f"c{place}" for place in range(len(contract.inputs))]
    renamed = {place: column.name for place, column in zip(places, contract.inputs, strict=True)}
    fields = [(place, _kind(column)) for place, column in zip(places, contract.inputs, strict=True)]
    row: Any = msgspec.defstruct("Row", fields, rename=renamed, forbid_unknown_fields=True, gc=False)
    decoders = {
        name: json_decoder(msgspec.defstruct("Body", [("rows", list[row])], rename={"rows": name}, forbid_unknown_fields=True))
        for name in names
    }
    return _Reader(decoders, sum(1 + column.name.count(":") for column in contract.inputs)).read


def values(rows: Iterable[msgspec.Struct]) -> list[Row]:
    """Each row as a tuple, in the order of the inputs."""
    return list(map(astuple, rows))


class _Reader:
    def __init__(self, decoders: Mapping[str, msgspec.json.Decoder[Any]], colons: int) -> None:
        self._decoders = [(f'{{"{name}"'.encode(), decoder.decode) for name, decoder in decoders.items()]
        #: Colons in a row.
        self._colons = colons

    def read(self, body: bytes) -> Sequence[msgspec.Struct] | None:
        # An escape may stand for a character that no text may hold.
        if _ESCAPE in body or 0 in body:
            return None
        for start, decode in self._decoders:
            if body.startswith(start):
                try:
                    rows: Sequence[msgspec.Struct] = decode(body).rows
                except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                    return None
                # More colons than keys: a text holds one, or a key stands twice.
                return rows if rows and body.count(_COLON) == 1 + len(rows) * self._colons else None
        return None


def _kind(column: Column) -> Any:
    kind = _KINDS[column.kind]
    return kind | None if column.nullable else kind
