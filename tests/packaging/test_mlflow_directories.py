"""Models that MLflow itself saved, packed and served as what they are, against the predictions that MLflow gave."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.packaging.test_sources import SAME, through_a_worker

from lamplighter.domain.errors import Invalid
from lamplighter.domain.version import Badge
from lamplighter.packaging.capture import capture
from lamplighter.packaging.draft import draft
from lamplighter.packaging.sources.base import Request

ROOT = Path(__file__).parents[2]
TRUST = Request(trust=True)


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of saved models with `answers.json`."""
    folder = tmp_path_factory.mktemp("mlflow")
    (packages,) = (ROOT / ".venv-clients/rest/lib").glob("python3*/site-packages")
    script = Path(__file__).with_name("save_with_mlflow.py")
    words = [sys.executable, "-I", str(script), str(folder), str(packages)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return folder


def table_of(saved: Path, name: str) -> pd.DataFrame:
    return pd.DataFrame(json.loads((saved / "answers.json").read_text())[name])


def answers_of(saved: Path, name: str) -> Any:
    answers = np.array(json.loads((saved / "answers.json").read_text())["answers"][name])
    return answers[:, 1] if answers.ndim == 2 else answers


@pytest.mark.parametrize(
    ("name", "table", "form", "badge"),
    [
        ("skops", "table", "skops", Badge.AUDITED),
        ("lightgbm", "gaps", "lightgbm", Badge.DATA),
        ("xgboost", "gaps", "xgboost", Badge.DATA),
        ("catboost", "gaps", "catboost", Badge.DATA),
        ("pickle", "table", "mlflow-directory", Badge.CODE),
        ("number", "table", "mlflow-directory", Badge.CODE),
    ],
)
def test_it_is_served_as_mlflow_predicts(saved: Path, name: str, table: str, form: str, badge: Badge) -> None:
    captured, truth, served = through_a_worker(saved / name, table_of(saved, table), TRUST)
    assert (captured.source.format, captured.source.badge) == (form, badge)
    assert captured.inputs == ("delay", "wind")
    assert captured.nullable == ({"wind"} if table == "gaps" else set())
    np.testing.assert_allclose(served, truth, rtol=SAME)
    np.testing.assert_allclose(served, answers_of(saved, name), rtol=1e-6)


@pytest.mark.parametrize("library", ["lightgbm", "catboost"])
def test_a_classifier_is_asked_for_its_probability(saved: Path, library: str) -> None:
    captured, truth, served = through_a_worker(saved / f"{library}-classifier", table_of(saved, "table"))
    assert (captured.source.format, captured.source.badge) == (library, Badge.DATA)
    assert served == truth
    assert ((np.array(served) > 0.5) == answers_of(saved, f"{library}-classifier")).all()


def test_a_draft_of_a_safe_one_is_compiled_and_of_a_pickle_is_not(saved: Path) -> None:
    table = table_of(saved, "table")
    assert draft(saved / "skops", "late", table).manifest.runtime == "compiled"
    made = draft(saved / "pickle", "late", table, trust=True)
    assert (made.manifest.runtime, made.manifest.badge) == ("python", Badge.CODE)
    assert {"scikit-learn", "cloudpickle", "pandas"} <= made.manifest.lock.packages.keys()
    assert "mlflow" not in made.manifest.lock.packages
    assert (
        made.manifest.artifact("model").digest
        == draft(saved / "pickle", "late", table, trust=True).manifest.artifact("model").digest
    )


def refused(folder: Path, request: Request = TRUST) -> Invalid:
    with pytest.raises(Invalid) as caught:
        capture(folder, request)
    return caught.value


def test_a_pickle_needs_trust(saved: Path) -> None:
    assert refused(saved / "pickle", Request()).code == "E1155"


@pytest.mark.parametrize(
    ("pin", "why"), [("scikit-learn==0.1", "not here in exactly"), ("scikit-learn==1.*", "no exact version")]
)
def test_pins_that_are_not_here_or_not_exact_are_refused(saved: Path, tmp_path: Path, pin: str, why: str) -> None:
    folder = shutil.copytree(saved / "pickle", tmp_path / "model")
    (folder / "requirements.txt").write_text(pin)
    assert why in refused(folder).why


@pytest.mark.parametrize("link", [os.symlink, lambda target, file: os.mkfifo(file)])
def test_a_link_or_a_pipe_in_the_directory_is_refused(saved: Path, tmp_path: Path, link: Any) -> None:
    folder = shutil.copytree(saved / "pickle", tmp_path / "model")
    link("/etc/hostname", folder / "more")
    assert "a link or a device" in refused(folder).why


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("!!python/object/apply:os.system [exit]", "no YAML of plain values"),
        ("flavors: 1", "no flavors"),
        ("flavors: {sklearn: {serialization_format: skops, pickled_model: ../skops/model.skops}}", "names no file"),
        ("flavors: {sklearn: {serialization_format: skops, pickled_model: other}}", "is not there"),
        ("flavors: {prophet: {data: model.pr}}", "The flavours that are known"),
        ("flavors: {catboost: {model_type: CatBoost, data: ../model.cb}}", "names no file"),
    ],
)
def test_an_mlmodel_that_is_none_is_refused(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "MLmodel").write_text(text)
    assert why in refused(tmp_path).why
