"""The runtime of models that stay as they were trained: closed processes for each, and requests joined into batches."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from lamplighter.domain.decoding import from_json
from lamplighter.domain.sandbox import Level, weaker
from lamplighter.domain.version import Artifact, Badge, Manifest
from lamplighter.serving import signatures
from lamplighter.serving.artifacts import verified
from lamplighter.serving.runtimes.base import NOTHING, Surroundings, Unloadable
from lamplighter.serving.worker.batcher import Batcher
from lamplighter.serving.worker.crew import Crew
from lamplighter.serving.worker.environments import Held, fitting
from lamplighter.serving.worker.process import Worker, order_to_load
from lamplighter.serving.worker.queue import STANDARD, Limits

#: Formats a worker opens; a format may not have a safer badge than this.
FORMATS: Mapping[str, Badge] = {
    "skops": Badge.AUDITED,
    "lightgbm": Badge.DATA,
    "xgboost": Badge.DATA,
    "catboost": Badge.DATA,
    "onnx": Badge.DATA,
    "python-source": Badge.CODE,
    "cloudpickle": Badge.CODE,
    "joblib": Badge.CODE,
    "mlflow-directory": Badge.CODE,
    "mlflow-pyfunc": Badge.CODE,
}


class Python:
    """A loaded version behind its workers."""

    def __init__(self, batcher: Batcher, sandbox: Level, held: Held | None = None) -> None:
        self._batcher = batcher
        self._held = held
        #: How closed the workers are: as they say, or as the self-test has found if that is less.
        self.sandbox = sandbox

    @property
    def pid(self) -> int | None:
        """Process id of the worker at this moment."""
        worker = self._batcher.crew.current
        return None if worker is None else worker.pid

    @property
    def quarantine(self) -> str:
        """Why the version is not started any more; empty if it is."""
        return self._batcher.crew.deaths.quarantine

    @property
    def deaths(self) -> Mapping[str, int]:
        """How many workers ended, by cause."""
        return self._batcher.crew.deaths.counts

    async def score(self, columns: Mapping[str, Sequence[Any]], rows: int) -> list[float]:
        """One finite score a row, in order. The columns fit the contract. Raises `Failed`."""
        return await self._batcher.score(columns, rows) if rows else []

    async def close(self) -> None:
        """End the workers; idempotent."""
        await self._batcher.close()
        _let_go(self._held)


async def load(manifest: Manifest, artifacts: Path, surroundings: Surroundings = NOTHING, limits: Limits = STANDARD) -> Python:
    """Start a worker with the artifact `model` of a version; raises `Unloadable`."""
    artifact = _model(manifest)
    is_code = artifact.badge is Badge.CODE
    if is_code and not surroundings.is_author:
        signatures.check(manifest, artifacts, surroundings.keys)
    found = None if surroundings.sandbox is None else await surroundings.sandbox()
    content = verified(artifacts, artifact)
    held = await asyncio.to_thread(fitting, manifest.lock, surroundings.environments)
    order = order_to_load(artifact.format, content, manifest.contract, is_code=is_code, warm_up=_first_row(manifest, artifacts))
    start = partial(Worker.start, order, held)
    try:
        worker = await start()
    except BaseException:
        _let_go(held)
        raise
    level = worker.sandbox if found is None else weaker(worker.sandbox, found.level)
    return Python(Batcher(Crew(start, worker), limits), level, held)


def _let_go(held: Held | None) -> None:
    if held is not None:
        held.let_go()


def _model(manifest: Manifest) -> Artifact:
    try:
        artifact = manifest.artifact("model")
    except KeyError:
        raise Unloadable("The manifest names no model. Register the version again.") from None
    if FORMATS.get(artifact.format) is not artifact.badge:
        raise Unloadable(f"A model of the format {artifact.format!r} with the badge {artifact.badge!r} is not served.")
    return artifact


def _first_row(manifest: Manifest, artifacts: Path) -> Mapping[str, Sequence[Any]]:
    samples = [artifact for artifact in manifest.artifacts if artifact.role == "sample"]
    if not samples:
        return {}
    try:
        columns = from_json(verified(artifacts, samples[0]), dict[str, list[Any]])
    except msgspec.MsgspecError:
        raise Unloadable("The sample of the version cannot be read. Register the version again.") from None
    wanted = [column.name for column in manifest.contract.inputs]
    return {name: columns[name][:1] for name in wanted} if all(name in columns for name in wanted) else {}
