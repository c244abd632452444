"""A version in the registry of MLflow becomes one of ours here, where its packages are: the control plane opens no model."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from lamplighter.domain.errors import Invalid
from lamplighter.domain.record import digest_of
from lamplighter.domain.tracking.artifact_path import lawful
from lamplighter.domain.tracking.candidate import digest_of_files
from lamplighter.domain.version import PackedFrom
from lamplighter.sdk.build import Build
from lamplighter.sdk.interface import Platform

_SCHEME = "models:/"


@contextmanager
def fetched(platform: Platform, build: Build) -> Iterator[Build]:
    """The build with the files of the candidate that it names, until the end of the block; any other build as it is."""
    if not isinstance(build.model, str) or not build.model.startswith(_SCHEME):
        yield build
        return
    name, number = _named(build.model)
    found = platform.candidate(name, number)
    with TemporaryDirectory(prefix="lamp-candidate-") as folder:
        for path, digest in found.files.items():
            _write(Path(folder), path, digest, platform.candidate_file(name, number, digest))
        packed = PackedFrom(name=name, number=number, digest=digest_of_files(found.files))
        provenance = msgspec.structs.replace(build.provenance, candidate=packed)
        yield replace(build, model=Path(folder), provenance=provenance)


def _named(text: str) -> tuple[str, int]:
    name, _, number = text.removeprefix(_SCHEME).strip("/").rpartition("/")
    if not name or not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise Invalid(
            "That names no version in the registry of MLflow.",
            why="An alias moves, and what is built has to stay what it is.",
            fix="Write models:/NAME/NUMBER, such as models:/late-flights/3.",
            code="E1824",
        )
    return name, int(number)


def _write(folder: Path, path: str, digest: str, content: bytes) -> None:
    """Write a file; what the server says of names and digests is not believed."""
    if digest_of(content) != digest:
        raise Invalid(
            "A file of the candidate is not what it is called.",
            why="Its bytes have another digest than the platform says.",
            fix="Repeat it; if it stays so, log the model again.",
            code="E1825",
        )
    place = folder / lawful(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
