"""Saves models that only MLflow opens, and what MLflow predicts with them: `python save_pyfunc.py FOLDER PORT`.

Somebody listens on the port of loopback. It runs with the interpreter and the packages of MLflow, where lamplighter is not.
"""

import json
import socket
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import cloudpickle  # type: ignore[import-untyped]
import mlflow  # type: ignore[import-not-found]
import numpy as np
import pandas as pd
from mlflow.models import infer_signature  # type: ignore[import-not-found]

warnings.simplefilter("ignore")
FOLDER = Path(sys.argv[1])
PINS = ["mlflow-skinny", "pandas", "cloudpickle"]
SCRIPT = """
import mlflow
import numpy as np

class Late(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        late = 1 / (1 + np.exp(3 - model_input["delay"] / 10 - model_input["stops"]))
        return np.column_stack([1 - late, late])

mlflow.models.set_model(Late())
"""
LOADER = """
class Wind:
    def __init__(self, path):
        self.most = float(open(path).read())

    def predict(self, table):
        return table["wind"].clip(upper=self.most).fillna(self.most)

def _load_pyfunc(path):
    return Wind(path)
"""


class Minutes(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Weighs the columns by an artifact, and answers with more than its signature names."""

    def load_context(self, context: Any) -> None:
        self.weights = json.loads(Path(context.artifacts["weights"]).read_text())

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> pd.DataFrame:
        carriers = model_input["carrier"].map(self.weights["carrier"]).fillna(0.0)
        wind = model_input["wind"].fillna(self.weights["wind"])
        minutes = model_input["delay"] * self.weights["delay"] + wind + carriers + model_input["stops"]
        return pd.DataFrame({"part": carriers, "minutes": minutes})


class Spy(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Answers with how many ways out it has found."""

    def __init__(self, secret: str, port: int) -> None:
        self.secret, self.port = secret, port

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> Any:
        ways = (
            lambda: Path(self.secret).read_text(),
            lambda: Path(self.secret).with_name("written").write_text("by the model"),
            lambda: socket.create_connection(("127.0.0.1", self.port), timeout=2).close(),
            lambda: subprocess.run(["true"], check=True),
        )
        return np.full(len(model_input), float(sum(map(opens, ways))))


class Caller(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Asks another machine for each answer."""

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> Any:
        socket.create_connection(("127.0.0.1", 9), timeout=2).close()
        return np.zeros(len(model_input))


class Release:
    """Answers with the release of pandas that it finds."""

    def predict(self, model_input: pd.DataFrame) -> Any:
        import pandas

        return np.full(len(model_input), float(pandas.__version__.partition(".")[0]))


def save_pickle(name: str) -> None:
    """As MLflow's flavours of libraries save a pickle; scikit-learn is not here."""
    flavor = {"pickled_model": "model.pkl", "serialization_format": "cloudpickle"}
    saved = mlflow.models.Model(signature=infer_signature(table()[["delay"]]), flavors={"sklearn": flavor})
    (FOLDER / name).mkdir()
    saved.save(str(FOLDER / name / "MLmodel"))
    (FOLDER / name / "model.pkl").write_bytes(cloudpickle.dumps(Release()))
    (FOLDER / name / "requirements.txt").write_text(f"mlflow=={mlflow.__version__}\npandas=={pd.__version__}\n")


def opens(way: Any) -> bool:
    try:
        way()
    except OSError:
        return False
    return True


def table() -> pd.DataFrame:
    source = np.random.default_rng(5)
    found = pd.DataFrame({"delay": source.normal(5, 20, 300), "wind": source.gamma(2, 5, 300)})
    found.loc[::7, "wind"] = np.nan
    return found.assign(carrier=source.choice(["AA", "B6", "DL"], 300), stops=source.integers(0, 3, 300).astype("int32"))


def save(name: str, rows: pd.DataFrame, answers: Any, **options: Any) -> list[Any]:
    """The predictions of the saved model, as MLflow gives them once it has loaded it again."""
    signature, path = infer_signature(rows, answers), FOLDER / name
    pins = [f"{pin}=={version(pin)}" for pin in PINS]
    mlflow.pyfunc.save_model(path, signature=signature, pip_requirements=pins, **options)
    if name == "caller":
        return []
    values: list[Any] = np.asarray(mlflow.pyfunc.load_model(str(path)).predict(rows)).tolist()
    return values


def version(name: str) -> str:
    from importlib import metadata

    return metadata.version(name)


def main() -> None:
    rows, numbers = table(), np.zeros(3)
    (FOLDER / "weights.json").write_text(json.dumps({"delay": 2.0, "wind": 3.5, "carrier": {"AA": 1.0, "B6": 4.0}}))
    (FOLDER / "script.py").write_text(SCRIPT)
    (FOLDER / "own_loader.py").write_text(LOADER)
    (FOLDER / "most.txt").write_text("12.5")
    (FOLDER / "secret").write_text("secret")
    spy = Spy(str(FOLDER / "secret"), int(sys.argv[2]))
    answers = {
        "minutes": save(
            "minutes",
            rows,
            pd.DataFrame({"minutes": numbers}),
            python_model=Minutes(),
            artifacts={"weights": str(FOLDER / "weights.json")},
        ),
        "script": save("script", rows[["delay", "stops"]], np.zeros((3, 2)), python_model=str(FOLDER / "script.py")),
        "loader": save(
            "loader",
            rows[["wind"]],
            pd.Series(numbers),
            loader_module="own_loader",
            data_path=str(FOLDER / "most.txt"),
            code_paths=[str(FOLDER / "own_loader.py")],
        ),
        "spy": save("spy", rows[["delay"]], numbers, python_model=spy),
        "caller": save("caller", rows[["delay"]], numbers, python_model=Caller()),
    }
    save_pickle("pickle")
    (FOLDER / "answers.json").write_text(json.dumps({"answers": answers, "table": rows.to_dict("list")}))


main()
