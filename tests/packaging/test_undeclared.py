"""A model is not taken if it imports what only this machine happens to have."""

import importlib
import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pandas as pd
import pytest

from lamplighter.domain.errors import Invalid
from lamplighter.packaging.draft import draft

_TABLE = pd.DataFrame({"delay": [float(minute) for minute in range(300)]})
_MODEL = """
{first}

class Twice:
    def predict(self, table):
        {lazily}
        return table["delay"].to_numpy() * 2
"""
_ASIDE = "try:\n            import lightgbm\n        except ImportError:\n            pass"


def saved(folder: Path, first: str = "", lazily: str = "pass", more: str = "") -> Path:
    """A directory as MLflow writes it for a pickle with a module of its own."""
    (folder / "code").mkdir(parents=True)
    (folder / "code" / "twice.py").write_text(_MODEL.format(first=first, lazily=lazily))
    words = "import cloudpickle, os, sys; sys.path.append('code'); import twice; os.write(1, cloudpickle.dumps(twice.Twice()))"
    made = subprocess.run([sys.executable, "-c", words], cwd=folder, check=True, capture_output=True, timeout=60)
    (folder / "model.pkl").write_bytes(made.stdout)
    columns = json.dumps([{"name": "delay", "type": "double", "required": True}])
    flavor = {"pickled_model": "model.pkl", "serialization_format": "cloudpickle", "code": "code"}
    (folder / "MLmodel").write_text(json.dumps({"flavors": {"sklearn": flavor}, "signature": {"inputs": columns}}))
    (folder / "requirements.txt").write_text(f"cloudpickle=={metadata.version('cloudpickle')}\n{more}")
    return folder


def line(package: str) -> str:
    return f"{package}=={metadata.version(package)}"


@pytest.mark.parametrize(("first", "lazily"), [("import lightgbm", "pass"), ("", "import lightgbm")], ids=["opened", "asked"])
def test_a_package_that_only_happens_to_be_here_is_refused_with_the_line_that_declares_it(
    tmp_path: Path, first: str, lazily: str
) -> None:
    with pytest.raises(Invalid) as caught:
        draft(saved(tmp_path / "model", first, lazily), "twice", _TABLE, trust=True)
    assert (caught.value.code, caught.value.what) == (
        "E1163",
        "The model needs lightgbm, and its requirements do not name it.",
    )
    assert caught.value.why == (
        "It imports lightgbm. It is installed here, but an environment of the model's own would not have it."
    )
    assert caught.value.fix == (
        f"Add {line('lightgbm')} to requirements.txt of the model, or to pip_requirements where it is saved, and hand it over"
        " again."
    )


def test_with_that_line_it_is_a_version_with_the_package_in_its_lock(tmp_path: Path) -> None:
    made = draft(saved(tmp_path / "model", "import lightgbm", more=line("lightgbm")), "twice", _TABLE, trust=True)
    assert made.manifest.lock.packages["lightgbm"] == metadata.version("lightgbm")


def test_what_a_model_can_do_without_it_need_not_declare(tmp_path: Path) -> None:
    made = draft(saved(tmp_path / "model", lazily=_ASIDE), "twice", _TABLE, trust=True)
    assert "lightgbm" not in made.manifest.lock.packages


def test_a_package_that_is_nowhere_is_named_as_the_module_that_is_imported(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        draft(saved(tmp_path / "model", lazily="import lamplighter_nowhere"), "twice", _TABLE, trust=True)
    assert caught.value.what == "The model needs lamplighter_nowhere, and its requirements do not name it."
    assert "It is not installed here" in caught.value.why


@pytest.mark.parametrize("module", ["sqlite3", "email.message"])
def test_the_standard_library_needs_no_line(tmp_path: Path, module: str) -> None:
    importlib.import_module(module)
    lazily = f"import importlib; importlib.import_module({module!r})"
    assert draft(saved(tmp_path / "model", lazily=lazily), "twice", _TABLE, trust=True).scores[:2] == [0.0, 2.0]
