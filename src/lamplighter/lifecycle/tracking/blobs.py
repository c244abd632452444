"""The bytes of files that clients bring, under their digest, in a folder of their own: artifacts of versions lie elsewhere, and
what looks after those knows nothing of these."""

import os
from pathlib import Path
from typing import BinaryIO

from lamplighter.domain.names import DIGEST
from lamplighter.domain.version import address
from lamplighter.lifecycle.tracking import finding


def adopt(root: Path, digest: str, file: Path) -> None:
    """Take a file that is complete, durable and has this digest from where it is; it lies on the same disk."""
    place = _place(root, digest)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.chmod(0o400)
    file.replace(place)
    for folder in (place.parent, root):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def opened(root: Path, digest: str) -> BinaryIO:
    """The bytes, to be read piece by piece; raises `NotFound`."""
    try:
        return _place(root, digest).open("rb")
    except FileNotFoundError:
        raise finding.missing("file") from None


def _place(root: Path, digest: str) -> Path:
    # The only join with the file system: nothing but 64 hexadecimal digits passes.
    if not DIGEST.fullmatch(digest):
        raise finding.missing("file")
    return root / address(digest)
