"""Predictions through a real process group: answers, refusals, what is written down."""

import gzip
import hashlib
import json
import os
import re
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest
from tests.serving.groundwork import MODEL, NEVER, TOKEN, Caller, Ground, inference, replace, until

from lamplighter.domain.record import canonical
from lamplighter.domain.route import Arm, Credential, Credentials, ModelRoute

INFER = f"/v2/models/{MODEL}/infer"
INVOKE = f"/m/{MODEL}/invocations"


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    ground = Ground(tmp_path_factory.mktemp("predictions"))
    strict = ground.version(1, model="strict")
    route = ModelRoute(model=MODEL, champion=ground.version(7), challenger=ground.version(8, 100.0))
    revision = ground.route(route, ModelRoute(model="strict", champion=strict))
    with ground.serving(2):
        until(lambda: ground.adopted(revision, 2))
        yield ground


@pytest.fixture
def caller(ground: Ground) -> Caller:
    return ground.caller()


def test_a_v2_answer_is_whole(ground: Ground, caller: Caller) -> None:
    status, body, headers = caller.infer(2, Lamp_Request_Id="order-1")
    assert status == 200
    assert body == {
        "model_name": MODEL,
        "model_version": "7",
        "id": "order-1",
        "outputs": [{"name": "late", "shape": [2], "datatype": "FP64", "data": [16.0, 16.0]}],
    }
    shown = {name: value for name, value in headers.items() if name.startswith("Lamp-")}
    assert shown == {"Lamp-Version": f"{MODEL}@7", "Lamp-Prediction-Id": "order-1", "Lamp-Durability": "durable"}


def test_the_record_is_in_the_log_when_the_answer_is_there(ground: Ground, caller: Caller) -> None:
    before = time.time_ns() // 1000
    headers = {"Lamp_Event_Time": "2013-03-01T09:30:00.25+01:00", "Lamp_Request_Id": "order-2"}
    caller.post(INVOKE, {"inputs": {"dep_delay": [None], "distance": [2000], "carrier": ["ZZ"]}}, **headers)
    record = next(record for record in ground.scored() if record.request == "order-2")
    assert (record.model, record.number, record.arm, record.consumer) == (MODEL, 7, Arm.CHAMPION, "booking")
    assert record.event_at == 1_362_126_600_250_000
    assert before <= record.at <= time.time_ns() // 1000
    assert record.columns == {"dep_delay": [None], "distance": [2000], "carrier": ["ZZ"]}
    assert (record.scores, record.rows, record.failure) == ([2.0], 1, "")


def test_every_protocol_gives_the_same_scores(caller: Caller) -> None:
    rows = [{"dep_delay": 5.0, "distance": 1000, "carrier": "UA"}, {"dep_delay": None, "distance": 0, "carrier": None}]
    assert caller.post(INVOKE, {"dataframe_records": rows})[1] == {"predictions": [16.0, 0.0]}
    assert caller.post(f"/v1/models/{MODEL}:predict", {"instances": rows})[1] == {"predictions": [16.0, 0.0]}
    for path in (INFER, f"/m/{MODEL}{INFER}", f"/v2/models/{MODEL}/versions/7/infer"):
        assert caller.infer(path=path)[1]["outputs"][0]["data"] == [16.0], path


def test_ids_are_made_in_the_order_of_time_or_taken_from_the_caller(caller: Caller) -> None:
    made = [caller.infer()[1]["id"] for _ in range(50)]
    assert made == sorted(set(made))
    assert all(re.fullmatch("[0-9a-f]{30}", one) for one in made)
    assert caller.post(INFER, inference(id="from-body"))[2]["Lamp-Prediction-Id"] == "from-body"
    assert caller.post(INFER, inference(id=""))[1]["id"] > made[-1]


def test_a_named_version_answers_itself_or_not_at_all(caller: Caller) -> None:
    status, body, headers = caller.infer(path=f"/v2/models/{MODEL}/versions/8/infer")
    assert (status, body["outputs"][0]["data"], headers["Lamp-Version"]) == (200, [116.0], f"{MODEL}@8")
    assert caller.infer(path=f"/v2/models/{MODEL}/versions/9/infer")[0] == 404


