"""A folder as a package for the cluster."""

import hashlib
import io
import os
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from lamplighter.domain.errors import Invalid

#: Folders that are made anew where they are needed.
_LEFT_OUT = frozenset({".git", ".venv", "__pycache__", "node_modules", ".mypy_cache", ".pytest_cache", ".ruff_cache"})
#: Bytes of files in a package; Ray takes packages of less than 500 MiB.
MOST = 256 * 1024 * 1024
#: The earliest moment that an archive can name.
_MOMENT = (1980, 1, 1, 0, 0, 0)


def package(folder: Path, beside: Mapping[str, bytes]) -> tuple[str, bytes]:
    """Name and bytes of an archive with the files of a folder and those beside them; the same files give the same bytes.

    Raises `Invalid` for a folder that is not there or too large, and for a link that leads out of it.
    """
    made, left = io.BytesIO(), MOST
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, file in _files(folder):
            left -= file.stat().st_size
            if left < 0:
                raise _too_large()
            _add(archive, name, file.read_bytes(), 0o755 if os.access(file, os.X_OK) else 0o644)
        for name, content in sorted(beside.items()):
            _add(archive, name, content, 0o644)
    content = made.getvalue()
    return f"lamp_{hashlib.sha256(content).hexdigest()[:32]}.zip", content


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    if not folder.is_dir():
        raise Invalid("There is nothing to send.", why="The folder of the training is not there.", fix="Correct its `folder`.")
    inside = folder.resolve()
    for at, folders, names in os.walk(inside):
        folders[:] = sorted(set(folders) - _LEFT_OUT)
        for name in sorted(names):
            file = Path(at) / name
            if not file.resolve().is_relative_to(inside):
                raise _leads_out(file.relative_to(inside))
            if file.is_file():
                yield file.relative_to(inside).as_posix(), file


def _add(archive: zipfile.ZipFile, name: str, content: bytes, mode: int) -> None:
    entry = zipfile.ZipInfo(name, _MOMENT)
    entry.external_attr = mode << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


def _too_large() -> Invalid:
    return Invalid(
        "The folder of the training is too large for the cluster.",
        why=f"Its files have more than {MOST >> 20} MB.",
        fix="Keep data outside of the folder, where the cluster reads it by itself.",
    )


def _leads_out(file: Path) -> Invalid:
    return Invalid(
        "The folder of the training cannot be sent.",
        why=f"The link {file} leads out of it.",
        fix="Put the file itself there.",
    )
