"""The interpreter and packages that a version was trained with, made again by uv; what an index has as source only is built."""

import shutil
import sys
from pathlib import Path

import lamplighter
from lamplighter.domain.errors import Blocked
from lamplighter.packaging.lock import required_by
from lamplighter.sdk.reproduction.recipe import Recipe
from lamplighter.serving.worker import installer
from lamplighter.settings import read_settings


def made(recipe: Recipe, place: Path) -> tuple[Path, Path]:
    """The Python of a new environment below a new folder, and the folder from which it has our own package and nothing else;
    raises `Blocked`, and leaves nothing then."""
    if recipe.origin.local:
        raise _unmet(
            f"It was built with packages that no index has: {', '.join(recipe.origin.local[:5])}.",
            "Release them to your package index, install them from there, and register the version again.",
        )
    place.mkdir(parents=True, mode=0o700)
    try:
        return _filled(recipe, place), _shelf(place)
    except installer.NotInstalled as error:
        shutil.rmtree(place, ignore_errors=True)
        raise _unmet(f"{error}.", error.fix) from None


def _filled(recipe: Recipe, place: Path) -> Path:
    lock, wanted = recipe.origin.lock, place / "requirements.txt"
    # It packs the version again with our own package as it is here, and with what that requires.
    packages = {**required_by("lamplighter").packages, **lock.packages}
    lines = [f"{name}=={version}" for name, version in sorted(packages.items())]
    wanted.write_text("".join(f"{line}\n" for line in lines))
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    python = sys.executable if lock.python == here else lock.python
    interpreter = place / "environment" / "bin" / "python"
    _run(lines, "venv", "--no-project", "--python", python, str(place / "environment"))
    _run(lines, "pip", "install", "--python", str(interpreter), "--no-deps", "--requirement", str(wanted))
    return interpreter


def _run(lines: list[str], *arguments: str) -> None:
    """Ask uv, with the cache that it has for the environments of models."""
    folder = read_settings().model_environments
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    installer.run("make the environment of its training", folder, *arguments, lines=lines)


def _shelf(place: Path) -> Path:
    shelf = place / "shelf"
    shelf.mkdir()
    (shelf / "lamplighter").symlink_to(Path(lamplighter.__file__).parent)
    return shelf


def _unmet(why: str, fix: str) -> Blocked:
    return Blocked("The environment of the version cannot be had.", why=why, fix=fix, code="E1624")
