"""A real model behind a real process group, and the rows that every client sends."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped]
from sklearn.preprocessing import OneHotEncoder  # type: ignore[import-untyped]
from tests.ports import free_port
from tests.serving.groundwork import MODEL, TOKEN, Ground, put, until

from lamplighter.domain.record import canonical
from lamplighter.domain.route import ModelRoute, Served
from lamplighter.packaging.draft import draft

ROOT = Path(__file__).parents[3]
SCRIPTS = Path(__file__).parent / "scripts"


class Proof(NamedTuple):
    """What a client is told, and what it has to hear."""

    ground: Ground
    #: The rows, by column.
    columns: dict[str, list[Any]]
    #: The model's own probabilities of these rows.
    scores: list[float]


def flights(rows: int) -> pd.DataFrame:
    """One column of each kind."""
    return pd.DataFrame(
        {
            "dep_delay": [float(row * 7 % 90) - 10.5 for row in range(rows)],
            "distance": [row * 37 % 2500 for row in range(rows)],
            "carrier": [("AA", "UA", "Ümlaut")[row % 3] for row in range(rows)],
            "weekend": [row % 5 == 0 for row in range(rows)],
        }
    )


@pytest.fixture(scope="session")
def proof(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proof]:
    ground = Ground(tmp_path_factory.mktemp("clients"))
    ground.grpc_port = free_port()
    table = flights(400)
    encode = ColumnTransformer([("carrier", OneHotEncoder(handle_unknown="ignore"), ["carrier"])], remainder="passthrough")
    model = make_pipeline(encode, LogisticRegression(max_iter=2000)).fit(table, table["dep_delay"] + table["weekend"] * 9 > 30)
    made = draft(model, MODEL, table, classes=("on time", "late"))
    for content in made.blobs.values():
        put(ground.artifacts, content)
    served = Served(number=3, digest=put(ground.artifacts, canonical(made.manifest)))
    revision = ground.route(ModelRoute(model=MODEL, champion=served))
    rows = table.head(60)
    with ground.serving(2):
        until(lambda: ground.adopted(revision, 2))
        yield Proof(
            ground, {str(name): values.tolist() for name, values in rows.items()}, model.predict_proba(rows)[:, 1].tolist()
        )


@pytest.fixture(scope="session")
def run(proof: Proof) -> Callable[..., Any]:
    """Run a script in an environment of clients; it is told where we are and gives back JSON."""

    def run(environment: str, script: str) -> Any:
        told = {
            "port": proof.ground.port,
            "grpc_port": proof.ground.grpc_port,
            "token": TOKEN,
            "model": MODEL,
            "columns": proof.columns,
        }
        python = ROOT / ".venv-clients" / environment / "bin" / "python"
        assert python.exists(), "scripts/clients tensors rest makes the environments of the clients"
        done = subprocess.run(
            [python, "-I", SCRIPTS / f"{script}.py"], input=json.dumps(told), capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run
