"""A model that is to end says so with every answer, and one that is gone answers 410, with no control plane beside it."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]
import msgspec
import pytest
from tests.ports import free_port
from tests.serving.groundwork import MODEL, TOKEN, Ground, inference, replace, until

from lamplighter.domain.farewell import Farewell, Gone
from lamplighter.domain.outage import Fallback, Outage
from lamplighter.domain.record import canonical
from lamplighter.domain.route import ModelRoute, Route
from lamplighter.serving.rpc.messages import MESSAGES

FAREWELL = Farewell(since=1_688_169_599_000_000, sunset=1_719_792_000_000_000, successor="other")
TOLD = {
    "Deprecation": "@1688169599",
    "Sunset": "Mon, 01 Jul 2024 00:00:00 GMT",
    "Link": '</v2/models/other>; rel="successor-version"',
}
GONE = Gone(model="gone", since=1_719_792_000_000_000, why="Reason: too old.", successor="other")


def told(headers: Any) -> dict[str, str]:
    return {name: headers[name] for name in TOLD if name in headers}


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    ground = Ground(tmp_path_factory.mktemp("retirement"))
    ground.grpc_port = free_port()
    models = (
        ModelRoute(model=MODEL, champion=ground.version(7), farewell=FAREWELL),
        ModelRoute(model="other", champion=ground.version(1, model="other")),
    )
    route = Route(environment="prod", revision=1, models=models, gone=(GONE,))
    replace(ground.directory / "route.json", canonical(route))
    with ground.serving(2):
        until(lambda: ground.adopted(1, 2))
        yield ground


def test_every_answer_says_that_the_model_ends(ground: Ground) -> None:
    caller = ground.caller()
    ways = [
        # The short way, in bodies that C reads; the second one comes with a known header block.
        (f"/v2/models/{MODEL}/infer", inference(1), 200),
        (f"/v2/models/{MODEL}/infer", inference(1), 200),
        # The long way: columns, and more rows than are answered at once.
        (f"/m/{MODEL}/invocations", {"inputs": {"dep_delay": [5.0], "distance": [1000], "carrier": ["UA"]}}, 200),
        (f"/v2/models/{MODEL}/infer", inference(600), 200),
        # A refusal.
        (f"/v2/models/{MODEL}/infer", {"inputs": []}, 422),
    ]
    for path, body, wanted in ways:
        status, _, headers = caller.post(path, body)
        assert (status, told(headers)) == (wanted, TOLD), path
    assert told(caller.infer(path="/v2/models/other/infer")[2]) == {}


def test_a_retired_model_answers_410_and_names_its_successor(ground: Ground) -> None:
    status, body, headers = ground.caller().post("/m/gone/invocations", {"inputs": {}}, Lamp_Request_Id="r1")
    assert (status, headers["Content-Type"]) == (410, "application/problem+json")
    assert body == {
        "type": "urn:lamplighter:problems/retired",
        "title": "The model was retired",
        "status": 410,
        "detail": "gone was retired on 1 Jul 2024. Reason: too old. Ask other instead: /v2/models/other",
        "instance": "/m/gone/invocations",
        "request_id": body["request_id"],
    }
    assert headers["Link"] == TOLD["Link"]
    status, body, _ = ground.caller().infer(path="/v2/models/gone/infer")
    assert (status, body["error"].startswith("The model was retired. gone was retired on")) == (410, True)
    assert ground.caller().get("/v2/models/gone")[0] == 410
    assert ground.caller().get("/v2/models/gone/ready")[0] == 410


def test_who_may_not_call_it_learns_nothing(ground: Ground) -> None:
    assert ground.caller("lmp_pat_of-a-stranger").infer(path="/v2/models/gone/infer")[0] == 401
    assert ground.caller().infer(path="/v2/models/never-there/infer")[0] == 404


def test_grpc_says_both(ground: Ground) -> None:
    def ask(model: str) -> Any:
        wanted = inference(1)
        message = MESSAGES["ModelInferRequest"](model_name=model)
        for one in wanted["inputs"]:
            tensor = message.inputs.add(name=one["name"], datatype=one["datatype"], shape=one["shape"])
            kind = {"FP64": "fp64_contents", "INT64": "int64_contents", "BYTES": "bytes_contents"}[one["datatype"]]
            data = [text.encode() if isinstance(text, str) else text for text in one["data"]]
            getattr(tensor.contents, kind).extend(data)
        with grpc.insecure_channel(f"127.0.0.1:{ground.grpc_port}") as channel:
            call = channel.unary_unary("/inference.GRPCInferenceService/ModelInfer")
            metadata = (("authorization", f"Bearer {TOKEN}"),)
            return call.with_call(message.SerializeToString(), metadata=metadata, timeout=20, wait_for_ready=True)

    _, seen = ask(MODEL)
    metadata = dict(seen.initial_metadata())
    assert {name: metadata[name.lower()] for name in TOLD} == TOLD
    with pytest.raises(grpc.RpcError) as refusal:
        ask("gone")
    assert refusal.value.code() is grpc.StatusCode.NOT_FOUND
    assert "Ask other instead" in refusal.value.details()


def test_a_model_goes_and_comes_back_with_its_route_and_a_restart_forgets_nothing(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    route = ModelRoute(model=MODEL, champion=ground.version(7), outage=Outage(answer=Fallback.CONSTANT, value=0.25))
    ground.route(route)
    with ground.serving():
        until(lambda: ground.adopted(1))
        assert ground.caller().infer()[0] == 200
        gone = msgspec.structs.replace(GONE, model=MODEL)
        replace(ground.directory / "route.json", canonical(Route(environment="prod", revision=2, gone=(gone,))))
        until(lambda: ground.adopted(2))
        assert ground.caller().infer()[0] == 410
        (report,) = ground.reports()
        os.kill(report.pid, signal.SIGKILL)
        until(lambda: ground.adopted(2) and ground.reports()[0].pid != report.pid)
        assert ground.caller().infer()[0] == 410
        replace(ground.directory / "route.json", canonical(Route(environment="prod", revision=3, models=(route,))))
        until(lambda: ground.adopted(3))
        assert ground.caller().infer()[0] == 200


def test_a_process_of_an_earlier_release_reads_the_route() -> None:
    """Fields that it does not know are ignored, so nothing that answers stops."""
    written = json.loads(canonical(Route(environment="prod", revision=1, gone=(GONE,))))
    assert msgspec.convert({**written, "unknown": 1}, Route).gone == (GONE,)
