"""A calibrated version answers with the same calibrated score by every way, in every runtime, and proves it when it loads."""

import asyncio
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]
import msgspec
import pytest
from tests.ports import free_port
from tests.serving.groundwork import MODEL, Caller, Ground, contract, plan, put, until
from tests.serving.runtimes.conftest import AUTHOR, HERE
from tests.serving.test_rpc import SERVICE, TOKENED

from lamplighter.domain.calibration import Calibration, calibrated
from lamplighter.domain.contract import Meaning, Output
from lamplighter.domain.golden import Golden
from lamplighter.domain.record import canonical
from lamplighter.domain.route import Arm, ModelRoute, Served
from lamplighter.domain.version import Artifact, Badge, Manifest
from lamplighter.serving.codecs.base import Question
from lamplighter.serving.compiled.plan import Link, write
from lamplighter.serving.golden import open_ready
from lamplighter.serving.rpc.messages import MESSAGES
from lamplighter.serving.runtimes.base import NOTHING, Surroundings, Unloadable
from lamplighter.serving.versions import Loaded, open_version

BY = Calibration(intercept=-0.6445, slope=1.056)
#: Columns as callers send them; scores run from nothing to everything.
COLUMNS: dict[str, list[Any]] = {
    "dep_delay": [float(value) for value in (-300, -40, -6, -3, -1, 0, 1, 2, 4, 30, 300)],
    "distance": [0] * 11,
    "carrier": ["AA"] * 11,
}
ROWS = [dict(zip(COLUMNS, row, strict=True)) for row in zip(*COLUMNS.values(), strict=True)]


def bare(delay: float) -> float:
    return 1.0 / (1.0 + math.exp(-delay)) if delay > -700 else 0.0


def formula(score: float) -> float:
    inner = min(max(score, 1e-9), 1.0 - 1e-9)
    return 1.0 / (1.0 + math.exp(-(BY.intercept + BY.slope * math.log(inner / (1.0 - inner)))))


BARE = [bare(delay) for delay in COLUMNS["dep_delay"]]
WANTED = [formula(score) for score in BARE]
#: Writes the odds of the number down as they are, so that nothing of ours is between.
CODE = b"""
import numpy as np

def predict(table):
    return 1.0 / (1.0 + np.exp(-table["dep_delay"].to_numpy()))

predict.__lamplighter_predictor__ = ()
"""


def version(
    artifacts: Path, number: int, by: Calibration | None, golden: Golden | None = None, *, code: bool = False
) -> Served:
    """A version of a probability: compiled, or Python that stays as it is."""
    content = CODE if code else write(msgspec.structs.replace(plan(), link=Link.SIGMOID))
    role, form, badge = ("model", "python-source", Badge.CODE) if code else ("plan", "json", Badge.DATA)
    parts = [(role, form, badge, content)]
    parts += [("golden", "json", Badge.DATA, canonical(golden))] if golden else []
    files = tuple(
        Artifact(role=role, name=role, digest=put(artifacts, part), size=len(part), format=form, badge=badge)
        for role, form, badge, part in parts
    )
    meant = msgspec.structs.replace(contract(), output=Output("late", Meaning.PROBABILITY, ("no", "yes")))
    manifest = Manifest(
        model=MODEL,
        runtime="python" if code else "compiled",
        contract=meant,
        artifacts=files,
        lock=HERE,
        calibration=by or msgspec.UNSET,
    )
    return Served(number=number, digest=put(artifacts, canonical(manifest)))


