"""A version bears the commit of the code that made it."""

import subprocess
from pathlib import Path

import pytest

from lamplighter.domain.project_file import read_project
from lamplighter.sdk.build import Build, load_build

PROJECT = read_project('schema = 1\n[model]\nname = "m"\ncriticality = "internal"\nsource = "train.py:build"\n')
TRAIN = "from lamplighter import Build\n\ndef build():\n    return Build(model=None, sample=None{})\n"


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "repository" / "model"
    folder.mkdir(parents=True)
    (folder / "train.py").write_text(TRAIN.format(""))
    return folder


def commit_of(folder: Path) -> str:
    build = load_build(folder, PROJECT)
    assert isinstance(build, Build)
    return build.provenance.commit


def test_the_commit_is_the_last_one_that_changed_the_folder(folder: Path) -> None:
    assert commit_of(folder) == ""
    (folder / ".gitignore").write_text("__pycache__\n")
    git(folder.parent, "init", "-q")
    git(folder.parent, "add", ".")
    git(folder.parent, "commit", "-qm", "Train")
    first = git(folder, "rev-parse", "HEAD")
    (folder.parent / "elsewhere").touch()
    git(folder.parent, "add", ".")
    git(folder.parent, "commit", "-qm", "Write elsewhere")
    assert commit_of(folder) == first
    (folder / "train.py").write_text(TRAIN.format(", note='more'"))
    assert commit_of(folder) == f"{first}-dirty"


def test_what_the_build_says_itself_stands(folder: Path) -> None:
    (folder / "train.py").write_text(
        "from lamplighter import Build\nfrom lamplighter.domain.version import Provenance\n\n"
        "def build():\n    return Build(model=None, sample=None, provenance=Provenance(commit='abc'))\n"
    )
    assert commit_of(folder) == "abc"