def test_binary_tensors_go_both_ways(caller: Caller) -> None:
    import struct

    raw = struct.pack("<d", 5.0) + struct.pack("<q", 1000) + struct.pack("<I", 2) + b"UA"
    sizes = {"dep_delay": ("FP64", 8), "distance": ("INT64", 8), "carrier": ("BYTES", 6)}
    inputs = [
        {"name": name, "shape": [1, 1], "datatype": datatype, "parameters": {"binary_data_size": size}}
        for name, (datatype, size) in sizes.items()
    ]
    outputs = [{"name": "late", "parameters": {"binary_data": True}}]
    head = json.dumps({"inputs": inputs, "outputs": outputs}).encode()
    lines = {"Inference_Header_Content_Length": str(len(head)), "Content_Type": "application/octet-stream"}
    status, body, headers = caller.post(INFER, head + raw, **lines)
    assert status == 200
    assert struct.unpack("<d", body[int(headers["Inference-Header-Content-Length"]) :]) == (16.0,)


#: What is sent to `/invocations`, the status, the slug, and the problems found as (pointer, code, expected, got_type).
WRONG: list[tuple[Any, int, str, list[tuple[str, str, str, str]]]] = [
    (
        {"dep_delay": ["1"], "distance": [1.5], "carrier": [True]},
        422,
        "schema-violation",
        [
            ("/rows/0/dep_delay", "type", "number", "string"),
            ("/rows/0/distance", "type", "integer", "number"),
            ("/rows/0/carrier", "type", "text", "boolean"),
        ],
    ),
    (
        {"dep_delay": [True], "distance": [1], "carrier": [None]},
        422,
        "schema-violation",
        [("/rows/0/dep_delay", "type", "number", "boolean")],
    ),
    ({"distance": [1], "carrier": [None]}, 422, "schema-violation", [("/columns/dep_delay", "missing", "number", "absent")]),
    (
        {"dep_delay": [1], "distance": [1], "carrier": [None], "secret-name": [1]},
        422,
        "schema-violation",
        [("/columns", "extra", "no other column", "column")],
    ),
    (
        {"dep_delay": [1, 2], "distance": [1, None], "carrier": [None, None]},
        422,
        "schema-violation",
        [("/rows/1/distance", "null", "integer", "null")],
    ),
    (
        {"dep_delay": [1], "distance": [2**64], "carrier": [None]},
        422,
        "out-of-range",
        [("/rows/0/distance", "out-of-range", "integer", "integer")],
    ),
    (
        {"dep_delay": [1], "distance": [1], "carrier": ["a\x00"]},
        422,
        "invalid-string",
        [("/rows/0/carrier", "invalid-string", "text", "string")],
    ),
    (
        {"dep_delay": [[1]] * 2, "distance": [1, 1], "carrier": ["a", {"b": 1}]},
        422,
        "schema-violation",
        [("/rows/1/carrier", "type", "text", "object")],
    ),
]


@pytest.mark.parametrize(("columns", "status", "slug", "problems"), WRONG)
def test_wrong_rows_are_named_without_their_values(
    caller: Caller, columns: Any, status: int, slug: str, problems: list[tuple[str, str, str, str]]
) -> None:
    got, body, headers = caller.post(INVOKE, {"inputs": columns}, Lamp_Request_Id="wrong-1")
    assert (got, body["status"], body["type"].rpartition("/")[2], body["instance"]) == (status, status, slug, INVOKE)
    assert [(one["pointer"], one["code"], one["expected"], one["got_type"]) for one in body["errors"]] == problems
    assert (body["request_id"], headers["Lamp-Request-Id"]) == ("wrong-1", "wrong-1")
    assert (headers["Content-Type"], headers["Cache-Control"]) == ("application/problem+json", "no-store")
    assert "secret-name" not in json.dumps(body)


