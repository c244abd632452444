"""Versions on disk, as the serving process finds them."""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pytest

from lamplighter.domain.contract import Column, Contract, Kind, Meaning, Output
from lamplighter.domain.record import digest_of
from lamplighter.domain.version import Artifact, Badge, Lock, Manifest, address
from lamplighter.serving.runtimes.base import Surroundings

Answer = TypeVar("Answer")

CONTRACT = Contract(
    inputs=(Column(name="x", kind=Kind.NUMBER, nullable=True),),
    output=Output(name="prediction", meaning=Meaning.NUMBER),
)
#: The machine of whoever wrote the model.
AUTHOR = Surroundings(is_author=True)
HERE = Lock(python=f"{sys.version_info.major}.{sys.version_info.minor}")


def stored(root: Path, parts: Mapping[str, tuple[str, Badge, bytes]], runtime: str, lock: Lock = HERE) -> Manifest:
    """Write the parts (role to format, badge and bytes) below the root and give the manifest that names them."""
    artifacts = []
    for role, (form, badge, content) in parts.items():
        digest = digest_of(content)
        path = root / address(digest)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        artifacts.append(Artifact(role=role, name=role, digest=digest, size=len(content), format=form, badge=badge))
    return Manifest(model="model", runtime=runtime, contract=CONTRACT, artifacts=tuple(artifacts), lock=lock)


Store = Callable[..., Manifest]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """`stored` below the test's own folder."""
    return lambda parts, runtime, lock=HERE: stored(tmp_path, parts, runtime, lock)


def run(work: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
    """Run the work in an event loop of its own."""
    return asyncio.run(work())
