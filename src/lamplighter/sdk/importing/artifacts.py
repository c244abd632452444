"""The files of a version on an MLflow server. The server says which there are; where they are written is never its word."""

import os
import posixpath
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lamplighter.domain.errors import NotFound
from lamplighter.domain.record import Record, digest_of
from lamplighter.domain.tracking.candidate import digest_of_files
from lamplighter.sdk.importing import registry
from lamplighter.sdk.importing.registry import Version
from lamplighter.sdk.importing.server import Server, misleading
from lamplighter.serving.worker.archive import MOST_BYTES, MOST_FILES, check_names

_PROXY = "mlflow-artifacts:"
_LOGGED = "models:/m-"
#: Folders within folders.
_DEEPEST = 12


class Entry(Record, frozen=True):
    """A file or folder that a server lists."""

    path: str
    is_dir: bool = False


class _Listed(Record, frozen=True):
    files: tuple[Entry, ...] = ()


class _Place(Record, frozen=True):
    artifact_uri: str = ""


@dataclass(frozen=True)
class Files:
    """How the files of one version are listed and read: by their path below its folder."""

    listed: Callable[[str], tuple[Entry, ...]]
    read: Callable[[str, int], bytes]


def files_of(server: Server, version: Version) -> Files:
    """Through the server, wherever it keeps them; raises `NotFound` where it does not say how."""
    asked = {"name": version.name, "version": str(version.version)}
    place = server.get("mlflow/model-versions/get-download-uri", _Place, **asked).artifact_uri
    if place.startswith(_PROXY):
        return _proxied(server, _below_proxy(place))

    def read(path: str, most: int) -> bytes:
        return server.read("/model-versions/get-artifact", most, path=path, **asked)

    if version.source.startswith(_LOGGED):
        logged = version.source.removeprefix("models:/").strip("/")
        return Files(listed=lambda path: _list(server, f"mlflow/logged-models/{logged}/artifacts/directories", path), read=read)
    root = registry.run(server, version).info.artifact_uri
    if not root or not place.startswith(f"{root}/"):
        raise NotFound(
            "The files of this version cannot be had through the server.",
            why="They lie elsewhere, and the server does not list them.",
            fix="Download them with the client of MLflow, and hand the folder over with lamp deploy.",
            code="E1456",
        )
    inside = place.removeprefix(f"{root}/").strip("/")
    return Files(
        listed=lambda path: _list(server, "mlflow/artifacts/list", f"{inside}/{path}", run_id=version.run_id), read=read
    )


def _proxied(server: Server, root: str) -> Files:
    api = "mlflow-artifacts/artifacts"
    return Files(
        listed=lambda path: server.get(api, _Listed, path=posixpath.join(root, path).rstrip("/")).files,
        read=lambda path, most: server.read(f"/api/2.0/{api}/{posixpath.join(root, path)}", most),
    )


def _below_proxy(place: str) -> str:
    """The path of an address of the proxy; raises `Invalid` for one of another server, which would be sent who asks."""
    path = place.removeprefix(_PROXY)
    if path.startswith("//") or any(step in ("", ".", "..") for step in path.strip("/").split("/")):
        raise misleading("the address of its files is of another server, or leads upwards")
    return path.strip("/")


def _list(server: Server, api: str, path: str, **query: str) -> tuple[Entry, ...]:
    name = "artifact_directory_path" if "logged-models" in api else "path"
    where = {name: path.rstrip("/")} if path.rstrip("/") else {}
    return server.get(api, _Listed, **where, **query).files


def download(files: Files, folder: Path) -> str:
    """Write every file into an empty folder, and give the digest of all of them.

    Raises `Invalid` before the first write for a name that is not one inside the folder, names that a file system takes for the
    same, and more of them than a version may have; and when they hold more bytes than that.
    """
    names = _walked(files)
    try:
        check_names(names)
    except ValueError as error:
        raise misleading(str(error).replace("archive", "version")) from None
    room, digests = MOST_BYTES, {}
    for name in names:
        content = files.read(name, room)
        room -= len(content)
        _write(folder, name, content)
        digests[name] = digest_of(content)
    return digest_of_files(digests)


def _walked(files: Files) -> list[str]:
    found: list[str] = []
    folders = [""]
    asked = 0
    while folders:
        place, asked = folders.pop(), asked + 1
        for entry in files.listed(place):
            name = posixpath.join(place, _last_step(entry.path))
            (folders if entry.is_dir else found).append(name)
        if len(found) > MOST_FILES or asked > MOST_FILES or any(name.count("/") >= _DEEPEST for name in folders):
            raise misleading(f"a version has more than {MOST_FILES} files, or folders within {_DEEPEST} folders")
    return sorted(found)


def _last_step(path: str) -> str:
    """Of what a server calls a path only the last step counts; the steps before it are those that were asked for."""
    steps = path.rstrip("/").split("/")
    if any(step in ("", ".", "..") for step in steps):
        raise misleading("the name of a file leads out of its folder")
    return steps[-1]


def _write(folder: Path, name: str, content: bytes) -> None:
    file = folder / name
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as out:
        out.write(content)
