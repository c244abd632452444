"""A version loaded and asked as it will be in production, before there is a version."""

import asyncio
import importlib
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msgspec import structs

from lamplighter.domain.decoding import from_json
from lamplighter.domain.expectation import Expectation
from lamplighter.domain.golden import digest_of_scores
from lamplighter.domain.record import Record
from lamplighter.domain.robustness import Robustness
from lamplighter.domain.version import Manifest, address
from lamplighter.packaging import expectations, robustness
from lamplighter.packaging.parity import ROWS, SINGLE_ROWS, Parity, parity
from lamplighter.packaging.reference import Edges
from lamplighter.serving.artifacts import verified
from lamplighter.serving.runtimes.base import Failed, Runtime, Surroundings, Unloadable
from lamplighter.serving.worker.scorers import Scorer

#: Rows asked one by one for the latency, and rows of the sample asked at once.
_LATENCY_ROWS, _SAMPLE_ROWS = 25, 1_000
#: A row alone costs the Python runtime a whole call of the model, so fewer are tried.
_SINGLE_ROWS = {"python": 100}

#: The machine of whoever made the model.
_AUTHOR = Surroundings(is_author=True)


class Bulb(Record, frozen=True):
    """What loading a version and switching it on has shown."""

    runtime: str
    #: Whether it loaded and scored its sample.
    passed: bool
    #: Why it did not; empty if it did.
    why: str = ""
    #: Seconds from the bytes to a model that is ready.
    load_seconds: float = 0.0
    #: Rows of the sample that it scored.
    rows: int = 0
    #: Median time of one row alone, milliseconds.
    latency_ms: float = 0.0
    #: Size of all artifacts, megabytes.
    size_mb: float = 0.0
    #: How closed the process of the model is; empty for a compiled model, which has none.
    sandbox: str = ""
    #: Who walked the trees of a compiled model here: native or onnxruntime; empty for every other form.
    walker: str = ""
    #: Digest of what it answers on the sample that is kept with it, by its files alone; empty where none is kept.
    sample_scores: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a trial has shown."""

    bulb: Bulb
    #: Nothing if the version did not light up.
    parity: Parity | None
    #: Nothing if the version does not answer as the model does.
    robustness: Robustness | None = None


def run(
    manifest: Manifest,
    blobs: Mapping[str, bytes],
    truth: Scorer,
    sample: Mapping[str, Sequence[Any]],
    edges: Edges | None = None,
    surroundings: Surroundings = _AUTHOR,
    expected: Sequence[Expectation] = (),
) -> Outcome:
    """Load the version from its bytes in its runtime, compare it with the truth and try it on inputs that are missing or new.

    `edges` are values around split points that are compared as well, `expected` how its answers have to follow inputs.

    It runs in a thread with an event loop of its own, so it may be called where one is running, such as in a notebook.
    """
    with tempfile.TemporaryDirectory(prefix="lamplighter-") as folder, ThreadPoolExecutor(1) as pool:
        root = Path(folder)
        for digest, content in blobs.items():
            path = root / address(digest)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
        given = (truth, sample, edges, surroundings, expected)
        return pool.submit(lambda: asyncio.run(_run(manifest, root, *given))).result()


async def _run(
    manifest: Manifest,
    root: Path,
    truth: Scorer,
    sample: Mapping[str, Sequence[Any]],
    edges: Edges | None,
    surroundings: Surroundings,
    expected: Sequence[Expectation],
) -> Outcome:
    module = importlib.import_module(f"lamplighter.serving.runtimes.{manifest.runtime}")
    start = time.perf_counter()
    try:
        runtime: Runtime = await module.load(manifest, root, surroundings)
    except Unloadable as error:
        return Outcome(Bulb(runtime=manifest.runtime, passed=False, why=str(error)), None)
    seconds = time.perf_counter() - start
    try:
        bulb = await _switch_on(manifest, runtime, sample, seconds)
        bulb = await _remembered(bulb, manifest, runtime, root) if bulb.passed else bulb
        found = await _compare(manifest, runtime, truth, sample, edges) if bulb.passed else None
        tried = await _tried(manifest, runtime, sample, expected) if found is not None and found.passed else None
        return Outcome(bulb, found, tried)
    finally:
        await runtime.close()


async def _remembered(bulb: Bulb, manifest: Manifest, runtime: Runtime, root: Path) -> Bulb:
    """With what it answers on the rows that are kept, so that whoever has them can say later whether it answers the same."""
    kept = [artifact for artifact in manifest.artifacts if artifact.role == "sample"]
    if not kept:
        return bulb
    columns = from_json(verified(root, kept[0]), dict[str, list[Any]])
    try:
        scores = await runtime.score(columns, len(next(iter(columns.values()))))
    except Failed:
        return bulb
    return structs.replace(bulb, sample_scores=digest_of_scores(scores))


async def _tried(
    manifest: Manifest, runtime: Runtime, sample: Mapping[str, Sequence[Any]], expected: Sequence[Expectation]
) -> Robustness | None:
    try:
        model = await robustness.asked(runtime, manifest.contract, manifest.decision.threshold, sample)
    except Failed:
        # It answers the rows that parity asked, and not these: without evidence no gate passes.
        return None
    found = await robustness.robustness(model)
    followed = [await expectations.followed(model, sample[one.input], one) for one in expected]
    return structs.replace(found, expectations=tuple(followed))


async def _compare(
    manifest: Manifest, runtime: Runtime, truth: Scorer, sample: Mapping[str, Sequence[Any]], edges: Edges | None
) -> Parity:
    return await parity(
        truth,
        runtime,
        manifest.contract,
        sample,
        name=manifest.runtime,
        threshold=manifest.decision.threshold,
        rows=ROWS,
        single_rows=_SINGLE_ROWS.get(manifest.runtime, SINGLE_ROWS),
        edges=edges,
    )


async def _switch_on(manifest: Manifest, runtime: Runtime, sample: Mapping[str, Sequence[Any]], seconds: float) -> Bulb:
    rows = {name: values[:_SAMPLE_ROWS] for name, values in sample.items()}
    count = len(next(iter(rows.values())))
    times = []
    try:
        await runtime.score(rows, count)
        for row in range(min(count, _LATENCY_ROWS)):
            start = time.perf_counter()
            await runtime.score({name: [values[row]] for name, values in rows.items()}, 1)
            times.append(time.perf_counter() - start)
    except Failed as error:
        return Bulb(runtime=manifest.runtime, passed=False, why=error.why)
    return Bulb(
        runtime=manifest.runtime,
        passed=True,
        load_seconds=round(seconds, 4),
        rows=count,
        latency_ms=round(statistics.median(times) * 1000, 4),
        size_mb=round(sum(artifact.size for artifact in manifest.artifacts) / 1e6, 3),
        sandbox=str(getattr(runtime, "sandbox", "")),
        walker=str(getattr(runtime, "walker", "")),
    )
