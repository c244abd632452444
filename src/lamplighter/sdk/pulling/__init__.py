"""A version as a folder: its files as they are served, what it is opened with, and what checks both without any platform."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from lamplighter import __version__
from lamplighter.domain.decoding import from_json
from lamplighter.domain.errors import Conflict, Invalid
from lamplighter.domain.record import Record, digest_of
from lamplighter.domain.version import Badge, Manifest, Version
from lamplighter.sdk.interface import Platform
from lamplighter.sdk.pulling import contents
from lamplighter.serving.worker.archive import check_names

#: Seconds that the check of a new folder may take.
_PATIENCE = 300.0
INDEX, MANIFEST, VERIFY = "pull.json", "manifest.json", "verify.py"


class Pulled(Record, frozen=True):
    """A folder that was made."""

    #: The version, such as `late-flights@7`, and its digest.
    version: str
    digest: str
    folder: str
    #: Files in it, and bytes of them.
    files: int
    size: int
    #: What its own check said here, line by line, and how it ended: 0 means that everything is the same.
    said: tuple[str, ...]
    code: int


def pull(platform: Platform, reference: str, folder: str | Path = "", *, environment: str = "", trust: bool = False) -> Pulled:
    """Make a new folder of a version and check it; by default it is called after the version.

    Every byte is checked against the digest of the version on its way, and a folder is there whole or not at all. `trust` lets
    the check open a model whose opening runs code. Raises `NotFound`, `Conflict` for a folder that is there already and for a
    version that runs elsewhere, and `Invalid` for bytes that are not those of the version.
    """
    view = platform.version(reference, environment)
    version = view.version
    place = Path(folder or f"{version.model}-{version.number}").absolute()
    _check(version, place)
    facts = next((evidence.facts for evidence in view.evidence if evidence.kind == "load-check"), {})
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=f".{place.name}-") as outer:
        made = Path(outer) / place.name
        made.mkdir()
        size = _filled(platform, version, facts, made)
        said, code = _verified(made, version.digest, trust=trust)
        files = sum(file.is_file() for file in made.rglob("*"))
        _check(version, place)
        made.rename(place)
    return Pulled(version.name, version.digest, str(place), files, size, said, code)


def _check(version: Version, place: Path) -> None:
    if version.elsewhere:
        raise Conflict(
            f"{version.name} has no files here.",
            why=f"It runs elsewhere: {version.elsewhere.at}.",
            fix="Take them from there.",
            code="E1459",
        )
    if place.exists() or place.is_symlink():
        raise Conflict(
            "That folder is there already.",
            why=f"{place.name} is, and nothing is written over.",
            fix=f"Name a new one: lamp pull {version.name} DIR",
            code="E1459",
        )


def _filled(platform: Platform, version: Version, facts: Mapping[str, Any], made: Path) -> int:
    content = _whole(platform, version.digest, "The manifest")
    manifest = from_json(content, Manifest)
    parts = _names(manifest)
    found = {MANIFEST: content}
    for artifact in manifest.artifacts:
        found[parts[artifact.role]] = _whole(platform, artifact.digest, f"The part {artifact.role}")
    found |= contents.beside(manifest, version.name, Path(__file__).with_name(VERIFY).read_bytes())
    found[INDEX] = _index(version, manifest, parts, facts, found)
    for name, data in found.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_bytes(data)
    return sum(map(len, found.values()))


def _index(
    version: Version, manifest: Manifest, parts: Mapping[str, str], facts: Mapping[str, Any], found: Mapping[str, bytes]
) -> bytes:
    index = {
        "version": version.name,
        "digest": version.digest,
        "lamplighter": __version__,
        "runs_code": manifest.badge is Badge.CODE,
        "parts": parts,
        "sample_scores": str(facts.get("sample_scores", "")),
        "files": {name: digest_of(data) for name, data in sorted(found.items())},
    }
    return msgspec.json.format(msgspec.json.encode(index), indent=2) + b"\n"


def _whole(platform: Platform, digest: str, what: str) -> bytes:
    content = platform.artifact(digest)
    if digest_of(content) != digest:
        raise Invalid(
            f"{what} is not what it is called.",
            why="Its bytes have another digest than the version names.",
            fix="Repeat it; if it stays so, the store of the platform is damaged: lamp doctor on its machine.",
            code="E1458",
        )
    return content


def _names(manifest: Manifest) -> dict[str, str]:
    """The name of each part below the folder; one that is no plain name, or that two parts have, is called after its part."""
    taken: list[str] = []
    parts: dict[str, str] = {}
    for artifact in manifest.artifacts:
        for name in (f"files/{artifact.name}", f"files/{artifact.role}.bin"):
            if _fits(name, taken):
                parts[artifact.role] = name
                break
        else:
            raise Invalid(
                "A part of the version has no name that a file may have.",
                why="Neither its name nor its part is one.",
                fix="Register the version again with lamp deploy.",
                code="E1458",
            )
        taken.append(parts[artifact.role])
    return parts


def _fits(name: str, taken: list[str]) -> bool:
    try:
        check_names([*taken, name])
    except ValueError:
        return False
    return name.count("/") == 1


def _verified(made: Path, digest: str, *, trust: bool) -> tuple[tuple[str, ...], int]:
    """What the check of the folder says, with the Python and the packages that are here."""
    words = [sys.executable, "-I", str(made / VERIFY), "--digest", digest, *(["--trust"] if trust else [])]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=_PATIENCE, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return (f"- not asked: it took more than {_PATIENCE:g} seconds",), 3
    shutil.rmtree(made / "__pycache__", ignore_errors=True)
    return tuple(done.stdout.splitlines()), done.returncode
