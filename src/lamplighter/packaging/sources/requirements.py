"""The packages that an MLflow directory asks for, as a lock: those that are here if they are these, else what uv finds."""

import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path

from lamplighter.domain.errors import Invalid
from lamplighter.domain.version import Lock
from lamplighter.packaging.lock import lock
from lamplighter.packaging.sources.base import unsupported
from lamplighter.packaging.sources.mlmodel import Directory
from lamplighter.serving.worker import installer

#: A package by its name on an index; no option, file or address.
_LINE = re.compile(r"(?!.*--)[A-Za-z0-9][A-Za-z0-9._-]*\s*(?:\[[A-Za-z0-9._,\s-]*\])?\s*(?:\(?[<>=!~][^@/\\;]*)?(?:;[^@/\\]*)?")
_PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:==([A-Za-z0-9.+!_-]+))?")
_EXACT = re.compile(r"[^=]*==[A-Za-z0-9.+!_-]+\s*(?:;.*)?")
_MLFLOW = re.compile(r"mlflow(?:[-_.]skinny)?(?![A-Za-z0-9._-])")
_RELEASE = re.compile(r"[0-9][A-Za-z0-9.+!]*")
_HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


def with_mlflow(told: Directory) -> Sequence[str]:
    """What a model that MLflow opens asks for, and pandas, for it is asked with a frame; raises `Invalid` for other lines."""
    lines = _lines(told)
    if not any(map(_MLFLOW.match, lines)) and _RELEASE.fullmatch(told.mlflow):
        lines.append(f"mlflow-skinny=={told.mlflow}")
    return (*lines, "pandas")


def without_mlflow(told: Directory) -> Sequence[str]:
    """What a pickle asks for that is opened without MLflow; raises `Invalid` for lines without an exact version.

    A pickle opens with other releases than those it was made with, too, and may then answer otherwise.
    """
    lines = [line for line in _lines(told) if not _MLFLOW.match(line)]
    if not all(map(_EXACT.fullmatch, lines)):
        raise _unsaid("A line of its requirements.txt names no exact version")
    return (*lines, "cloudpickle", "pandas")


def locked(told: Directory, lines: Sequence[str], environments: Path | None) -> Lock:
    """The packages of a directory; raises `Invalid` where they cannot be had, or Python differs."""
    _check_python(str(told.flavors.get("python_function", {}).get("python_version") or _HERE))
    pins = [_PIN.fullmatch(line) for line in lines]
    if all(pin is not None and _is_here(pin[1], pin[2]) for pin in pins):
        return lock((), [pin[1] for pin in pins if pin is not None])
    if environments is None:
        raise unsupported(
            "This MLflow model was made with other packages than those here.",
            "What it names is not here in exactly that version, and no environment may be made for it here.",
            f"Hand it over where these are installed: {' '.join(lines)}",
        )
    return Lock(python=_HERE, packages=_resolved(lines, environments))


def _check_python(version: str) -> None:
    wanted = ".".join(version.split(".")[:2])
    if wanted != _HERE:
        raise unsupported(
            f"This MLflow model was saved with Python {wanted[:8]}, and here is Python {_HERE}.",
            "What it holds is opened by the Python that wrote it.",
            f"Save it with Python {_HERE}, or hand it over and serve it where Python {wanted[:8]} is.",
        )


def _lines(told: Directory) -> list[str]:
    file = told.folder / "requirements.txt"
    text = file.read_text(errors="replace") if file.is_file() else ""
    lines = [line.partition(" #")[0].strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    if not lines or not all(map(_LINE.fullmatch, lines)):
        raise _unsaid("A line of its requirements.txt is no package of an index" if lines else "It has no requirements.txt")
    return lines


def _unsaid(why: str) -> Invalid:
    return unsupported(
        "This MLflow model does not say which packages it needs.",
        f"{why}.",
        "Save it with pip_requirements that name exact versions, such as scikit-learn==1.7.0, and own modules as code_paths.",
    )


def _is_here(name: str, version: str | None) -> bool:
    try:
        return version in (None, metadata.version(name))
    except metadata.PackageNotFoundError:
        return False


def _resolved(lines: Sequence[str], environments: Path) -> Mapping[str, str]:
    """Exact versions of everything that the lines need here, of which there are wheels."""
    environments.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="lamplighter-") as folder:
        wanted = Path(folder, "requirements.txt")
        wanted.write_text("".join(f"{line}\n" for line in lines))
        options = ["--python", sys.executable, "--only-binary", ":all:", "--no-header", "--no-annotate", "--quiet"]
        try:
            told = installer.run("find its packages", environments, "pip", "compile", *options, str(wanted), lines=lines)
        except installer.NotInstalled as error:
            raise unsupported(
                "The packages of this MLflow model cannot be had here.",
                f"{error}.",
                f"{error.fix} Or hand the model over where these are installed: {' '.join(lines)}",
            ) from None
    pins = [_PIN.match(line) for line in told.splitlines()]
    return {pin[1]: pin[2] for pin in pins if pin is not None and pin[2]}
