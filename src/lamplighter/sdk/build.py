"""What the training code of a project hands over, and how it is found."""

import importlib.util
import subprocess
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from lamplighter.domain.errors import Invalid
from lamplighter.domain.project import Project
from lamplighter.domain.project_file import read_project
from lamplighter.domain.version import Provenance


@dataclass(frozen=True)
class Build:
    """A model and what it was made from."""

    #: Anything with `predict`, a function marked with `lamplighter.predictor`, the path of an MLflow model or ONNX
    #: file, or `models:/NAME/NUMBER` for a version in the registry of MLflow that the platform keeps.
    model: Any
    #: Rows as the model was trained on, without the target; contract, reference and parity come from them.
    sample: Any = field(repr=False)
    #: The true answers of the sample.
    labels: Any = field(default=None, repr=False)
    #: Rows that the model has not seen, with `evaluation_labels`, on which its quality is measured.
    evaluation: Any = field(default=None, repr=False)
    evaluation_labels: Any = field(default=None, repr=False)
    #: A model to measure in place of `model`: fitted without the evaluation rows.
    evaluated: Any = field(default=None, repr=False)
    #: Columns that callers may leave empty though the sample never does.
    nullable: Collection[str] = ()
    #: Names of the two classes, negative first, where the model does not know them.
    classes: Sequence[str] = ()
    threshold: float = 0.5
    provenance: Provenance = field(default_factory=Provenance)
    #: Path of the project within its repository; filled in where a project makes the build.
    folder: str = ""
    #: What is new, in one sentence.
    note: str = ""
    #: Allow a format that runs code when it is opened.
    trust: bool = False


def read_folder(folder: Path) -> Project:
    """The project of a folder with a `lamp.toml`; raises `Invalid`."""
    file = folder / "lamp.toml"
    if not file.is_file():
        raise Invalid(
            "There is no lamp.toml here.",
            why="A project is a folder with this file.",
            fix="Go to the folder of the project, or make one with lamp init.",
            code="E1115",
        )
    return read_project(file.read_text())


def load_build(folder: Path, project: Project) -> Build:
    """Call the function that `source = "train.py:build"` names; it gives a `Build`. Raises `Invalid`.

    The commit is the one of the folder, unless the build names another.
    """
    path, _, name = project.model.source.partition(":")
    file = (folder / path).resolve()
    if not name or not file.is_relative_to(folder.resolve()):
        raise _no_source(
            "source must name a Python file of the project and a function in it.", 'source = "train.py:build"', "[model]"
        )
    if not file.is_file():
        raise _no_source(
            f"There is no file {path} beside lamp.toml.", f"def {name}(): return lamplighter.Build(model, sample, labels)", path
        )
    function = getattr(module_of(file), name, None)
    if not callable(function):
        raise _no_source(
            f"{path} has no function {name}.", f"def {name}(): return lamplighter.Build(model, sample, labels)", path
        )
    made = function()
    if not isinstance(made, Build):
        raise Invalid(
            "The source of the model gives no build.",
            why=f"{name} has to return a lamplighter.Build.",
            fix="Return lamplighter.Build(model, sample, labels).",
            code="E1117",
        )
    commit = made.provenance.commit or commit_of(folder)
    provenance = msgspec.structs.replace(made.provenance, commit=commit)
    return replace(made, provenance=provenance, folder=made.folder or _git(folder, "rev-parse", "--show-prefix").rstrip("/"))


def _no_source(why: str, line: str, place: str) -> Invalid:
    return Invalid("The source of the model cannot be found.", why=why, fix=f"Write {line} in {place}.", code="E1116")


def module_of(file: Path) -> Any:
    """The module of a Python file, with the folder of the file importable while it loads."""
    specification = importlib.util.spec_from_file_location(file.stem, file)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.path.insert(0, str(file.parent))
    try:
        specification.loader.exec_module(module)
    finally:
        sys.path.remove(str(file.parent))
    return module


def commit_of(folder: Path) -> str:
    """The last commit that changed the folder, marked where files differ from it; empty outside a repository.

    A commit elsewhere in the repository is none of this folder: the version of a model that did not change stays the same.
    """
    commit = _git(folder, "log", "-1", "--format=%H", "--", ".")
    # Python leaves its bytecode beside the training code that it has just run.
    differs = commit and _git(folder, "status", "--porcelain", "-uall", "--", ".", ":(exclude,glob)**/__pycache__/**")
    return f"{commit}-dirty" if differs else commit


def _git(folder: Path, *words: str) -> str:
    try:
        done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, timeout=5, check=False)  # noqa: S603, S607
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
