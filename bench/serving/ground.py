"""What every serving benchmark stands on: one table, three models trained on it, and our server with one of them.

The work is that of a usual service: five text columns through one-hot encoding, ten numbers imputed and scaled, 50,000 rows,
empty values in every column.
"""

import hashlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import joblib  # type: ignore[import-untyped]
import msgspec
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer  # type: ignore[import-untyped]
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier  # type: ignore[import-untyped]
from sklearn.impute import SimpleImputer  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.pipeline import Pipeline, make_pipeline  # type: ignore[import-untyped]
from sklearn.preprocessing import Normalizer, OneHotEncoder, StandardScaler  # type: ignore[import-untyped]

from lamplighter.domain.record import canonical, digest_of
from lamplighter.domain.route import Credential, Credentials, ModelRoute, Route, Served
from lamplighter.domain.version import Manifest, address
from lamplighter.packaging.draft import draft

NUMBERS = tuple(f"number_{place}" for place in range(10))
TEXTS = tuple(f"text_{place}" for place in range(5))
ROWS = 50_000
#: By the name in the printed line.
ESTIMATORS: dict[str, Any] = {
    "hist_gradient_boosting": HistGradientBoostingClassifier(max_iter=200, random_state=0),
    "logistic_regression": LogisticRegression(max_iter=1000),
    "random_forest": RandomForestClassifier(100, random_state=0, n_jobs=2),
    # The step in front has no compiled form, so this one is served as it was trained.
    "python_runtime": make_pipeline(Normalizer(), HistGradientBoostingClassifier(max_iter=200, random_state=0)),
}
TOKEN = "lmp_pat_for-the-benchmarks"
HEADERS: Mapping[str, str] = {"Authorization": f"Bearer {TOKEN}"}
MODEL = "bench"
_HOME = Path(__file__).parents[2] / ".bench" / "models"


class Trained(NamedTuple):
    """A model and where it lies."""

    name: str
    #: The pipeline as joblib wrote it, for servers that open it.
    pickled: Path
    #: Our version of it: a store of artifacts with one manifest.
    artifacts: Path
    served: Served


def table() -> tuple[pd.DataFrame, np.ndarray[Any, np.dtype[np.int64]]]:
    """The rows and their classes; always the same."""
    random = np.random.default_rng(7)
    frame = pd.DataFrame({name: random.normal(size=ROWS) * (place + 1) for place, name in enumerate(NUMBERS)})
    for place, name in enumerate(TEXTS):
        frame[name] = pd.Series(random.choice([f"value-{number}" for number in range(4 + 8 * place)], ROWS), dtype=object)
    pull = frame.number_0 - frame.number_1 * frame.number_2 / 4 + 2 * (frame.text_0 == "value-1") + frame.text_1.str.len()
    classes = (pull - pull.median() + random.normal(size=ROWS) > 0).to_numpy().astype(np.int64)
    for name in frame.columns:
        frame.loc[random.random(ROWS) < 0.03, name] = np.nan
    return frame, classes


def rows(count: int) -> list[dict[str, Any]]:
    """The first rows of the table, as callers send them."""
    frame = table()[0].head(count).astype(object)
    return [dict(zip(frame.columns, row, strict=True)) for row in frame.where(frame.notna(), None).to_numpy().tolist()]


def pipeline(estimator: Any) -> Pipeline:
    """The whole model: encoding in front of the estimator."""
    texts = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    return make_pipeline(ColumnTransformer([("texts", texts, list(TEXTS)), ("numbers", numbers, list(NUMBERS))]), estimator)


def trained(name: str) -> Trained:
    """The model of that name, trained and packed the first time."""
    folder = _HOME / name
    ready = folder / "served.json"
    if not ready.exists():
        _train(name, folder)
    served = msgspec.json.decode(ready.read_bytes(), type=Served)
    return Trained(name, folder / "model.joblib", folder / "artifacts", served)