#: Path, body, header, status, slug.
REFUSED: list[tuple[str, bytes, dict[str, str], int, str]] = [
    (INVOKE, b'{"inputs": {"a": [NaN]}}', {}, 400, "malformed-json"),
    (INVOKE, b'{"inputs": {"a": [1], "a": [1]}}', {}, 400, "duplicate-key"),
    (INVOKE, b"[" * 65 + b"]" * 65, {}, 400, "too-deep"),
    (INVOKE, b"a,b\n1,2", {"Content_Type": "text/html"}, 415, "unsupported-media-type"),
    (INVOKE, b"{}", {"Content_Encoding": "br"}, 415, "unsupported-media-type"),
    (INVOKE, b"{}", {"Content_Encoding": "gzip"}, 400, "malformed-encoding"),
    (INVOKE, gzip.compress(b" " * 2_000_000), {"Content_Encoding": "gzip"}, 413, "too-large"),
    (INVOKE, b"{}", {"Content_Type": ""}, 415, "unsupported-media-type"),
    (INVOKE, b"{}", {"Accept": "text/html"}, 406, "not-acceptable"),
    (INVOKE, b"{}", {"Accept": "text/html, application/json;q=0"}, 406, "not-acceptable"),
    (INVOKE, b"{}", {"Lamp_Request_Id": "../etc"}, 422, "invalid-name"),
    (INVOKE, b"{}", {"Lamp_Request_Id": "x" * 65}, 422, "invalid-name"),
    (INVOKE, b"{}", {"Lamp_Event_Time": "yesterday"}, 400, "malformed-header"),
    (INVOKE, b"{}", {"Lamp_Event_Time": "2013-03-01T09:30:00"}, 400, "malformed-header"),
    (INVOKE, b"{}", {"Lamp_Event_Time": "2013-13-01T09:30:00Z"}, 400, "malformed-header"),
    (INVOKE, b"{}", {"Lamp_Key": "x" * 257}, 400, "malformed-header"),
    ("/m/nobody/invocations", b"{}", {}, 404, "not-found"),
    ("/m/late-flights/predict", b"{}", {}, 404, "not-found"),
    ("/m/late-flights/v2/models/strict/infer", b"{}", {}, 404, "not-found"),
    ("/v2/models/LATE/infer", b"{}", {}, 404, "not-found"),
    (f"/v2/models/{MODEL}/versions/07/infer", b"{}", {}, 404, "not-found"),
    ("/livez", b"{}", {}, 405, "method-not-allowed"),
]


@pytest.mark.parametrize(("path", "body", "headers", "status", "slug"), REFUSED)
def test_every_refusal_has_its_status_and_its_form(
    caller: Caller, path: str, body: bytes, headers: dict[str, str], status: int, slug: str
) -> None:
    got, answer, _ = caller.post(path, body, **headers)
    assert got == status
    if "/v2/" in path:
        assert list(answer) == ["error"]
    else:
        assert answer["type"].endswith(f"/{slug}")
    assert caller.infer()[0] == 200


def test_a_value_beyond_its_datatype_is_refused_with_the_range(caller: Caller) -> None:
    body = inference()
    body["inputs"][1] |= {"datatype": "INT8"}
    status, answer, _ = caller.post(INFER, body)
    assert (status, answer) == (
        422,
        {
            "error": "A number is out of range. INT8 takes whole numbers from -128 to 127. "
            "Send these, or a datatype that is wide enough. (/inputs/distance/data out-of-range)"
        },
    )


def test_v2_refusals_are_one_sentence_that_names_places(caller: Caller) -> None:
    body = inference()
    body["inputs"][1]["data"] = [1.25]
    status, answer, _ = caller.post(INFER, body)
    assert status == 422
    assert answer == {
        "error": "Input does not match the contract. 1 thing is wrong. "
        "Compare with the contract of late-flights@7. (/rows/0/distance type)"
    }
    assert caller.post(INFER, inference(id="a b"))[0] == 422


def test_the_allowed_method_is_named(caller: Caller) -> None:
    status, _, headers = caller.get(INVOKE)
    assert (status, headers["Allow"]) == (405, "POST")


