"""The folder of a project, and what its training code builds."""

import contextlib
import os
import sys
from pathlib import Path

from lamplighter.cli.session import Session
from lamplighter.domain.errors import Invalid, LampError
from lamplighter.domain.project import Project
from lamplighter.sdk.build import Build, load_build, read_folder

#: Folders that hold what others wrote.
_OTHERS = frozenset({"node_modules", "site-packages", "venv"})


def folder_of(session: Session, path: str) -> Path:
    """The folder that a path names: itself, or the folder of the lamp.toml that it is."""
    place = session.path(path)
    return place.parent if place.name == "lamp.toml" else place


def projects_below(session: Session, path: str) -> list[Path]:
    """Every folder with a lamp.toml, in the order of their names; raises `Invalid` if there is none."""
    place = folder_of(session, path)
    found = []
    for root, folders, files in os.walk(place):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _OTHERS)
        found += [Path(root)] if "lamp.toml" in files else []
    if found:
        return found
    raise Invalid(
        "There is no lamp.toml here.",
        why="Neither the folder nor one below it is a project.",
        fix="Go to the folder of the project, or make one with lamp init.",
        code="E1115",
    )


def project_in(session: Session, path: str) -> Project:
    """The project of a folder; raises `Invalid`."""
    return read_folder(folder_of(session, path))


def build_in(session: Session, path: str, project: Project) -> Build:
    """What the training code gives. What it prints goes to stderr; raises `Invalid` if it fails."""
    session.say(f"Running {project.model.source} ...")
    try:
        with contextlib.redirect_stdout(sys.stderr):
            return load_build(folder_of(session, path), project)
    except LampError:
        raise
    except Exception as error:  # the project's own code may raise anything
        raise Invalid(
            "The source of the model failed.",
            why=f"{project.model.source} raised {type(error).__name__}.",
            fix="Run it by itself, or repeat this command with -v to see where.",
            code="E1184",
        ) from error
