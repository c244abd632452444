"""One trace from the caller to the prediction: a client with the SDK of OpenTelemetry, a real group, a receiver."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import grpc  # type: ignore[import-untyped]
import pytest
from opentelemetry import propagate
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.semconv._incubating.attributes import deployment_attributes, feature_flag_attributes, rpc_attributes
from opentelemetry.semconv.attributes import error_attributes, http_attributes, service_attributes, url_attributes
from opentelemetry.semconv.schemas import Schemas
from opentelemetry.trace import SpanKind
from tests.ports import free_port
from tests.serving.groundwork import MODEL, Caller, Ground, until
from tests.serving.telemetry.receiver import CLIENT, ERROR, INTERNAL, SERVER, UNSET, Receiver, Seen, receiving
from tests.serving.test_rpc import SERVICE, TOKENED, WRONG
from tests.serving.test_rpc import request as message

from lamplighter import __version__
from lamplighter.domain.route import ModelRoute

#: Short waits between exports, as an operator may set them.
QUICKLY = {"OTEL_BSP_SCHEDULE_DELAY": "50", "OTEL_METRIC_EXPORT_INTERVAL": "100"}
ROWS = {"rows": [{"dep_delay": 5.0, "distance": 1000, "carrier": "UA"}]}
#: What every span of a prediction over HTTP says.
COMMON: dict[str, Any] = {"http.request.method": "POST", "url.scheme": "http"}
FLAG = {"feature_flag.key": MODEL, "feature_flag.result.variant": "champion", "feature_flag.result.value": f"{MODEL}@7"}


class Scene(NamedTuple):
    """A group that exports, who receives, and an application whose requests are traced."""

    ground: Ground
    receiver: Receiver
    provider: TracerProvider

    @contextmanager
    def asking(self, headers: dict[str, str]) -> Iterator[str]:
        """A span of the application, whose `traceparent` goes into the headers; its trace."""
        tracer = self.provider.get_tracer("application")
        with tracer.start_as_current_span("order", kind=SpanKind.CLIENT) as span:
            propagate.inject(headers)
            yield f"{span.get_span_context().trace_id:032x}"

    def whole(self, trace: str, spans: int = 2) -> list[Seen]:
        """All spans of a trace, once they have come."""
        until(lambda: len(self.receiver.named(trace)) == spans)
        return self.receiver.named(trace)

    def post(self, caller: Caller, path: str, body: Any, **headers: str) -> tuple[int, Any, Any, list[Seen]]:
        """A traced request: status, body, headers of the answer, and the spans of the trace."""
        with self.asking(headers) as trace:
            status, answer, given = caller.post(path, body, **headers)
        assert given["traceparent"] == headers["traceparent"]
        return status, answer, given, self.whole(trace)


def environ(address: str, **further: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    return {**kept, **QUICKLY, "OTEL_EXPORTER_OTLP_ENDPOINT": address, **further}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    ground = Ground(tmp_path_factory.mktemp("telemetry"))
    ground.grpc_port = free_port()
    route = ModelRoute(model=MODEL, champion=ground.version(7), challenger=ground.version(8, 100.0))
    shadowed = ModelRoute(
        model="shadowed", champion=ground.version(1, model="shadowed"), shadow=ground.version(2, 5.0, model="shadowed")
    )
    one, two = (ground.version(number, model="split") for number in (1, 2))
    split = ModelRoute(model="split", champion=one, challenger=two, share=1.0)
    revision = ground.route(route, shadowed, split)
    told = {
        "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=wrong,service.namespace=flights,team=a%20b",
        "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20hunter2",
    }
    with receiving() as (receiver, address), ground.serving(2, env=environ(address, **told)):
        until(lambda: ground.adopted(revision, 2))
        provider = TracerProvider(resource=Resource.create({"service.name": "orders"}), shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(f"{address}/v1/traces")))
        yield Scene(ground, receiver, provider)
        provider.shutdown()


def linked(spans: list[Seen]) -> Seen:
    """The span of the server, which follows from that of the application."""
    client, server = spans
    assert (client.span.kind, server.span.kind) == (CLIENT, SERVER)
    assert server.span.parent_span_id == client.span.span_id
    assert server.span.span_id not in (b"", client.span.span_id)
    assert client.span.start_time_unix_nano <= server.span.start_time_unix_nano < server.span.end_time_unix_nano
    assert server.span.end_time_unix_nano <= client.span.end_time_unix_nano
    return server


def response(headers: Any, prefix: str = "http.response.header") -> dict[str, list[str]]:
    """The attributes that our own headers of an answer become."""
    return {f"{prefix}.{name.lower()}": [value] for name, value in headers.items() if name.lower().startswith("lamp-")}


@pytest.mark.parametrize(
    ("path", "key", "route"),
    [
        (f"/m/{MODEL}", "rows", "/m/{model}"),
        (f"/m/{MODEL}/invocations", "dataframe_records", "/m/{model}/invocations"),
        (f"/v1/models/{MODEL}:predict", "instances", "/v1/models/{model}:predict"),
    ],
)
def test_both_ways_give_one_trace_from_the_caller_to_the_prediction(scene: Scene, path: str, key: str, route: str) -> None:
    caller = scene.ground.caller()
    for way in ("", "", "", "identity"):
        status, _, headers, spans = scene.post(caller, path, {key: ROWS["rows"]}, Content_Encoding=way)
        server = linked(spans)
        expected = COMMON | FLAG | {"http.route": route, "http.response.status_code": 200, "url.path": path}
        assert (status, server.span.name) == (200, f"POST {route}")
        assert server.attributes == expected | response(headers)
        assert (server.span.status.code, server.schema) == (UNSET, Schemas.V1_44_0.value)
        (record,) = [one for one in scene.ground.scored() if one.request == headers["Lamp-Prediction-Id"]]
        assert record.trace == server.span.trace_id.hex()


def test_the_resource_says_who_answers_and_where(scene: Scene) -> None:
    *_, spans = scene.post(scene.ground.caller(), f"/m/{MODEL}", ROWS)
    resource = dict(spans[1].resource)
    assert resource.pop("service.instance.id")
    assert {name: value for name, value in resource.items() if not name.startswith("telemetry.")} == {
        "service.name": "lamplighter",
        "service.version": __version__,
        "service.namespace": "flights",
        "deployment.environment.name": "prod",
        "team": "a b",
    }
    assert "Bearer hunter2" in [headers.get("authorization") for headers in scene.receiver.headers]


@pytest.mark.parametrize("below", ["", f"/m/{MODEL}"])
def test_a_challenger_is_another_variant_of_the_model(scene: Scene, below: str) -> None:
    body = {"inputs": [{"name": "distance", "shape": [1], "datatype": "INT64", "data": [1000]}]}
    body["inputs"] += [{"name": name, "shape": [1], "datatype": kind, "data": [None]} for name, kind in KINDS]
    path = f"{below}/v2/models/{MODEL}/versions/8/infer"
    status, _, headers, spans = scene.post(scene.ground.caller(), path, body)
    route = f"{'/m/{model}' if below else ''}/v2/models/{{model}}/versions/{{number}}/infer"
    flag = {**FLAG, "feature_flag.result.variant": "challenger", "feature_flag.result.value": f"{MODEL}@8"}
    expected = COMMON | flag | {"http.route": route, "http.response.status_code": 200, "url.path": path}
    assert (status, linked(spans).attributes) == (200, expected | response(headers))


KINDS = (("dep_delay", "FP64"), ("carrier", "BYTES"))


def test_a_challenger_that_was_drawn_is_seen_on_both_ways(scene: Scene) -> None:
    caller = scene.ground.caller()
    for way in ("", "", "", "identity"):
        *_, spans = scene.post(caller, "/m/split", ROWS, Content_Encoding=way)
        flag = {name: value for name, value in linked(spans).attributes.items() if name.startswith("feature_flag.")}
        assert flag == {
            "feature_flag.key": "split", "feature_flag.result.variant": "challenger", "feature_flag.result.value": "split@2"
        }  # fmt: skip


def test_a_shadow_is_a_child_of_the_answer_that_it_follows(scene: Scene) -> None:
    headers: dict[str, str] = {}
    with scene.asking(headers) as trace:
        assert scene.ground.caller().post("/m/shadowed", ROWS, **headers)[0] == 200
    client, server, shadow = scene.whole(trace, 3)
    linked([client, server])
    assert (shadow.span.name, shadow.span.kind, shadow.span.parent_span_id) == ("shadow", INTERNAL, server.span.span_id)
    flag = {"feature_flag.key": "shadowed", "feature_flag.result.variant": "shadow", "feature_flag.result.value": "shadowed@2"}
    assert shadow.attributes == flag
    assert server.span.end_time_unix_nano < shadow.span.end_time_unix_nano


def test_a_refusal_has_a_span_too_and_no_arm(scene: Scene) -> None:
    wrong = {"rows": [{"distance": "hunter2"}]}
    for path, status in ((f"/m/{MODEL}", 422), ("/m/nothing-here", 404)):
        found, _, headers, spans = scene.post(scene.ground.caller(), path, wrong)
        expected = COMMON | {"http.route": "/m/{model}", "http.response.status_code": status, "url.path": path}
        assert (found, linked(spans).attributes) == (status, expected | response(headers))
        assert "hunter2" not in str(spans)


def test_over_grpc_the_trace_is_one_too(scene: Scene) -> None:
    method = "inference.GRPCInferenceService/ModelInfer"
    for asked, code in ((message(), "OK"), (WRONG[0], "INVALID_ARGUMENT")):
        headers: dict[str, str] = {}
        with scene.asking(headers) as trace, grpc.insecure_channel(f"127.0.0.1:{scene.ground.grpc_port}") as channel:
            call = channel.unary_unary(SERVICE + "ModelInfer")
            try:
                _, answer = call.with_call(
                    asked.SerializeToString(), metadata=(*TOKENED, *headers.items()), timeout=20, wait_for_ready=True
                )
                given = dict(answer.initial_metadata())
            except grpc.RpcError as refused:
                given = dict(refused.trailing_metadata())
        assert given["traceparent"] == headers["traceparent"]
        server = linked(scene.whole(trace))
        expected = {"rpc.system.name": "grpc", "rpc.method": method, "rpc.response.status_code": code}
        assert (server.span.name, server.span.status.code) == (method, UNSET)
        assert server.attributes == expected | (FLAG if code == "OK" else {}) | response(given, "rpc.response.metadata")


def test_no_span_comes_of_callers_that_want_none_and_of_strangers(scene: Scene) -> None:
    caller, stranger, trace = scene.ground.caller(), scene.ground.caller("other"), "0af7651916cd43dd8448eb211c80319c"
    for flags in ("00", "02", "0a"):
        for way in ("", "", "identity"):
            parent = f"00-{trace}-b7ad6b7169203331-{flags}"
            assert caller.post(f"/m/{MODEL}", ROWS, traceparent=parent, Content_Encoding=way)[2]["traceparent"] == parent
    assert stranger.post(f"/m/{MODEL}", ROWS, traceparent=f"00-{trace}-b7ad6b7169203331-01")[0] == 401
    assert caller.get("/v2/models", traceparent=f"00-{trace}-b7ad6b7169203331-01")[0] == 200
    # What came later is there, so that what came before would be.
    scene.post(caller, f"/m/{MODEL}", ROWS)
    scene.post(caller, f"/m/{MODEL}", ROWS, Content_Encoding="identity")
    assert scene.receiver.named(trace) == []


def test_durations_arrive_as_histograms_of_the_conventions(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.grpc_port = free_port()
    revision = ground.route(ModelRoute(model=MODEL, champion=ground.version(7), challenger=ground.version(8)))
    with receiving() as (receiver, address), ground.serving(2, env=environ(address, OTEL_SERVICE_NAME="scores")):
        until(lambda: ground.adopted(revision, 2))
        for _ in range(4):
            caller = ground.caller()
            for _ in range(6):
                assert caller.post(f"/m/{MODEL}", ROWS)[0] == 200
            assert caller.post(f"/m/{MODEL}", {"rows": []})[0] == 422
            assert caller.infer(path=f"/v2/models/{MODEL}/versions/8/infer")[0] == 200
            # A model that is not there is no label, and a question about a model is no prediction.
            assert caller.post("/m/nothing-here", ROWS)[0] == 404
            assert caller.get(f"/m/{MODEL}/ping")[0] == 200
        with grpc.insecure_channel(f"127.0.0.1:{ground.grpc_port}") as channel:
            call = channel.unary_unary(SERVICE + "ModelInfer")
            for _ in range(3):
                call(message().SerializeToString(), metadata=TOKENED, timeout=20, wait_for_ready=True)
        flags: dict[str, Any] = {"feature_flag.key": MODEL, "feature_flag.result.variant": "champion"}
        wanted = [
            (
                "http.server.request.duration",
                COMMON | flags | {"http.route": "/m/{model}", "http.response.status_code": 200},
                24,
            ),
            ("http.server.request.duration", COMMON | {"http.route": "/m/{model}", "http.response.status_code": 422}, 4),
            (
                "http.server.request.duration",
                COMMON
                | {**flags, "feature_flag.result.variant": "challenger"}
                | {"http.route": "/v2/models/{model}/versions/{number}/infer", "http.response.status_code": 200},
                4,
            ),
            (
                "rpc.server.call.duration",
                flags
                | {
                    "rpc.system.name": "grpc",
                    "rpc.method": SERVICE.strip("/") + "/ModelInfer",
                    "rpc.response.status_code": "OK",
                },
                3,
            ),
        ]
        keys = {(name, tuple(sorted(attributes.items()))): count for name, attributes, count in wanted}
        until(lambda: {key: one.point.count for key, one in receiver.points.items()} == keys)
        for one in receiver.points.values():
            assert (one.unit, list(one.point.explicit_bounds)) == ("s", BOUNDS)
            assert sum(one.point.bucket_counts) == one.point.count
            assert 0 <= one.point.sum < 60
            assert one.resource["service.name"] == "scores"
    assert receiver.spans == []


#: As the conventions advise.
BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0]


def test_nothing_that_may_be_secret_is_written_down(scene: Scene) -> None:
    scene.post(scene.ground.caller(), f"/m/{MODEL}", ROWS)
    written = [path for path in scene.ground.directory.rglob("*") if path.is_file()]
    assert [path for path in written if b"hunter2" in path.read_bytes()] == []
    page = scene.ground.caller().get("/metrics")[1].decode()
    assert "hunter2" not in page
    assert re.search(r'lamp_spans_total\{env="prod",outcome="exported"\} [1-9]', page)


def test_the_words_are_those_of_the_conventions(scene: Scene) -> None:
    said = {name for seen in scene.receiver.spans for name in seen.attributes if ".lamp-" not in name}
    modules = (http_attributes, url_attributes, error_attributes, rpc_attributes, feature_flag_attributes)
    known = {value for module in modules for name, value in vars(module).items() if name.isupper()}
    assert said <= known
    assert service_attributes.SERVICE_VERSION == "service.version"
    assert deployment_attributes.DEPLOYMENT_ENVIRONMENT_NAME == "deployment.environment.name"
    assert ERROR != UNSET
