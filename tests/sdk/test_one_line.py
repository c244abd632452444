"""From a script to an answer over HTTP in one line, and back, with nothing configured but where it may listen."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tests.ports import free_ports
from tests.sdk.grounds import Ground
from tests.sdk.test_local_processes import processes_of

from lamplighter import keys
from lamplighter.sdk import local, lock
from lamplighter.settings import read_settings

_TRAINED = """
import numpy as np
from sklearn.linear_model import LinearRegression, LogisticRegression
import lamplighter

rows = {"delay": np.linspace(0.0, 10.0, 1200).tolist()}
late = [int(delay > 5.0) for delay in rows["delay"]]
model_rows = np.array(rows["delay"]).reshape(-1, 1)
model = LogisticRegression().fit(model_rows, late)
"""
_RULE = """
import lamplighter

@lamplighter.predictor(classes=("0", "1"))
def late(rows):
    return [1.0 if delay > 5.0 else 0.0 for delay in rows["delay"]]
"""
_RULE_DEPLOYED = """
import lamplighter, rule

rows = {"delay": [row / 120 for row in range(1200)]}
it = lamplighter.deploy(rule.late, "by-variables", sample=rows, classes=("on time", "late"))
print(it, *it.version.manifest.contract.output.classes)
print(it.predict({"delay": [9.5]}))
"""
_DEPLOYED = """
first = lamplighter.deploy(model, "trains", sample=rows, labels=late)
print(first)
answer = first.predict_proba({"delay": [0.5, 9.5]})
print(answer.version, [round(score) for score in answer.scores], first.predict({"delay": [0.5, 9.5]}))
print(first.log_labels(answer.ids, [0, 1]).kept)
print(first.curl)
second = lamplighter.deploy(model.set_params(C=0.1).fit(model_rows, late), "trains", sample=rows)
print(second)
shown = second._repr_html_()
print(*(text in shown for text in (second.url, "1 input and what it answers", "Deploys it", "<script")))
print("lamp promote trains --to staging" in shown)
back = second.rollback()
print(back.before, back.now, second.predict_proba({"delay": [1.0]}).version)
numbers = lamplighter.deploy(LinearRegression().fit(model_rows, rows["delay"]), "delays", sample=rows)
print([round(number, 3) for number in numbers.predict({"delay": [0.5, 9.5]})])
worded = LogisticRegression().fit(model_rows, ["late" if one else "on time" for one in late])
print(lamplighter.deploy(worded, "words", sample=rows).predict({"delay": [0.5, 9.5]}))
"""
_ESTIMATED = """
import pickle
import numpy as np, pandas
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.calibration import CalibrationDisplay
from sklearn.inspection import permutation_importance
from sklearn.model_selection import cross_val_score
import matplotlib
matplotlib.use("Agg")
import lamplighter

table = pandas.DataFrame({"delay": np.linspace(0.0, 10.0, 6000)})
late = (table["delay"] > 5.0).astype(int)
it = lamplighter.model("trains").estimator()
print(it, it.n_features_in_, *it.feature_names_in_, *it.classes_, is_classifier(it), it.get_params())
print(it.predict_proba(table).shape, it.score(table, late) > 0.95, (it.predict(table.to_numpy()) == it.predict(table)).all())
print(permutation_importance(it, table[:300], late[:300], n_repeats=2, random_state=0).importances_mean.shape)
print(CalibrationDisplay.from_estimator(it, table[::10], late[::10], n_bins=3).prob_true.shape)
print(cross_val_score(clone(it), table[::20], late[::20], cv=3).shape)
held = pickle.dumps(it)
print(sorted(pickle.loads(held).__getstate__()), pickle.loads(held).predict(table[:1]), b"lmp_" in held)
numbers = lamplighter.model("delays").estimator("dev")
print(is_regressor(numbers), numbers.predict(table[:2]).round(3), lamplighter.model("words").estimator().predict(table[-1:]))
"""


def run(folder: Path, script: str, environ: Mapping[str, str]) -> list[str]:
    """The lines that a script in a folder prints, run by a process of its own."""
    (folder / "script.py").write_text(script)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LAMP_")}
    command = [sys.executable, "-W", "error", str(folder / "script.py")]
    done = subprocess.run(
        command, env={**inherited, **environ}, capture_output=True, text=True, timeout=250, check=False, cwd=folder
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A home that does not exist yet, on free ports; everything that runs there is stopped in the end."""
    ports = free_ports(4)
    variables = {
        "LAMP_HOME": str(tmp_path / "home"),
        "LAMP_CONFIG": str(tmp_path / "nobody-signed-in.toml"),
        "LAMP_PORT": str(ports),
        "LAMP_SERVING_PORT": str(ports + 1),
    }
    yield variables
    local.stop(read_settings(variables))


def test_a_script_starts_a_platform_by_itself(fresh: dict[str, str], tmp_path: Path) -> None:
    settings = read_settings(fresh)
    lines = run(tmp_path, _TRAINED + _DEPLOYED, fresh)
    curl = lines.pop(3)
    assert lines == [
        f"<trains@1 live in dev: {settings.url}/m/trains>",
        "trains@1 [0, 1] [0, 1]",
        "2",
        f"<trains@2 live in dev: {settings.url}/m/trains>",
        "True True True False",
        "True",
        "2 1 trains@1",
        "[0.5, 9.5]",
        "['on time', 'late']",
    ]
    # The line for a shell is one that a shell takes.
    token = (Path(settings.home) / "owner.token").read_text().strip()
    asked = subprocess.run(["bash", "-c", curl], env={**os.environ, "LAMP_TOKEN": token}, capture_output=True, check=True)
    assert len(json.loads(asked.stdout)["predictions"]) == 1
    assert run(tmp_path, _ESTIMATED, fresh) == [
        "DeployedClassifier(model='trains') 1 delay 0 1 True {'environment': '', 'model': 'trains'}",
        "(6000, 2) True True",
        "(1,)",
        "(3,)",
        "(3,)",
        "['environment', 'model'] [0] False",
        "True [0.    0.002] ['late']",
    ]
    # The platform outlives the script.
    assert lock.running(settings)
    assert local.stop(settings) == ["control plane", "serving of dev"]
    assert processes_of(settings) == []


@pytest.mark.parametrize("ground", ["remote"], indirect=True)
def test_a_script_uses_the_platform_and_the_person_that_variables_name(ground: Ground, tmp_path: Path) -> None:
    home = tmp_path / "home"
    variables = {
        "LAMP_HOME": str(home),
        "LAMP_CONFIG": str(tmp_path / "nobody-signed-in.toml"),
        "LAMP_URL": ground.settings.url,
        "LAMP_TOKEN": ground.tokens["dana"],
    }
    (tmp_path / "rule.py").write_text(_RULE)
    mine = read_settings(variables)
    keys.trust(ground.settings.trusted_keys, keys.make(mine.signing_key))
    lines = run(tmp_path, _RULE_DEPLOYED, variables)
    assert lines == [f"<by-variables@1 live in dev: {ground.settings.url}/m/by-variables> on time late", "['late']"]
    assert ground["rita"].version("by-variables@1").version.author == "dana@trains.example"
    assert [path.name for path in home.iterdir()] == ["keys"]
