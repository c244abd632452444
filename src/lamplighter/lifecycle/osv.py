"""Advisories as others publish them: the Open Source Vulnerability format, https://ossf.github.io/osv-schema.

A file is one advisory in JSON or YAML, or a zip of many; a folder holds such files. Only packages of PyPI count.
"""

import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import yaml

from lamplighter.domain.decoding import from_json, from_plain
from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.names import distribution_key
from lamplighter.domain.vulnerability import Advisory, Span, Weight, heaviest

_ECOSYSTEM = "PyPI"
#: Bytes of one advisory at most.
_LARGEST = 4 << 20
_ENDINGS = (".json", ".yaml", ".yml")


class _Package(msgspec.Struct):
    name: str = ""
    ecosystem: str = ""


class _Range(msgspec.Struct):
    type: str = ""
    events: list[dict[str, str]] = []


class _Affected(msgspec.Struct):
    package: _Package = msgspec.field(default_factory=_Package)
    ranges: list[_Range] = []
    versions: list[str] = []
    database_specific: dict[str, Any] = {}


class _Entry(msgspec.Struct):
    id: str
    modified: datetime
    withdrawn: Any = None
    aliases: list[str] = []
    summary: str = ""
    details: str = ""
    affected: list[_Affected] = []
    database_specific: dict[str, Any] = {}


def read(path: Path) -> tuple[list[Advisory], int]:
    """The advisories of a file or folder, and how many entries could not be read. Raises `NotFound` and `Invalid`."""
    found, unread = list[Advisory](), 0
    for name, content in _contents(path):
        try:
            found += _advisories(_decoded(name, content))
        except (msgspec.MsgspecError, yaml.YAMLError, UnicodeDecodeError, ValueError):
            unread += 1
    if not found:
        raise Invalid(
            "There is no advisory in it.",
            why="No entry is one about a package of PyPI in the Open Source Vulnerability format.",
            fix="Give the zip of PyPI that osv.dev publishes, or a copy of the advisory database of the PyPA.",
            code="E1890",
        )
    return found, unread


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    """Every entry by name; what is larger than any advisory is given empty, which nothing can be read from."""
    try:
        if path.is_dir():
            files = sorted(file for file in path.rglob("*") if file.suffix in _ENDINGS and file.is_file())
            yield from ((file.name, file.read_bytes() if file.stat().st_size <= _LARGEST else b"") for file in files)
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for member in archive.infolist():
                    if member.filename.endswith(_ENDINGS):
                        yield member.filename, archive.read(member) if member.file_size <= _LARGEST else b""
        else:
            yield path.name, path.read_bytes()
    except (OSError, zipfile.BadZipFile, RuntimeError) as error:
        raise NotFound(
            "The advisories cannot be read.",
            why=f"It gives {type(error).__name__}.",
            fix="Name a file or a folder on this machine that is whole.",
            code="E1891",
        ) from None


def _decoded(name: str, content: bytes) -> _Entry:
    if name.endswith(".json"):
        return from_json(content, _Entry)
    return from_plain(yaml.load(content, Loader=yaml.CSafeLoader), _Entry)


def _advisories(entry: _Entry) -> Iterator[Advisory]:
    """One for each package of an entry; none for one that was withdrawn."""
    if entry.withdrawn:
        return
    about: dict[str, list[_Affected]] = {}
    for one in entry.affected:
        if one.package.ecosystem == _ECOSYSTEM:
            about.setdefault(distribution_key(one.package.name), []).append(one)
    for package, parts in about.items():
        yield Advisory(
            id=entry.id,
            package=package,
            aliases=tuple(entry.aliases),
            summary=_first_line(entry.summary or entry.details),
            weight=heaviest(map(_weight, (entry.database_specific, *(part.database_specific for part in parts)))),
            spans=tuple(span for part in parts for one in part.ranges if one.type != "GIT" for span in _spans(one)),
            versions=tuple(dict.fromkeys(version for part in parts for version in part.versions)),
            modified=_moment(entry.modified),
        )


def _spans(found: _Range) -> Iterator[Span]:
    """Each `introduced` begins a span, which the next other event ends."""
    start: str | None = None
    for event in found.events:
        for what, version in event.items():
            if what == "introduced":
                start = version
            elif start is not None and what in ("fixed", "last_affected"):
                yield Span(introduced=start, fixed=version) if what == "fixed" else Span(introduced=start, last=version)
                start = None
    if start is not None:
        yield Span(introduced=start)


def _weight(specific: dict[str, Any]) -> Weight:
    told = str(specific.get("severity", "")).lower()
    told = {"medium": "moderate"}.get(told, told)
    return Weight(told) if told in set(Weight) else Weight.UNSTATED


def _moment(told: datetime) -> int:
    return int((told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp() * 1_000_000)


def _first_line(text: str) -> str:
    return text.strip().split("\n", 1)[0][:300]
