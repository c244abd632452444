"""Models that only MLflow opens, from the directory that MLflow saved to the answers of a platform, without any index."""

import asyncio
import json
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pytest
from tests.domain import specimens
from tests.sdk import models
from tests.sdk.grounds import Ground, embedded
from tests.wheels import again, with_all_they_require

from lamplighter.domain.errors import Invalid
from lamplighter.domain.signing import ROLE
from lamplighter.domain.version import Badge
from lamplighter.gates import formats
from lamplighter.packaging import frames
from lamplighter.packaging.capture import arranged, capture
from lamplighter.packaging.contract import infer
from lamplighter.packaging.draft import draft
from lamplighter.packaging.sources.base import Request
from lamplighter.sdk.build import Build
from lamplighter.sdk.release import release
from lamplighter.serving.runtimes.base import Failed, Surroundings, Unloadable
from lamplighter.serving.runtimes.python import load
from lamplighter.serving.worker.scorers import Scorer

pytest.importorskip("uv")

ROOT = Path(__file__).parents[2]
PINNED = ("mlflow-skinny", "pandas", "cloudpickle")


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of saved models with `answers.json`; as long as it lasts, somebody listens where the spy looks."""
    folder = tmp_path_factory.mktemp("pyfunc")
    script = Path(__file__).with_name("save_pyfunc.py")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        words = [str(ROOT / ".venv-clients/rest/bin/python"), "-I", str(script), str(folder), str(listener.getsockname()[1])]
        done = subprocess.run(words, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        yield folder


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A platform whose packages come from a folder of wheels alone, made from the environment of MLflow."""
    wheels = tmp_path_factory.mktemp("wheels")
    (site,) = (ROOT / ".venv-clients/rest/lib").glob("python3*/site-packages")
    for found in (*with_all_they_require(PINNED, site), metadata.distribution("msgspec")):
        again(wheels, found, requires=True)
    with pytest.MonkeyPatch.context() as patch, embedded(tmp_path_factory.mktemp("home")) as ground:
        patch.setenv("LAMP_HOME", ground.settings.home)
        patch.setenv("UV_FIND_LINKS", str(wheels))
        patch.setenv("UV_OFFLINE", "1")
        yield ground


def rows_of(saved: Path) -> pd.DataFrame:
    return pd.DataFrame(json.loads((saved / "answers.json").read_text())["table"])


def answers_of(saved: Path, name: str) -> Any:
    answers = np.array(json.loads((saved / "answers.json").read_text())["answers"][name])
    return answers[:, -1] if answers.ndim == 2 else answers


def asked(saved: Path, name: str, ground: Ground, *classes: str) -> tuple[Scorer, Mapping[str, Sequence[Any]]]:
    """The model in a closed process, and the rows that MLflow was asked."""
    captured = capture(saved / name, Request(classes, True, ground.settings.model_environments))
    assert (captured.source.format, captured.source.badge) == ("mlflow-pyfunc", Badge.CODE)
    rows = arranged(captured, frames.columns(rows_of(saved)))
    return captured.truth(infer(rows, captured.output, captured.nullable, captured.kinds)), rows


def test_a_script_with_probabilities_of_two_classes(saved: Path, ground: Ground) -> None:
    score, rows = asked(saved, "script", ground, "on time", "late")
    assert score(rows, 300) == answers_of(saved, "script").tolist()
    # A whole number that is too large for the type of the signature is an error, and not another number.
    with pytest.raises(Failed, match="OverflowError"):
        score({"delay": [1.0], "stops": [2**40]}, 1)


def test_a_loader_of_its_own(saved: Path, ground: Ground) -> None:
    score, rows = asked(saved, "loader", ground)
    assert score(rows, 300) == answers_of(saved, "loader").tolist()


def test_a_model_that_spies_finds_no_way_out(saved: Path, ground: Ground) -> None:
    assert set(answers_of(saved, "spy")) == {4.0}
    (saved / "written").unlink()
    score, rows = asked(saved, "spy", ground)
    assert set(score(rows, 300)) == {0.0}
    assert not (saved / "written").exists()


def test_a_model_that_needs_the_network_is_refused_with_what_is_closed_to_it(saved: Path, ground: Ground) -> None:
    with pytest.raises(Invalid) as caught:
        draft(saved / "caller", "calls", rows_of(saved), trust=True, environments=ground.settings.model_environments)
    assert caught.value.code == "E1158"
    assert caught.value.why.startswith("On the first row it raises PermissionError: its process reaches no network")


def test_a_pickle_of_a_library_has_the_packages_it_was_saved_with(saved: Path, ground: Ground) -> None:
    captured = capture(saved / "pickle", Request(trust=True, environments=ground.settings.model_environments))
    assert captured.source.format == "mlflow-directory"
    rows = {"delay": [1.0, 2.0]}
    (pandas,) = set(captured.truth(infer(rows, captured.output))(rows, 2))
    assert captured.lock is not None
    assert captured.lock.packages["pandas"].startswith(f"{pandas:.0f}.")
    assert pandas != int(pd.__version__.partition(".")[0])
    assert "mlflow-skinny" not in captured.lock.packages


def test_it_is_released_signed_and_served_as_mlflow_predicts(saved: Path, ground: Ground) -> None:
    table, columns, project = rows_of(saved), frames.columns(rows_of(saved)), models.project("minutes")
    build = Build(model=saved / "minutes", sample=table, trust=True)
    version = release(ground["dana"], project, build, ground.settings.signing_key)
    manifest = version.manifest
    assert (manifest.runtime, manifest.badge) == ("python", Badge.CODE)
    assert {"mlflow-skinny", "pandas", "pydantic"} <= manifest.lock.packages.keys()
    assert not {"scikit-learn", "lightgbm"} & manifest.lock.packages.keys()
    ground.live(version, "prod")
    endpoint, answers = ground.endpoint("minutes", "prod"), answers_of(saved, "minutes").tolist()
    assert list(endpoint.predict(columns).scores) == answers
    for row in (0, 1, 7):
        alone = endpoint.predict({name: values[row : row + 1] for name, values in columns.items()})
        assert list(alone.scores) == answers[row : row + 1]
    unsigned = msgspec.structs.replace(manifest, artifacts=tuple(part for part in manifest.artifacts if part.role != ROLE))
    surroundings = Surroundings(ground.settings.model_environments, ground.settings.trusted_keys)
    with pytest.raises(Unloadable, match="code-unsigned"):
        asyncio.run(load(unsigned, ground.settings.artifacts, surroundings))
    found = formats.Gate().judge(specimens.dossier(version=version))
    assert (bool(found), found.why) == (False, "The artifact model.tar (mlflow-pyfunc) runs code when it is opened.")