def _train(name: str, folder: Path) -> None:
    frame, classes = table()
    model = pipeline(ESTIMATORS[name]).fit(frame, classes)
    folder.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, folder / "model.joblib")
    made = draft(model, MODEL, frame.head(2_000), labels=classes[:2_000])
    for digest, content in {**made.blobs, made.manifest.digest: canonical(made.manifest)}.items():
        path = folder / "artifacts" / address(digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / "served.json").write_bytes(canonical(Served(number=1, digest=made.manifest.digest)))


class Ours(NamedTuple):
    """Our server while it runs."""

    address: str
    directory: Path
    #: From the start of the process to the first answer.
    first_answer: float
    #: Process id of the parent of the group.
    pid: int


def copies(model: Trained, names: Sequence[str]) -> list[Served]:
    """The same model registered under other names, beside it."""
    manifest = msgspec.json.decode((model.artifacts / address(model.served.digest)).read_bytes(), type=Manifest)
    served = []
    for name in names:
        content = canonical(msgspec.structs.replace(manifest, model=name))
        path = model.artifacts / address(digest_of(content))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        served.append(Served(number=1, digest=digest_of(content)))
    return served


@contextmanager
def serving(
    model: Trained,
    *,
    workers: int = 1,
    program: Sequence[str] = ("-m", "lamplighter.serving"),
    further: Sequence[ModelRoute] = (),
    **route: Any,
) -> Iterator[Ours]:
    """Run our server with the model; `route` are further fields of its route, `further` other models beside it."""
    with tempfile.TemporaryDirectory() as folder:
        directory, port = Path(folder), free_port()
        settle(model, directory, further, **route)
        started = time.monotonic()
        process = start(model, directory, port, workers, program)
        try:
            address = address_of(port)
            wait(address, body(rows(1)), HEADERS, started)
            yield Ours(address, directory, time.monotonic() - started, process.pid)
        finally:
            process.terminate()
            process.wait(30)


def settle(model: Trained, directory: Path, further: Sequence[ModelRoute] = (), **route: Any) -> None:
    """Write what a server of ours finds: who may call it, and the route to the model and to further ones."""
    token = Credential(token_digest=hashlib.sha256(TOKEN.encode()).hexdigest(), holder="bench", expires_at=2**62)
    (directory / "credentials.json").write_bytes(canonical(Credentials(tokens=(token,))))
    models = (ModelRoute(model=MODEL, champion=model.served, **route), *further)
    (directory / "route.json").write_bytes(canonical(Route(environment="bench", revision=1, models=models)))


def start(
    model: Trained, directory: Path, port: int, workers: int = 1, program: Sequence[str] = ("-m", "lamplighter.serving")
) -> "subprocess.Popen[bytes]":
    """Begin a process group of ours, in a session of its own."""
    place = ["--environment", "bench", "--directory", str(directory), "--artifacts", str(model.artifacts), "--port", str(port)]
    command = [sys.executable, "-I", *program, *place, "--workers", str(workers)]
    with (directory / "serving.log").open("ab") as log:
        return subprocess.Popen(command, stderr=log, start_new_session=True)


def address_of(port: int) -> str:
    """Where the model is asked."""
    return f"http://127.0.0.1:{port}/m/{MODEL}/invocations"


def body(records: Sequence[Mapping[str, Any]]) -> bytes:
    """A request of ours with these rows."""
    return msgspec.json.encode({"dataframe_records": records})


def wait(address: str, content: bytes, headers: Mapping[str, str], started: float, seconds: float = 60.0) -> None:
    """Ask until there is an answer; raises `TimeoutError`."""
    while time.monotonic() - started < seconds:
        try:
            request = urllib.request.Request(address, content, {"Content-Type": "application/json", **headers})
            with urllib.request.urlopen(request, timeout=10):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.01)
    raise TimeoutError(f"no answer from {address}")


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
