"""Bytes of a version, read from the local artifact store and checked against their digest before anything opens them."""

import os
from pathlib import Path

from lamplighter.domain.names import DIGEST
from lamplighter.domain.record import digest_of
from lamplighter.domain.version import Artifact, address
from lamplighter.serving.runtimes.base import Unloadable


def verified(artifacts: Path, artifact: Artifact) -> bytes:
    """The bytes of an artifact below the root; raises `Unloadable` if they are absent or differ from their digest."""
    if not DIGEST.fullmatch(artifact.digest):
        raise Unloadable(f"The manifest gives no lawful digest for {artifact.role}. Register the version again.")
    content = _read(artifacts / address(artifact.digest), artifact)
    if len(content) != artifact.size or digest_of(content) != artifact.digest:
        raise Unloadable(f"The bytes of {artifact.role} differ from their digest. Fetch the artifact again from the store.")
    return content


def _read(path: Path, artifact: Artifact) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "rb") as file:
            return file.read(artifact.size + 1)
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise Unloadable(
            f"The bytes of {artifact.role} cannot be read: {reason}. Fetch the artifact from the store."
        ) from error
