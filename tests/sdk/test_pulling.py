"""A version as a folder: whole or not there, what its platform serves, and checked where no platform is."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from tests.cli.commands import told
from tests.lifecycle.lives import Life
from tests.sdk import models

from lamplighter.domain.errors import Conflict, Invalid
from lamplighter.domain.evidence import differs_in_times_only
from lamplighter.domain.version import Artifact, Badge, Elsewhere, Version
from lamplighter.sdk.build import Build
from lamplighter.sdk.interface import Platform
from lamplighter.sdk.pulling import _names, pull
from lamplighter.sdk.release import checked, registered
from lamplighter.sdk.slicing import Model

NAME = "late-trams"
SOURCE = """
import lamplighter


@lamplighter.predictor
def chance(table):
    return 1 / (1 + 2.718281828 ** -(table["delay"] - 5 + table["load"]))
"""


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    life = Life(tmp_path_factory.mktemp("life"))
    yield life
    life.kit.close()


@pytest.fixture(scope="module")
def version(life: Life) -> Version:
    return life.version(models.project(NAME))


@pytest.fixture(scope="module")
def folder(life: Life, version: Version, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("pulled") / "trams"
    said = told(life["dana"], "pull", version.name, str(place), "--json").json["data"]["pulled"]
    assert said["code"] == 0
    assert said["said"][-1] == "✓ 600 rows of the sample are answered as at registration, bit for bit"
    return place


def verified(folder: Path, *words: str) -> tuple[int, str]:
    """What the check says with no variable set, and no package of ours but the one in the folder."""
    done = subprocess.run(
        [sys.executable, "-I", str(folder / "verify.py"), *words], env={}, cwd="/", capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


def test_every_file_is_there_byte_for_byte(life: Life, version: Version, folder: Path) -> None:
    index = json.loads((folder / "pull.json").read_text())
    for artifact in version.manifest.artifacts:
        assert (folder / index["parts"][artifact.role]).read_bytes() == life["dana"].artifact(artifact.digest)
    assert (folder / "manifest.json").read_bytes() == life["dana"].artifact(version.digest)
    lines = (folder / "requirements.txt").read_text().splitlines()
    assert lines[0] == f"# Python {sys.version_info.major}.{sys.version_info.minor}"
    assert {line.partition("==")[0] for line in lines} >= {"numpy", "msgspec", "onnxruntime"}
    assert not (folder / "code" / "lamplighter" / "lifecycle").exists()
    assert not list(folder.rglob("__pycache__"))


def changed(folder: Path, **more: Any) -> None:
    file = folder / "pull.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **more}))


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """The folder again, to be spoiled."""
    import shutil

    return Path(shutil.copytree(folder, tmp_path / "copy"))


def test_a_byte_that_is_other_is_told(copy: Path) -> None:
    for name in ("files/plan.json", "code/lamplighter/domain/golden.py", "manifest.json"):
        file, before = copy / name, (copy / name).read_bytes()
        file.write_bytes(before + b" ")
        assert verified(copy) == (1, f"✗ {name} is not what it was\n")
        file.write_bytes(before)
    (copy / "files/plan.json").unlink()
    assert verified(copy)[0] == 1


def test_an_index_that_fits_the_spoiled_file_does_not_fit_the_version(copy: Path, version: Version) -> None:
    from lamplighter.domain.record import digest_of

    files = json.loads((copy / "pull.json").read_text())["files"]
    (copy / "files/plan.json").write_bytes(b"{}")
    changed(copy, files={**files, "files/plan.json": digest_of(b"{}")})
    assert verified(copy) == (1, "✗ plan is not that of the manifest\n")
    assert verified(copy, "--digest", "0" * 64)[1].endswith("and not the version that was asked for\n")


def test_answers_of_other_bits_are_told(copy: Path) -> None:
    changed(copy, sample_scores="0" * 64)
    code, said = verified(copy)
    assert (code, said.splitlines()[-1]) == (
        2, "✗ 600 rows of the sample are not answered with the same bits as at registration",
    )  # fmt: skip


class Other:
    """A platform that gives other bytes for one artifact."""

    def __init__(self, platform: Platform, digest: str) -> None:
        self._platform, self._digest = platform, digest

    def __getattr__(self, name: str) -> Any:
        return getattr(self._platform, name)

    def artifact(self, digest: str) -> bytes:
        return self._platform.artifact(digest) + (b" " if digest == self._digest else b"")


@pytest.mark.parametrize("part", ["manifest", "golden"])
def test_nothing_is_left_of_bytes_that_are_not_those_of_the_version(
    life: Life, version: Version, tmp_path: Path, part: str
) -> None:
    digest = version.digest if part == "manifest" else version.manifest.artifact(part).digest
    with pytest.raises(Invalid, match="E1458"):
        pull(cast(Platform, Other(life["dana"], digest)), version.name, tmp_path / "in" / "trams")
    assert list((tmp_path / "in").iterdir()) == []


def test_a_folder_that_is_there_is_left_alone(life: Life, version: Version, tmp_path: Path) -> None:
    (tmp_path / "trams").mkdir()
    (tmp_path / "file").write_text("words")
    for name in ("trams", "file"):
        with pytest.raises(Conflict, match="E1459"):
            pull(life["dana"], version.name, tmp_path / name)
        assert told(life["dana"], "pull", version.name, str(tmp_path / name)).code == 6
    assert (list((tmp_path / "trams").iterdir()), (tmp_path / "file").read_text()) == ([], "words")
    assert told(life["dana"], "pull", f"{NAME}@99").code == 3


def test_of_a_version_that_runs_elsewhere_there_are_no_files(life: Life, version: Version, tmp_path: Path) -> None:
    manifest = msgspec.structs.replace(version.manifest, elsewhere=Elsewhere(at="the vendor's cloud"))

    class Away(Other):
        def version(self, reference: str, environment: str = "") -> Any:
            view = self._platform.version(reference, environment)
            return msgspec.structs.replace(view, version=msgspec.structs.replace(view.version, manifest=manifest))

    with pytest.raises(Conflict, match="runs elsewhere"):
        pull(cast(Platform, Away(life["dana"], "")), version.name, tmp_path / "x")


def test_a_name_of_a_part_leads_nowhere(version: Version) -> None:
    parts = [Artifact(role=role, name=name, digest="0" * 64, size=1, format="json") for role, name in [
        ("plan", "../../x"), ("model", "a/b"), ("source", "same"), ("sample", "Same"), ("golden", "C:x"),
    ]]  # fmt: skip
    found = _names(msgspec.structs.replace(version.manifest, artifacts=tuple(parts)))
    assert found == {
        "plan": "files/plan.bin", "model": "files/model.bin", "source": "files/same", "sample": "files/sample.bin",
        "golden": "files/golden.bin",
    }  # fmt: skip
    wrong = msgspec.structs.replace(parts[0], role="../x")
    with pytest.raises(Invalid, match="E1458"):
        _names(msgspec.structs.replace(version.manifest, artifacts=(wrong,)))


def test_what_runs_code_is_asked_with_trust_only(life: Life, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SOURCE)
    from lamplighter.sdk.build import module_of

    sample, late = models.rows(200)
    project = models.project("coded")
    build = Build(module_of(tmp_path / "train.py").chance, sample, late, classes=("in time", "late"), trust=True)
    ready = checked(project, build)
    life["dana"].save_project("coded", project)
    version = registered(life["dana"], ready)
    assert version.manifest.badge is Badge.CODE
    found = Model(life["dana"], "coded").pull(str(tmp_path / "coded"), 1)
    assert (found.code, found.said[-1]) == (3, "- not asked: opening the model runs code; repeat with --trust")
    code, said = verified(tmp_path / "coded", "--trust")
    assert (code, said.splitlines()[-1]) == (0, "✓ 200 rows of the sample are answered as at registration, bit for bit")


def test_bits_of_another_machine_void_no_acceptance() -> None:
    facts = {"passed": True, "sample_scores": "a", "latency_ms": 1.0}
    assert differs_in_times_only("load-check", facts, {**facts, "sample_scores": "b"})
