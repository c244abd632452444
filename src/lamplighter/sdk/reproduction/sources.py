"""The code of a commit, taken out of a repository without touching what is checked out."""

import io
import subprocess
import tarfile
from pathlib import Path, PurePosixPath

from lamplighter.domain.errors import Blocked, Conflict
from lamplighter.sdk.reproduction.recipe import Recipe

#: Seconds for git.
_PATIENCE = 300.0


def check(repository: Path, recipe: Recipe, place: Path) -> None:
    """Raise `Blocked` where the repository does not have the commit of a version, `Conflict` where the place is there."""
    if place.exists():
        raise _taken()
    commit = recipe.version.manifest.provenance.commit
    if _git(repository, "cat-file", "-e", f"{commit}^{{commit}}").returncode:
        raise Blocked(
            "The version cannot be made again.",
            why=f"Its code is commit {commit[:12]}, which is in no git repository at the folder that was named.",
            fix="Name a clone of its repository with --repository, and fetch the commit there.",
            code="E1623",
        )


def put(repository: Path, recipe: Recipe, place: Path) -> Path:
    """The folder of the project as of the commit, below a new folder; raises `Blocked` and `Conflict`."""
    commit, folder = recipe.version.manifest.provenance.commit, _lawful(recipe.origin.folder)
    top = _git(repository, "rev-parse", "--show-toplevel").stdout.decode().strip() or str(repository)
    taken = _git(Path(top), "archive", "--format=tar", commit, "--", folder or ".")
    if taken.returncode:
        raise Blocked(
            "The version cannot be made again.",
            why="The commit does not hold the folder that the version was built in.",
            fix="Register the version again with lamp deploy.",
            code="E1623",
        )
    place.mkdir(mode=0o700)
    with tarfile.open(fileobj=io.BytesIO(taken.stdout)) as archive:
        archive.extractall(place, filter="data")
    return place / folder


def _taken() -> Conflict:
    """The refusal of a folder that is there: what lies in it could change what is built."""
    return Conflict(
        "That folder is there already.",
        why="A version is made again in a folder of its own.",
        fix="Name a new folder with --folder, or remove that one.",
        code="E1502",
    )


def _lawful(folder: str) -> str:
    parts = PurePosixPath(folder).parts
    if folder.startswith("/") or ".." in parts:
        raise Blocked(
            "The version cannot be made again.",
            why="What its record names as the folder of its project lies outside its repository.",
            fix="Register the version again with lamp deploy.",
            code="E1623",
        )
    return folder


def _git(folder: Path, *words: str) -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(["git", *words], cwd=folder, capture_output=True, timeout=_PATIENCE, check=False)  # noqa: S603, S607
    except (OSError, subprocess.TimeoutExpired):
        return subprocess.CompletedProcess(words, 1, b"", b"")