def test_strangers_learn_nothing(ground: Ground) -> None:
    for token in ("", "wrong", TOKEN + "x"):
        stranger = ground.caller(token)
        for path in (INVOKE, "/m/nobody/invocations", "/no/such/path"):
            status, body, headers = stranger.post(path, b"{}")
            assert (status, headers["WWW-Authenticate"]) == (401, 'Bearer realm="lamplighter"')
            assert body["type"].endswith("/unauthenticated")
        assert stranger.get(f"/v2/models/{MODEL}")[0] == 401
        assert [stranger.get(path)[0] for path in ("/livez", "/readyz", "/v2/health/live", "/v2/health/ready")] == [200] * 4


def test_a_token_counts_until_it_expires_and_for_its_models(ground: Ground) -> None:
    def credential(token: str, *models: str, expires_at: int = NEVER) -> Credential:
        digest = hashlib.sha256(token.encode()).hexdigest()
        return Credential(token_digest=digest, holder=token, models=models, expires_at=expires_at)

    soon = time.time_ns() // 1000 + 1_500_000
    tokens = (
        credential(TOKEN),
        credential("narrow", MODEL),
        credential("brief", expires_at=soon),
        credential("late", expires_at=1),
    )
    replace(ground.directory / "credentials.json", canonical(Credentials(tokens=tokens)))
    narrow, brief = ground.caller("narrow"), ground.caller("brief")
    until(lambda: all(ground.caller("narrow").infer()[0] == 200 for _ in range(4)))
    until(lambda: narrow.infer()[0] == 200)
    assert narrow.infer(path="/v2/models/strict/infer")[0] == 403
    assert narrow.infer(path="/v2/models/nobody/infer")[0] == 403
    assert narrow.get("/v2/models")[1] == {"models": [MODEL]}
    assert ground.caller("late").infer()[0] == 401
    assert brief.infer()[0] == 200
    until(lambda: brief.infer()[0] == 401)
    ground.admit(holder="booking")
    until(lambda: narrow.infer()[0] == 401)
    assert ground.caller().infer()[0] == 200


def test_models_describe_themselves(caller: Caller) -> None:
    status, body, headers = caller.get(f"/v2/models/{MODEL}")
    assert (status, headers["Lamp-Version"]) == (200, f"{MODEL}@7")
    assert body == {
        "name": MODEL,
        "versions": ["7", "8"],
        "platform": "lamplighter-compiled",
        "inputs": [
            {"name": "dep_delay", "datatype": "FP64", "shape": [-1]},
            {"name": "distance", "datatype": "INT64", "shape": [-1]},
            {"name": "carrier", "datatype": "BYTES", "shape": [-1]},
        ],
        "outputs": [{"name": "late", "datatype": "FP64", "shape": [-1]}],
    }
    assert caller.get(f"/v2/models/{MODEL}/versions/8")[2]["Lamp-Version"] == f"{MODEL}@8"
    assert caller.get(f"/m/{MODEL}/v2/models/{MODEL}/versions/8/ready")[1] == {"name": MODEL, "ready": True}
    assert caller.get(f"/v2/models/{MODEL}/versions/6")[0] == 404
    assert caller.get("/v2/models")[1] == caller.get("/v1/models")[1] == {"models": [MODEL, "strict"]}
    assert [row["version"] for row in caller.post("/v2/repository/index", b"{}")[1]] == ["7", "8", "1"]
    told = [
        caller.post(f"/v2/repository/models/{name}/{verb}", b"{}")[0]
        for name in (MODEL, "nobody")
        for verb in ("load", "unload")
    ]
    assert told == [200, 403, 404, 404]
    assert caller.infer()[0] == 200
    assert caller.get(f"/m/{MODEL}/ping")[:2] == caller.get(f"/m/{MODEL}/health")[:2] == (200, b"\n")
    assert caller.get("/v2")[1]["name"] == "lamplighter"


def test_a_batch_is_scored_row_by_row(caller: Caller) -> None:
    rows = [[float(row), row, None] for row in range(1000)]
    status, body, _ = caller.post(INVOKE, {"instances": rows})
    assert status == 200
    assert body["predictions"] == pytest.approx([row + row / 1000 for row in range(1000)])


