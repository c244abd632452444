"""A project in a git repository whose training can be run again: with the same seed and data, and with others."""

import json
import os
import sysconfig
import textwrap
from pathlib import Path

import msgspec
from packaging.utils import canonicalize_name
from tests import wheels
from tests.lifecycle.lives import Life
from tests.sdk.test_commits import git

from lamplighter.domain.origin import KIND
from lamplighter.domain.version import Version
from lamplighter.sdk.answers import Facts
from lamplighter.sdk.build import load_build, read_folder
from lamplighter.sdk.release import release

MODEL = "made-again"
#: What the training and our own packing of it need; the environment of the tests has four times as many.
NEEDED = ("lamplighter", "scikit-learn", "skops", "cloudpickle", "pandas", "skl2onnx")
_FILES = {
    "lamp.toml": f"""
        [model]
        name = "{MODEL}"
        source = "train.py:build"
        [owners]
        design = "dana@trains.example"
        [[requirement]]
        metric = "auc"
        operator = ">="
        bound = 0.5
        slice = "line = 1.0"
        """,
    "train.py": """
        import json, os
        from pathlib import Path
        from sklearn.ensemble import RandomForestClassifier
        import numpy as np
        from lamplighter import Build, Provenance

        SEED = int(os.environ.get("TRAIN_SEED", "7"))

        def build():
            data = json.loads(Path(os.environ["TRAIN_DATA"]).read_text())
            names = ("delay", "load", "line")
            rows = np.array([data[name] for name in names], dtype=float).T
            late = np.array(data["late"])
            forest = RandomForestClassifier(n_estimators=3, max_depth=4, random_state=SEED).fit(rows[:900], late[:900])
            table = lambda part: {name: part[:, place].tolist() for place, name in enumerate(names)}
            return Build(
                model=forest, sample=table(rows[:900]), labels=late[:900].tolist(), evaluation=table(rows[900:]),
                evaluation_labels=late[900:].tolist(), provenance=Provenance(seed=SEED),
            )
        """,
}


def data(file: Path, seed: int = 3) -> Path:
    """Rows that are kept outside the repository."""
    import numpy as np

    draw = np.random.default_rng(seed)
    delay, load, line = draw.normal(5, 3, 1400), draw.uniform(0, 1, 1400), draw.integers(0, 3, 1400)
    late = draw.random(1400) < 1 / (1 + np.exp(-(delay - 5 + 2 * load - 1)))
    columns = {"delay": delay, "load": load, "line": line, "late": late.astype(int)}
    file.write_text(json.dumps({name: values.tolist() for name, values in columns.items()}))
    return file


def repository(place: Path) -> Path:
    """A repository with the project in a folder of it, committed; gives the folder."""
    folder = place / "models" / "again"
    folder.mkdir(parents=True)
    for name, text in _FILES.items():
        (folder / name).write_text(textwrap.dedent(text))
    (place / ".gitignore").write_text("__pycache__\n")
    git(place, "init", "-q")
    git(place, "add", ".")
    git(place, "commit", "-qm", "Train")
    return folder


def registered(life: Life, folder: Path) -> Version:
    """A version of the project, as its owner registers it, whose environment is what it needs."""
    project = read_folder(folder)
    version = release(life["dana"], project, load_build(folder, project))
    with_packages(life, version, packages())
    return version


def packages() -> dict[str, str]:
    """What the training needs, as it is installed here."""
    return {name: version for name, version in _needed().items() if name != "lamplighter"}


def _needed() -> dict[str, str]:
    found = wheels.with_all_they_require(NEEDED, Path(sysconfig.get_path("purelib")))
    return {canonicalize_name(one.metadata["Name"]): one.version for one in found}


def with_packages(life: Life, version: Version, names: dict[str, str], **more: object) -> None:
    """Have the record name these packages as the environment of a training."""
    (known,) = (one for one in life["dana"].version(version.name).evidence if one.kind == KIND)
    facts = msgspec.to_builtins(known.facts)
    facts["lock"]["packages"] = names
    life["dana"].add_evidence(version.name, Facts(kind=KIND, facts={**facts, **more}))


def index(folder: Path) -> None:
    """A folder with the wheels of these packages, which uv takes for its index from now on."""
    folder.mkdir()
    for one in wheels.with_all_they_require(NEEDED, Path(sysconfig.get_path("purelib"))):
        if one.metadata["Name"] != "lamplighter":
            wheels.again(folder, one, requires=True)
    os.environ |= {"UV_FIND_LINKS": str(folder), "UV_OFFLINE": "1", "UV_NO_INDEX": "1"}