def golden(tolerance: float = 1e-6, off: float = 0.0) -> Golden:
    """The answers of the files, as they were at registration, or some that were other ones."""
    return Golden(columns=COLUMNS, scores=[min(max(one + off, 0.0), 1.0) for one in BARE], tolerance=tolerance)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A calibrated version answers, and the one that is not scores along."""
    ground = Ground(tmp_path_factory.mktemp("calibrated"))
    ground.grpc_port = free_port()
    champion, shadow = version(ground.artifacts, 2, BY, golden()), version(ground.artifacts, 1, None, golden())
    revision = ground.route(ModelRoute(model=MODEL, champion=champion, shadow=shadow, shadow_since=7))
    with ground.serving():
        until(lambda: ground.adopted(revision))
        yield ground


@pytest.fixture
def caller(ground: Ground) -> Caller:
    return ground.caller()


def close(scores: list[float]) -> bool:
    return all(abs(got - wanted) <= 1e-12 for got, wanted in zip(scores, WANTED, strict=True))


def rows_of(body: Any) -> list[float]:
    return [row["score"] for row in body["rows"]]


def test_every_way_gives_the_same_calibrated_scores(ground: Ground, caller: Caller) -> None:
    tensors = [
        {"name": name, "shape": [11], "datatype": kind, "data": COLUMNS[name]}
        for name, kind in (("dep_delay", "FP64"), ("distance", "INT64"), ("carrier", "BYTES"))
    ]
    asked: dict[str, list[float]] = {}
    for way, headers in (("short", {}), ("long", {"Content_Encoding": "identity"})):
        for _ in range(3):
            status, body, _ = caller.post(f"/m/{MODEL}", {"rows": ROWS}, **headers)
        assert status == 200
        asked[way] = rows_of(body)
    asked["alone"] = [rows_of(caller.post(f"/m/{MODEL}", {"rows": [row]})[1])[0] for row in ROWS]
    asked["v1"] = caller.post(f"/v1/models/{MODEL}:predict", {"instances": ROWS})[1]["predictions"]
    asked["v2"] = caller.post(f"/v2/models/{MODEL}/infer", {"inputs": tensors})[1]["outputs"][0]["data"]
    asked["mlflow"] = caller.post(f"/m/{MODEL}/invocations", {"dataframe_records": ROWS})[1]["predictions"]
    text = "\n".join([",".join(COLUMNS), *(",".join(map(str, row.values())) for row in ROWS)])
    asked["table"] = rows_of(caller.post(f"/m/{MODEL}", text.encode(), Content_Type="text/csv")[1])
    assert close(asked["short"])
    for scores in asked.values():
        # The same bits, not only nearly.
        assert scores == asked["short"]
    logged = [one.scores for one in ground.scored() if one.arm is Arm.CHAMPION and one.rows == 11]
    assert all(list(one) == asked["short"] for one in logged)


def test_grpc_gives_them_too(ground: Ground) -> None:
    message = MESSAGES["ModelInferRequest"](model_name=MODEL, id="call-1")
    fields = {"dep_delay": ("FP64", "fp64_contents"), "distance": ("INT64", "int64_contents")}
    for name, (kind, field) in (*fields.items(), ("carrier", ("BYTES", "bytes_contents"))):
        tensor = message.inputs.add(name=name, datatype=kind, shape=[11])
        values = [one.encode() if isinstance(one, str) else one for one in COLUMNS[name]]
        getattr(tensor.contents, field).extend(values)
    with grpc.insecure_channel(f"127.0.0.1:{ground.grpc_port}") as channel:
        call = channel.unary_unary(f"{SERVICE}ModelInfer")
        answer = call(message.SerializeToString(), metadata=TOKENED, timeout=20, wait_for_ready=True)
    found = MESSAGES["ModelInferResponse"].FromString(answer)
    assert close(list(found.outputs[0].contents.fp64_contents))


def test_the_one_that_scores_along_keeps_its_own(ground: Ground, caller: Caller) -> None:
    caller.post(f"/m/{MODEL}", {"rows": ROWS}, Lamp_Request_Id="along")

    def shadowed() -> list[list[float]]:
        return [list(one.scores) for one in ground.scored() if one.arm is Arm.SHADOW and one.request == "along"]

    until(shadowed)
    assert shadowed()[0] == pytest.approx(BARE, abs=1e-15)


def opened(root: Path, served: Served, around: Surroundings = NOTHING) -> tuple[Loaded, list[float]]:
    async def asked() -> tuple[Loaded, list[float]]:
        loaded = await open_version(MODEL, served, root, around)
        try:
            attempt = await loaded.attempt(Arm.CHAMPION, Question(COLUMNS, 11))
            assert attempt.failed is None
            return loaded, attempt.scores
        finally:
            loaded.retire()
            await loaded.closed()

    return asyncio.run(asked())


def test_a_python_model_is_calibrated_in_the_serving_process(tmp_path: Path) -> None:
    loaded, scores = opened(tmp_path, version(tmp_path, 3, BY, code=True), AUTHOR)
    assert close(scores)
    # Its process stays the one that is watched.
    assert loaded.condition is not None
    assert loaded.score_rows is None
    _, own = opened(tmp_path, version(tmp_path, 1, None, code=True), AUTHOR)
    assert scores == [calibrated(BY, one) for one in own]


def test_many_rows_are_mapped_beside_others(tmp_path: Path) -> None:
    many = {name: values * 1_000 for name, values in COLUMNS.items()}

    async def asked() -> list[float]:
        loaded = await open_version(MODEL, version(tmp_path, 2, BY), tmp_path, NOTHING)
        return (await loaded.attempt(Arm.CHAMPION, Question(many, 11_000))).scores

    assert asyncio.run(asked()) == opened(tmp_path, version(tmp_path, 2, BY))[1] * 1_000


def test_the_line_through_the_origin_changes_no_score(tmp_path: Path) -> None:
    _, own = opened(tmp_path, version(tmp_path, 1, None))
    _, same = opened(tmp_path, version(tmp_path, 2, Calibration()))
    assert same == pytest.approx([min(max(one, 1e-9), 1.0 - 1e-9) for one in own], abs=1e-15)


def ready(root: Path, by: Calibration | None, proof: Golden) -> None:
    async def proven() -> None:
        loaded = await open_ready(MODEL, version(root, 2, by, proof), root, NOTHING)
        loaded.retire()
        await loaded.closed()

    asyncio.run(proven())


@pytest.mark.parametrize("by", [None, BY, Calibration(intercept=3.0, slope=0.05), Calibration(slope=20.0)], ids=str)
def test_golden_rows_are_those_of_the_files_with_and_without_a_calibration(tmp_path: Path, by: Calibration | None) -> None:
    ready(tmp_path, by, golden())
    ready(tmp_path, by, golden(off=5e-7))
    for off in (1e-3, -1e-3):
        with pytest.raises(Unloadable, match="Its golden rows are answered up to"):
            ready(tmp_path, by, golden(off=off))


def test_a_line_that_falls_is_never_loaded(tmp_path: Path) -> None:
    for by in (Calibration(slope=-1.0), Calibration(slope=0.0), Calibration(intercept=1e6)):
        with pytest.raises(Unloadable, match="does not rise"):
            opened(tmp_path, version(tmp_path, 2, by))
