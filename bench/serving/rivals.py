"""The servers that ours is compared with: each in an environment of its own below `.bench/`, started with the same model."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from environments import HOME, environment

_HERE = Path(__file__).parent / "peers"
#: Seconds until a server has to give its first answer.
_PATIENCE = 180.0

Row = Mapping[str, Any]


class Rival(NamedTuple):
    """One server."""

    #: Folder in `peers/`.
    folder: str
    path: str
    #: The body of a request with these rows.
    body: Callable[[Sequence[Row]], bytes]
    #: Further arguments of its `serve.py`.
    arguments: tuple[str, ...] = ()


def _rows(rows: Sequence[Row]) -> bytes:
    return msgspec.json.encode({"rows": rows})


def _split(rows: Sequence[Row]) -> bytes:
    table = {"columns": list(rows[0]), "data": [list(row.values()) for row in rows]}
    return msgspec.json.encode({"dataframe_split": table})


def _tensors(rows: Sequence[Row]) -> bytes:
    """Open Inference Protocol with the codec for tables; a null number is sent as the codec of the server sends it."""
    tensors = [_tensor(name, [row[name] for row in rows]) for name in rows[0]]
    return msgspec.json.encode({"parameters": {"content_type": "pd"}, "inputs": tensors})


def _tensor(name: str, values: list[Any]) -> dict[str, Any]:
    is_text = any(isinstance(value, str) for value in values)
    kind, codec = ("BYTES", "str") if is_text or all(value is None for value in values) else ("FP64", "np")
    return {
        "name": name,
        "shape": [len(values), 1],
        "datatype": kind,
        "data": values,
        "parameters": {"content_type": codec},
    }


#: By the name in the printed line.
RIVALS: Mapping[str, Rival] = {
    "fastapi": Rival("fastapi", "/predict", _rows),
    "mlflow": Rival("mlflow", "/invocations", _split),
    "mlserver": Rival("mlserver", "/v2/models/model/infer", _tensors),
    "bentoml": Rival("bentoml", "/predict", _rows, ("Plain",)),
    "bentoml_batch": Rival("bentoml", "/predict", _rows, ("Batching",)),
    "litserve": Rival("litserve", "/predict", _rows),
    "ray_serve": Rival("ray_serve", "/predict", _rows),
}


@contextmanager
def running(name: str, model: Path, port: int, sample: Sequence[Row]) -> Iterator[float]:
    """Run a rival with the model; gives the seconds from its start to its first answer, and ends it."""
    rival = RIVALS[name]
    command = [
        str(environment(_HERE / rival.folder)),
        str(_HERE / rival.folder / "serve.py"),
        str(model),
        str(port),
        *rival.arguments,
    ]
    log = HOME / f"{name}.log"
    started = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True, env=_variables(rival.folder))
    try:
        _first_answer(process, f"http://127.0.0.1:{port}{rival.path}", rival.body(sample[:1]), started, log)
        yield time.monotonic() - started
    finally:
        _end(process)


def _variables(folder: str) -> dict[str, str]:
    """Every server as it comes; its own commands before those of other environments."""
    path = f"{HOME / folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "RAY_USAGE_STATS_ENABLED": "0", "MLFLOW_DISABLE_TELEMETRY": "true"}


def _first_answer(process: "subprocess.Popen[bytes]", address: str, body: bytes, started: float, log: Path) -> None:
    while time.monotonic() - started < _PATIENCE and process.poll() is None:
        try:
            request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=10):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"{' '.join(process.args[1:2] if isinstance(process.args, list) else [])} did not answer; see {log}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(15)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
