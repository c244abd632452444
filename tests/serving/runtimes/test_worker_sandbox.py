"""A model that turns hostile finds every way closed that the sandbox promises to close, and can still work."""

import asyncio
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.serving.runtimes.conftest import AUTHOR

from lamplighter.domain.version import Badge
from lamplighter.serving.runtimes.python import load
from lamplighter.serving.selftest import laid_out
from lamplighter.serving.worker import landlock, seccomp
from lamplighter.serving.worker.probes import PROBES
from lamplighter.serving.worker.process import ENVIRONMENT

needs_sandbox = pytest.mark.skipif(
    not seccomp.available() or landlock.edition() < 6, reason="this kernel has no Landlock with network and signal rules"
)

#: Row i tries probe i and answers 1 if it gets out; the last row works in a thread and in the scratch directory.
MODEL = """
import threading
from lamplighter.serving.worker.probes import PROBES
from lamplighter.serving.worker.probing import is_open
from lamplighter.serving.worker.wire import Ground

GROUND = Ground(folder={folder!r}, port={port}, name={name!r})

def started_thread():
    done = []
    thread = threading.Thread(target=lambda: done.append(open("own").read()))
    open("own", "w").write("scratch")
    thread.start()
    thread.join()
    return done == ["scratch"]

def predict(table):
    answers = [*(is_open(probe, GROUND) for probe in PROBES.values()), started_thread()]
    return [float(answer) for answer in answers[: len(table)]]

predict.__lamplighter_predictor__ = ()
"""


@needs_sandbox
def test_every_probe_is_closed_to_a_model_and_it_can_still_work(tmp_path: Path, store: Any) -> None:
    with laid_out() as ground:
        source = MODEL.format(folder=ground.folder, port=ground.port, name=ground.name).encode()
        manifest = store({"model": ("python-source", Badge.CODE, source)}, "python")
        rows = len(PROBES) + 1

        async def main() -> tuple[str, list[float]]:
            runtime = await load(manifest, tmp_path, AUTHOR)
            try:
                return runtime.sandbox, await runtime.score({"x": [0.0] * rows}, rows)
            finally:
                await runtime.close()

        assert asyncio.run(main()) == ("full", [0.0] * len(PROBES) + [1.0])
        assert sorted(path.name for path in Path(ground.folder).iterdir()) == ["secret", "socket"]


@needs_sandbox
def test_a_worker_inherits_nothing(tmp_path: Path, store: Any) -> None:
    os.environ["LAMPLIGHTER_SECRET_PROBE"] = "secret"
    os.environ["OTEL_EXPORTER_OTLP_HEADERS"] = "authorization=secret"
    source = b"""
import os, resource

def predict(table):
    names = set(os.environ) - {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "MALLOC_ARENA_MAX", "LANG"}
    names -= {"PYTHONHASHSEED", "LC_CTYPE", "KMP_DUPLICATE_LIB_OK", "KMP_INIT_AT_FORK"}
    names -= {"JE_ARROW_MALLOC_CONF", "MLFLOW_DISABLE_TELEMETRY"}
    descriptors = 0
    for number in range(3, 200):
        try:
            os.fstat(number)
            descriptors += 1
        except OSError:
            pass
    return [len(names), descriptors, resource.getrlimit(resource.RLIMIT_CORE)[1], len(os.listdir("."))][: len(table)]

predict.__lamplighter_predictor__ = ()
"""
    manifest = store({"model": ("python-source", Badge.CODE, source)}, "python")

    async def main() -> list[float]:
        runtime = await load(manifest, tmp_path, AUTHOR)
        try:
            return await runtime.score({"x": [0.0] * 4}, 4)
        finally:
            await runtime.close()

    with (tmp_path / "open").open("w") as kept:
        os.set_inheritable(kept.fileno(), True)
        assert asyncio.run(main()) == [0.0, 1.0, 0.0, 0.0]


def test_pyarrow_starts_no_thread_before_the_sandbox() -> None:
    python = str(Path(__file__).parents[3] / ".venv-clients/rest/bin/python")
    source = "import os, pandas, pyarrow; print(len(os.listdir('/proc/self/task')))"

    def threads(environ: Mapping[str, str]) -> int:
        return int(subprocess.run([python, "-I", "-c", source], env=environ, capture_output=True, check=True).stdout)

    assert threads(ENVIRONMENT) == 1
    assert threads({name: value for name, value in ENVIRONMENT.items() if name != "JE_ARROW_MALLOC_CONF"}) == 2
