"""What the variables of OpenTelemetry switch on, and what serving has to import for it."""

import subprocess
import sys

import pytest

from lamplighter.serving.telemetry import switch
from lamplighter.serving.telemetry.switch import hindrance, signals

AT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}
BOTH = {"TRACES", "METRICS"}


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({}, set()),
        ({"OTEL_SERVICE_NAME": "scores"}, set()),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, set()),
        (AT, BOTH),
        (AT | {"OTEL_SDK_DISABLED": "True"}, set()),
        (AT | {"OTEL_SDK_DISABLED": "false"}, BOTH),
        (AT | {"OTEL_TRACES_EXPORTER": "none"}, {"METRICS"}),
        (AT | {"OTEL_METRICS_EXPORTER": "prometheus", "OTEL_TRACES_EXPORTER": "otlp"}, {"TRACES"}),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1/v1/traces"}, {"TRACES"}),
    ],
)
def test_only_an_endpoint_switches_anything_on(environ: dict[str, str], wanted: set[str]) -> None:
    assert signals(environ) == wanted
    assert hindrance(environ) == ""


@pytest.mark.parametrize(
    ("told", "hinders"),
    [
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}, False),
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/json"}, True),
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL": "http/protobuf"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "grpc", "OTEL_TRACES_EXPORTER": "none"}, False),
    ],
)
def test_another_protocol_is_refused_with_the_reason(told: dict[str, str], hinders: bool) -> None:
    assert ("asks for another protocol than http/protobuf" in hindrance(AT | told)) is hinders
    assert hindrance(told) == ""


def test_what_is_missing_is_only_missed_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(switch, "find_spec", lambda _: None)
    assert "lamplighter[otel] is not installed" in hindrance(AT)
    assert hindrance({}) == ""


def test_a_process_that_answers_imports_nothing_of_it() -> None:
    program = (
        "import sys, lamplighter.serving.__main__, lamplighter.serving.slot, lamplighter.serving.rpc.front\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'opentelemetry', 'requests', 'urllib3'}))"
    )
    done = subprocess.run([sys.executable, "-c", program], env=AT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