def test_metrics_add_up_over_the_group(ground: Ground, caller: Caller) -> None:
    def answered() -> int:
        text = caller.get("/metrics")[1].decode()
        return sum(int(line.split()[1]) for line in text.splitlines() if re.match(r'lamp_requests_total.*code="200"', line))

    def settled() -> bool:
        return answered() == sum(1 for record in ground.scored() if not record.failure)

    until(settled)
    for _ in range(8):
        assert ground.caller().infer()[0] == 200
    until(settled)
    text = caller.get("/metrics")[1].decode()
    assert 'lamp_request_duration_seconds_bucket{model="late-flights",version="7",env="prod",arm="champion",le="+Inf"}' in text
    assert 'arm="challenger",code="502"} 0' in text
    assert "lamp_build_info{" in text


def test_answers_are_counted_by_consumer(tmp_path: Any) -> None:
    ground = Ground(tmp_path)
    revision = ground.route(ModelRoute(model=MODEL, champion=ground.version(7)))
    with ground.serving():
        until(lambda: ground.adopted(revision))
        seen = '{model="late-flights",env="prod",consumer="%s",code="%s"} %d'

        def says(*lines: tuple[str, int, int]) -> bool:
            text = ground.caller().get("/metrics")[1].decode()
            found = [line for line in text.splitlines() if line.startswith("lamp_caller_requests_total{")]
            return found == ["lamp_caller_requests_total" + seen % line for line in lines]

        for holder, wrong in (("booking", 2), ("gate-desk", 0), ("bea@example.com", 0), ("dan@example.com", 1)):
            ground.admit(holder=holder, token=f"lmp_{holder}")
            caller = ground.caller(token=f"lmp_{holder}")
            until(lambda: caller.infer()[0] == 200)  # noqa: B023 it is asked within the loop
            # The long way counts as the short one does.
            assert caller.post(INFER, inference(id="mine"))[0] == 200
            for _ in range(wrong):
                assert caller.post(INVOKE, {"instances": [["x", "y", "z"]]})[0] == 422
            assert caller.post("/v2/models/nothing/infer", inference())[0] == 404
        counts = ("booking", 200, 2), ("booking", 422, 2), ("gate-desk", 200, 2), ("other", 200, 4), ("other", 422, 1)
        assert says(*counts)
        text = ground.caller().get("/metrics")[1].decode()
        labels = 'model="late-flights",env="prod",consumer="booking"'
        assert f"lamp_caller_request_duration_seconds_count{{{labels}}} 4" in text
        # Counters of a process that is no more are not lost.
        os.kill(ground.reports()[0].pid, signal.SIGKILL)
        until(lambda: says(*counts))


def test_no_value_of_a_caller_is_in_a_report_or_a_log(ground: Ground, caller: Caller) -> None:
    mark = "hunter2-Zürich"
    caller.post(INVOKE, {"inputs": {"dep_delay": [mark], mark: [1], "distance": [1], "carrier": [mark]}})
    caller.post(INFER, inference(id=mark))
    caller.post(INVOKE, ('{"inputs": "' + mark).encode())
    seen = caller.get("/metrics")[1] + (ground.directory / "serving.log").read_bytes()
    seen += b"".join(path.read_bytes() for path in (ground.directory / "workers").iterdir() if path.suffix == ".json")
    assert b"hunter2" not in seen


def test_an_environment_without_a_route_is_alive_and_not_ready(tmp_path: Any) -> None:
    ground = Ground(tmp_path)
    with ground.serving():
        caller = ground.caller()
        assert [caller.get(path)[0] for path in ("/livez", "/readyz", "/v2/health/ready")] == [200, 503, 503]
        assert caller.infer()[0] == 404
        ground.route(ModelRoute(model=MODEL, champion=ground.version(1)))
        until(lambda: caller.get("/readyz")[0] == 200)
        assert caller.infer()[0] == 200


TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


