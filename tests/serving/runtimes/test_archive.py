"""Archives that want to be somewhere else, and the ones that packing makes."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from lamplighter.serving.worker import archive


def tar(*members: tuple[str, bytes, bytes, str]) -> bytes:
    """A tar of members: name, type, content and what a link points at."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:", format=tarfile.USTAR_FORMAT) as made:
        for name, kind, content, link in members:
            member = tarfile.TarInfo(name)
            member.type, member.size, member.linkname, member.mode = kind, len(content), link, 0o600
            made.addfile(member, io.BytesIO(content))
    return out.getvalue()


def plain(*names: str) -> bytes:
    return tar(*((name, tarfile.REGTYPE, b"x", "") for name in names))


def special(kind: bytes, link: str = "") -> bytes:
    return tar(("a", tarfile.REGTYPE, b"x", ""), ("b", kind, b"", link))


def huge() -> bytes:
    """One member that says it has a gigabyte."""
    member = tarfile.TarInfo("a")
    member.size = 1 << 30
    return member.tobuf(tarfile.USTAR_FORMAT) + b"x" * 1024


def compressed() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as made:
        member = tarfile.TarInfo("a")
        member.size = 1 << 24
        made.addfile(member, io.BytesIO(bytes(1 << 24)))
    return out.getvalue()


HOSTILE: dict[str, Callable[[], bytes]] = {
    "parent": lambda: plain("a", "../decoy"),
    "parent inside": lambda: plain("a", "b/../../decoy"),
    "absolute": lambda: plain("a", "/decoy"),
    "backslash": lambda: plain("a", "..\\decoy"),
    "drive": lambda: plain("a", "c:decoy"),
    "control": lambda: plain("a", "b\x1b[2J"),
    "symlink": lambda: special(tarfile.SYMTYPE, "../decoy"),
    "hard link": lambda: special(tarfile.LNKTYPE, "a"),
    "character device": lambda: special(tarfile.CHRTYPE),
    "block device": lambda: special(tarfile.BLKTYPE),
    "fifo": lambda: special(tarfile.FIFOTYPE),
    "folder": lambda: special(tarfile.DIRTYPE),
    "duplicate": lambda: plain("a", "a"),
    "case": lambda: plain("a/Model.pkl", "a/model.pkl"),
    "case of a folder": lambda: plain("A/x", "a/y"),
    "sharp s": lambda: plain("stra\u00dfe", "strasse"),
    "ligature": lambda: plain("\ufb01le", "file"),
    "composed": lambda: plain("\u00e9", "e\u0301"),
    "file and folder": lambda: plain("a", "a/b"),
    "too many": lambda: plain(*(f"{number:05}" for number in range(archive.MOST_FILES + 1))),
    "too large": huge,
    "compressed": compressed,
    "long name": lambda: plain("a" * 90 + "/" + "b" * 90 + "/" + "c" * 50),
    "order": lambda: plain("b", "a"),
    "bytes behind the end": lambda: plain("a") + b"x",
    "no archive": lambda: b"no archive",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_refused_before_the_first_write(tmp_path: Path, name: str) -> None:
    (tmp_path / "decoy").write_text("untouched")
    with pytest.raises(ValueError):
        archive.unpack(HOSTILE[name](), tmp_path / "model")
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {"decoy": "untouched"}


def test_what_is_packed_comes_out_again_and_is_always_the_same(tmp_path: Path) -> None:
    files = {"b/c.txt": b"two", "a": b"", "\u00e9.txt": b"three"}
    content = archive.pack(files)
    assert content == archive.pack(dict(sorted(files.items())))
    archive.unpack(content, tmp_path / "model")
    found = [file for file in (tmp_path / "model").rglob("*") if file.is_file()]
    assert {file.relative_to(tmp_path / "model").as_posix(): file.read_bytes() for file in found} == files
    assert {file.stat().st_mode & 0o777 for file in found} == {0o600}


def test_a_folder_that_is_there_is_not_written_into(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        archive.unpack(archive.pack({"a": b""}), tmp_path)


def test_packing_refuses_what_unpacking_would() -> None:
    for files in ({"../a": b""}, {"a": b"", "A": b""}, {"a": bytes(archive.LARGEST_FILE + 1)}):
        with pytest.raises(ValueError):
            archive.pack(files)
