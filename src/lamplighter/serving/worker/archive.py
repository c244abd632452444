"""A folder as one tar: the same files always give the same bytes, and only such bytes are unpacked."""

import io
import os
import tarfile
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

#: What a folder may hold: files, bytes in all of them, bytes in one, and letters of a name.
MOST_FILES, MOST_BYTES, LARGEST_FILE, LONGEST_NAME = 1_000, 256 << 20, 64 << 20, 200
_FORBIDDEN = frozenset('\\:*?"<>|')


def pack(files: Mapping[str, bytes]) -> bytes:
    """The tar of files by name, in the order of their names and without times and owners; raises `ValueError`."""
    check_names(files)
    _check_sizes([len(content) for content in files.values()])
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted(files):
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(files[name]), 0o600
            archive.addfile(member, io.BytesIO(files[name]))
    return out.getvalue()


def unpack(content: bytes, folder: Path) -> None:
    """Write the files of a tar that `pack` made into a folder that is not there yet.

    Raises `ValueError` before the first write for anything else: a link, a device, a name outside the folder, names that one
    file system takes for the same, too much of it, or bytes that `pack` does not give for these files.
    """
    files = _read(content)
    if pack(files) != content:
        raise ValueError("the archive is not in the form that packing gives")
    folder.mkdir(mode=0o700)
    for name, data in files.items():
        file = folder / name
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as out:
            out.write(data)


def _read(content: bytes) -> dict[str, bytes]:
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            members = _members(archive)
            check_names(member.name for member in members)
            _check_sizes([member.size for member in members])
            return {member.name: content[member.offset_data : member.offset_data + member.size] for member in members}
    except (tarfile.TarError, EOFError, OverflowError):
        raise ValueError("the archive cannot be read") from None


def _members(archive: tarfile.TarFile) -> list[tarfile.TarInfo]:
    found: list[tarfile.TarInfo] = []
    for member in archive:
        if member.type != tarfile.REGTYPE or member.pax_headers or member.issparse():
            raise ValueError("the archive holds something else than plain files")
        if len(found) == MOST_FILES:
            raise ValueError(f"the archive holds more than {MOST_FILES} files")
        found.append(member)
    return found


def check_names(names: Iterable[str]) -> None:
    """Raise `ValueError` unless every name lies inside the folder and no file system takes two of them for the same."""
    files: set[str] = set()
    folders: dict[str, str] = {}
    for name in names:
        parts = name.split("/")
        if len(name) > LONGEST_NAME or not all(map(_is_plain, parts)):
            raise ValueError("the archive holds a name that is not one inside the folder")
        if _folded(name) in files:
            raise ValueError("the archive holds two names that a file system may take for the same")
        files.add(_folded(name))
        for depth in range(1, len(parts)):
            parent = "/".join(parts[:depth])
            if folders.setdefault(_folded(parent), parent) != parent:
                raise ValueError("the archive holds two names that a file system may take for the same")
    if files & folders.keys():
        raise ValueError("the archive holds a name that is a file and a folder")


def _is_plain(part: str) -> bool:
    return part not in ("", ".", "..") and part.isprintable() and not _FORBIDDEN & set(part)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def _check_sizes(sizes: list[int]) -> None:
    if len(sizes) > MOST_FILES:
        raise ValueError(f"the archive holds more than {MOST_FILES} files")
    if sum(sizes) > MOST_BYTES or max(sizes, default=0) > LARGEST_FILE:
        raise ValueError(f"the archive holds more than {MOST_BYTES >> 20} MB, or a file of more than {LARGEST_FILE >> 20} MB")