@pytest.mark.parametrize(
    ("given", "trace"),
    [
        (PARENT, TRACE),
        (f"cc-{TRACE}-00f067aa0ba902b7-00", TRACE),
        (PARENT.upper(), ""),
        (f"ff-{TRACE}-00f067aa0ba902b7-01", ""),
        (f"00-{'0' * 32}-00f067aa0ba902b7-01", ""),
        (f"00-{TRACE}-{'0' * 16}-01", ""),
        (f"{PARENT}, {PARENT}", ""),
        ("no trace", ""),
    ],
)
def test_the_trace_of_a_caller_is_kept_and_given_back_and_what_is_none_is_passed_over(
    ground: Ground, caller: Caller, given: str, trace: str
) -> None:
    name = f"traced-{hashlib.sha256(given.encode()).hexdigest()[:8]}"
    status, _, headers = caller.infer(1, Lamp_Request_Id=name, traceparent=given)
    (record,) = [one for one in ground.scored() if one.request == name]
    assert (status, record.trace, headers.get("traceparent", "")) == (200, trace, given if trace else "")


def test_a_refusal_has_the_trace_of_its_caller_too_and_the_next_answer_has_not(ground: Ground, caller: Caller) -> None:
    for path, status in ((INVOKE, 422), ("/m/nothing-here/invocations", 404)):
        found, _, headers = caller.post(path, {"inputs": {"distance": ["far"]}}, traceparent=PARENT)
        assert (found, headers["traceparent"]) == (status, PARENT)
    assert "traceparent" not in caller.infer(1)[2]


def test_answers_are_counted_by_consumer_and_version(tmp_path: Any) -> None:
    ground = Ground(tmp_path)
    new = ground.version(8, 100.0, refuses_unknown_carriers=True)
    trial = ModelRoute(model=MODEL, champion=ground.version(7), challenger=new, share=0.5)
    revision = ground.route(trial)
    name = "lamp_caller_version_requests_total"

    def says(path: str, pattern: str) -> int:
        text = ground.caller().get(path)[1].decode()
        return sum(int(line.split()[1]) for line in text.splitlines() if re.match(pattern, line))

    def count(version: int, arm: str, consumer: str, code: int) -> int:
        labels = f'model="{MODEL}",version="{version}",env="prod",arm="{arm}",consumer="{consumer}",code="{code}"'
        return says("/metrics", re.escape(f"{name}{{{labels}}}"))

    with ground.serving():
        until(lambda: ground.adopted(revision))
        for holder, carrier in (("booking", "AA"), ("gate-desk", "ZZ")):
            ground.admit(holder=holder, token=f"lmp_{holder}")
            caller = ground.caller(token=f"lmp_{holder}")
            until(lambda: caller.get(f"/m/{MODEL}/ping")[0] == 200)  # noqa: B023 it is asked within the loop
            # Nobody is told of the failure: the live version answers. The long way has an id in its body.
            for turn in range(40):
                body = inference()
                body["inputs"][2]["data"] = [carrier]
                if turn % 2:
                    body["id"] = f"{holder}-{turn}"
                assert caller.post(INFER, body)[0] == 200
        well = count(8, "challenger", "booking", 200)
        broken = count(8, "challenger", "gate-desk", 502)
        assert 5 < well < 35
        assert 5 < broken < 35
        assert (count(8, "challenger", "gate-desk", 200), count(8, "challenger", "booking", 502)) == (0, 0)
        assert (count(7, "champion", "booking", 200), count(7, "champion", "gate-desk", 200)) == (40 - well, 40)
        # What callers were told is the same as ever.
        assert says("/metrics", r'lamp_caller_requests_total\{.*code="200"') == 80
        assert says("/metrics", r'lamp_caller_requests_total\{.*code="502"') == 0
        # A version that the route leaves is told apart no more, in the process and over its end; its answers still count.
        revision = ground.route(ModelRoute(model=MODEL, champion=trial.champion))
        until(lambda: ground.adopted(revision))
        until(lambda: says("/metrics", name + r'\{.*version="8"') == 0)
        os.kill(ground.reports()[0].pid, signal.SIGKILL)
        until(lambda: says("/metrics", r'lamp_caller_requests_total\{.*code="200"') == 80)
        assert says("/metrics", name + r'\{.*version="7".*code="200"') == 80 - well
        assert says("/metrics", name + r'\{.*version="8"') == 0
