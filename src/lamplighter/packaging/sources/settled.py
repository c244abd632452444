"""A skops file with the same bytes for the same model.

The library names parts by where they lay in memory and notes the time, so that a model that was trained again to the same
numbers would look like another one. Here parts are numbered in the order in which they are named.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

_SCHEMA = "schema.json"
#: The earliest time that a zip file can hold.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def settled(content: bytes) -> bytes:
    """The file with numbers in place of addresses, and without times."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        schema = json.loads(archive.read(_SCHEMA))
        parts = {name: archive.read(name) for name in archive.namelist() if name != _SCHEMA}
    names = _numbered(schema)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name, new in names.items():
            archive.writestr(zipfile.ZipInfo(new, _NO_TIME), parts[name])
        archive.writestr(zipfile.ZipInfo(_SCHEMA, _NO_TIME), json.dumps(schema))
    return written.getvalue()


def _numbered(schema: Any) -> dict[str, str]:
    """Number all parts of a schema, in place; gives the new name of each file."""
    ids: dict[int, int] = {}
    names: dict[str, str] = {}
    for node in _nodes(schema):
        if isinstance(node.get("__id__"), int):
            node["__id__"] = ids.setdefault(node["__id__"], len(ids) + 1)
        if isinstance(node.get("file"), str):
            node["file"] = names.setdefault(node["file"], f"{len(names) + 1}{PurePath(node['file']).suffix}")
    return names


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every object of a JSON document, the outer before the inner."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting.extend(reversed(list(one.values())))
        elif isinstance(one, list):
            waiting.extend(reversed(one))
