"""A version is made again from its record alone: the same where everything is, and what is missing or another is named."""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from tests.cli.commands import told
from tests.lifecycle.away import adopt
from tests.lifecycle.lives import Life, lived
from tests.sdk import models, retrained
from tests.sdk.test_commits import git

from lamplighter.domain.errors import Blocked, Conflict
from lamplighter.domain.version import Version
from lamplighter.sdk.build import load_build, read_folder
from lamplighter.sdk.release import release
from lamplighter.sdk.reproduction import Reproduction, recipe, reproduce, sources


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Life, Path, Version]]:
    """A platform, the folder of a project, and its version; packages come from a folder of wheels."""
    place, before = tmp_path_factory.mktemp("again"), dict(os.environ)
    os.environ |= {
        "TRAIN_DATA": str(retrained.data(place / "data.json")),
        "LAMP_HOME": str(place / "mine"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
    }
    folder = retrained.repository(place / "repository")
    with lived(place / "home") as life:
        version = retrained.registered(life, folder)
        # By now everything that the training needs has been compiled here.
        retrained.index(place / "wheels")
        yield life, folder, version
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def life(ground: tuple[Life, Path, Version]) -> Life:
    return ground[0]


@pytest.fixture
def folder(ground: tuple[Life, Path, Version]) -> Path:
    return ground[1]


@pytest.fixture
def version(ground: tuple[Life, Path, Version]) -> Version:
    return ground[2]


def states(found: Reproduction) -> dict[str, bool | None]:
    return {one.name: one.same for one in found.ingredients}


def test_the_same_ingredients_give_the_same_bytes(life: Life, folder: Path, version: Version, tmp_path: Path) -> None:
    # What is checked out, and changed, in the repository has no part in it.
    (folder / "train.py").write_text("raise SystemExit")
    try:
        found = reproduce(life["dana"], version.name, folder, tmp_path / "again")
    finally:
        git(folder, "checkout", "--", ".")
    assert (found.same, found.recorded, found.rebuilt) == (True, version.digest, version.digest)
    assert set(states(found).values()) == {True}
    assert set(states(found)) == {"code", "environment", "sample", "labels", "evaluation", "seed"}
    assert {one.slice for one in found.differences} == {"", "line = 1.0"}
    assert [one.difference for one in found.differences] == [0.0] * len(found.differences)
    assert git(folder, "status", "--porcelain") == ""


def test_another_seed_is_named_and_its_figures_compared(
    life: Life, folder: Path, version: Version, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRAIN_SEED", "8")
    words = ("-C", str(tmp_path), "reproduce", version.name, "--repository", str(folder))
    done = told(life["dana"], *words)
    assert done.code == 8
    assert "E1626" in done.err
    assert "Changed since, or another each time: seed." in " ".join(done.err.split())
    printed = " ".join(done.out.split())
    assert "made-again@1 did not come out the same: " in printed
    assert "seed OTHER: recorded 7, now 8" in printed
    assert "evaluation same: 500 rows" in printed
    assert "line = 1.0 auc" in printed
    assert " +0 " not in printed.partition("DIFFERENCE")[2].partition("line = 1.0")[0]
    # The folder is its own; a second one takes another.
    again = told(life["dana"], *words)
    assert (again.code, "E1502" in again.err) == (6, True)


def test_other_data_is_named_by_its_part_and_no_figure_is_compared(
    life: Life, folder: Path, version: Version, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRAIN_DATA", str(retrained.data(tmp_path / "other.json", seed=4)))
    found = reproduce(life["dana"], version.name, folder, tmp_path / "again")
    assert {name for name, same in states(found).items() if same is False} == {"sample", "labels", "evaluation"}
    assert (found.same, found.differences) == (False, ())


def test_data_that_has_gone_ends_the_training_with_the_way_forward(
    life: Life, folder: Path, version: Version, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRAIN_DATA", str(tmp_path / "gone.json"))
    with pytest.raises(Blocked) as refused:
        reproduce(life["dana"], version.name, folder, tmp_path / "again")
    assert (refused.value.code, refused.value.why) == ("E1625", "It ended with FileNotFoundError.")
    assert "training.log" in refused.value.fix
    assert str(tmp_path / "gone.json") not in str(refused.value)
    assert "gone.json" in (tmp_path / "again" / "training.log").read_text()


def test_an_environment_that_cannot_be_had_leaves_nothing(life: Life, folder: Path, version: Version, tmp_path: Path) -> None:
    retrained.with_packages(life, version, {**retrained.packages(), "threadpoolctl": "0.0.1"})
    with pytest.raises(Blocked) as refused:
        reproduce(life["dana"], version.name, folder, tmp_path / "again")
    assert refused.value.code == "E1624"
    assert "threadpoolctl" in refused.value.why
    assert list(tmp_path.iterdir()) == []
    retrained.with_packages(life, version, retrained.packages(), local=["own-features"])
    with pytest.raises(Blocked, match="own-features"):
        reproduce(life["dana"], version.name, folder, tmp_path / "again")
    retrained.with_packages(life, version, retrained.packages())


@pytest.mark.parametrize(
    ("commit", "code"),
    [("", "E1622"), ("abcdef1-dirty", "E1622"), ("--upload-pack=x", "E1622"), ("HEAD", "E1622"), ("a" * 40, "E1623")],
)
def test_a_commit_that_is_none_is_refused(
    life: Life, folder: Path, version: Version, tmp_path: Path, commit: str, code: str
) -> None:
    view = life["dana"].version(version.name)
    origin = msgspec.structs.replace(version.manifest.provenance, commit=commit)
    manifest = msgspec.structs.replace(version.manifest, provenance=origin)
    other = msgspec.structs.replace(view, version=msgspec.structs.replace(version, manifest=manifest))
    with pytest.raises(Blocked) as refused:
        sources.check(folder, recipe.of(other), tmp_path / "again")
    assert (refused.value.code, bool(refused.value.fix)) == (code, True)


def test_what_is_not_on_record_is_named(life: Life, version: Version, tmp_path: Path) -> None:
    view = life["dana"].version(version.name)
    with pytest.raises(Blocked) as refused:
        recipe.of(msgspec.structs.replace(view, evidence=()))
    assert refused.value.code == "E1621"
    away = adopt(life, models.project("made-elsewhere"), tmp_path)
    with pytest.raises(Blocked) as refused:
        reproduce(life["dana"], away.name, tmp_path, tmp_path / "again")
    assert refused.value.code == "E1620"


@pytest.mark.parametrize("path", ["/etc", "../..", "models/../../x"])
def test_a_folder_outside_the_repository_is_refused(
    life: Life, folder: Path, version: Version, tmp_path: Path, path: str
) -> None:
    known = recipe.of(life["dana"].version(version.name))
    outside = msgspec.structs.replace(known, origin=msgspec.structs.replace(known.origin, folder=path))
    with pytest.raises(Blocked):
        sources.put(folder, outside, tmp_path / "code")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_not_built_in(life: Life, folder: Path, version: Version, tmp_path: Path) -> None:
    with pytest.raises(Conflict):
        reproduce(life["dana"], version.name, folder, tmp_path)


def test_files_that_were_not_committed_are_no_origin(life: Life, folder: Path) -> None:
    (folder / "train.py").write_text((folder / "train.py").read_text() + "\n# a word\n")
    project = read_folder(folder)
    dirty = release(life["dana"], project, load_build(folder, project))
    git(folder, "checkout", "--", ".")
    with pytest.raises(Blocked, match="not committed"):
        recipe.of(life["dana"].version(dirty.name))
