"""Whatever becomes of the receiver and of the process that exports, callers are answered, and what is lost is counted."""

import http.server
import os
import re
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.ports import free_port
from tests.serving.groundwork import MODEL, Ground, until
from tests.serving.telemetry import receiver as otlp
from tests.serving.telemetry.receiver import Receiver, receiving
from tests.serving.telemetry.test_traces import ROWS, environ

from lamplighter.domain.route import ModelRoute

TRACE = "0af7651916cd43dd8448eb211c80319c"
SAMPLED = f"00-{TRACE}-b7ad6b7169203331-01"
#: More than a socket and the small queue hold together.
REQUESTS = 1500
SMALL = {"OTEL_BSP_MAX_QUEUE_SIZE": "100", "OTEL_EXPORTER_OTLP_HEADERS": "authorization=hunter2, not a header hunter2"}


@contextmanager
def exporting(tmp_path: Path, address: str, **further: str) -> Iterator[Ground]:
    ground = Ground(tmp_path)
    revision = ground.route(ModelRoute(model=MODEL, champion=ground.version(1)))
    with ground.serving(env=environ(address, **further)):
        until(lambda: ground.adopted(revision))
        yield ground


def ask(ground: Ground, requests: int) -> None:
    """Sampled requests, all answered as if nobody traced them, and written down."""
    before = len(ground.scored())

    def some() -> None:
        caller = ground.caller()
        for _ in range(requests // 4):
            status, body, headers = caller.post(f"/m/{MODEL}", ROWS, traceparent=SAMPLED)
            answers.append((status, body["rows"][0]["score"], headers["traceparent"], headers["Lamp-Durability"]))

    answers: list[tuple[int, float, str, str]] = []
    threads = [threading.Thread(target=some, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert len(answers) == requests
    assert set(answers) == {(200, 16.0, SAMPLED, "durable")}
    assert len(ground.scored()) - before == requests


def spans(ground: Ground) -> dict[str, int]:
    """What /metrics says of them, by outcome."""
    page = ground.caller().get("/metrics")[1].decode()
    return {name: int(count) for name, count in re.findall(r'lamp_spans_total\{env="prod",outcome="(\w+)"\} (\d+)', page)}


def log_of(ground: Ground) -> str:
    return (ground.directory / "serving.log").read_text()


FAULTS: dict[str, Callable[[http.server.BaseHTTPRequestHandler], None]] = {
    "hangs": otlp.hangs,
    "trickles": otlp.trickles,
    "fails": otlp.fails,
    "talks": otlp.talks_without_end,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_receiver_that_misbehaves_changes_nothing_for_callers(tmp_path: Path, fault: str) -> None:
    with receiving() as (receiver, address):
        receiver.misbehave = FAULTS[fault]
        with exporting(tmp_path, address, **SMALL) as ground:
            ask(ground, REQUESTS)
            until(lambda: receiver.requests > 0)
            if fault in ("hangs", "trickles"):
                until(lambda: spans(ground).get("dropped", 0) > 0)
            if fault == "talks":
                until(lambda: (found := spans(ground)).get("exported", 0) > 0 and sum(found.values()) == REQUESTS)
            if fault == "fails":
                until(lambda: sum(spans(ground).values()) == REQUESTS)
                assert spans(ground)["exported"] == 0
                assert "the receiver of OpenTelemetry takes no spans, it answers 500" in log_of(ground)
            ask(ground, 40)
        assert "hunter2" not in log_of(ground)


def test_a_receiver_that_is_not_there_loses_spans_until_it_is(tmp_path: Path) -> None:
    port = free_port()
    # A reading takes two tries of a connection; nobody listens.
    with exporting(tmp_path, f"http://127.0.0.1:{port}", **SMALL, OTEL_EXPORTER_OTLP_TIMEOUT="1") as ground:
        ask(ground, REQUESTS)
        until(lambda: (found := spans(ground)).get("refused", 0) > 0 and sum(found.values()) == REQUESTS)
        assert log_of(ground).count("takes no spans, it does not answer") == 1
        with receiving(port) as (receiver, _):
            until(lambda: asked(ground, receiver) and spans(ground)["exported"] > 0)
            until(lambda: "takes spans again" in log_of(ground))


def asked(ground: Ground, receiver: Receiver) -> bool:
    """Ask once more; whether a span has come."""
    ask(ground, 4)
    return bool(receiver.named(TRACE))


def test_a_process_that_exports_is_replaced_and_nobody_waits_for_it(tmp_path: Path) -> None:
    with receiving() as (receiver, address), exporting(tmp_path, address) as ground:
        for turn in range(1, 4):
            until(lambda turn=turn: len(exporters(ground)) == turn)  # type: ignore[misc]
            seen = len(receiver.spans)
            until(lambda seen=seen: asked(ground, receiver) and len(receiver.spans) > seen)  # type: ignore[misc]
            os.kill(exporters(ground)[-1], signal.SIGKILL if turn < 3 else signal.SIGSTOP)
            ask(ground, 40 if turn < 3 else REQUESTS)


def exporters(ground: Ground) -> list[int]:
    """Process ids of all that have begun."""
    return [int(pid) for pid in re.findall(r"the exporter of OpenTelemetry runs, pid (\d+)", log_of(ground))]


def test_the_last_spans_are_sent_when_the_group_ends(tmp_path: Path) -> None:
    with receiving() as (receiver, address):
        with exporting(tmp_path, address, OTEL_BSP_SCHEDULE_DELAY="60000", OTEL_METRIC_EXPORT_INTERVAL="60000") as ground:
            ask(ground, 40)
            assert receiver.requests == 0
        assert len(receiver.named(TRACE)) == 40
        assert [one.point.count for one in receiver.points.values()] == [40]


def test_variables_that_cannot_be_used_are_told_and_serving_goes_on(tmp_path: Path) -> None:
    with receiving() as (_, address):
        with exporting(tmp_path, address, OTEL_BSP_SCHEDULE_DELAY="0") as ground:
            until(lambda: "nothing is exported, ValueError" in log_of(ground))
            ask(ground, REQUESTS)
        assert log_of(ground).count("nothing is exported") == 1


def children(parent: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


@pytest.mark.parametrize(
    "told",
    [
        {"OTEL_EXPORTER_OTLP_ENDPOINT": ""},
        {"OTEL_SDK_DISABLED": "TRUE"},
        {"OTEL_TRACES_EXPORTER": "none", "OTEL_METRICS_EXPORTER": "none"},
        {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
    ],
    ids=str,
)
def test_nothing_runs_where_nothing_is_exported(tmp_path: Path, told: dict[str, str]) -> None:
    with receiving() as (receiver, address):
        ground = Ground(tmp_path)
        ground.route(ModelRoute(model=MODEL, champion=ground.version(1)))
        with ground.serving(2, env=environ(address) | told) as group:
            until(lambda: ground.adopted(1, 2))
            ask(ground, 40)
            assert sorted(children(group.pid)) == sorted(report.pid for report in ground.reports())
            assert spans(ground) == {}
        assert (receiver.requests, exporters(ground)) == (0, [])
        assert log_of(ground).count("Nothing is exported.") == ("OTEL_EXPORTER_OTLP_PROTOCOL" in told)


def test_without_the_extra_serving_says_so_once_and_goes_on(tmp_path: Path) -> None:
    shadow = tmp_path / "shadow" / "opentelemetry"
    shadow.mkdir(parents=True)
    (shadow / "__init__.py").write_text("")
    with receiving() as (_, address), exporting(tmp_path / "ground", address, PYTHONPATH=str(shadow.parent)) as ground:
        ask(ground, 40)
        assert exporters(ground) == []
    assert log_of(ground).count("lamplighter[otel] is not installed. Nothing is exported.") == 1


def test_one_signal_alone(tmp_path: Path) -> None:
    with receiving() as (receiver, address):
        with exporting(tmp_path / "traces", address, OTEL_METRICS_EXPORTER="none") as ground:
            ask(ground, 40)
            until(lambda: len(receiver.spans) == 40)
        assert receiver.points == {}
        alone = {"OTEL_EXPORTER_OTLP_ENDPOINT": "", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": f"{address}/v1/metrics"}
        with exporting(tmp_path / "metrics", address, **alone) as ground:
            ask(ground, 40)
            until(lambda: [one.point.count for one in receiver.points.values()] == [40])
        assert len(receiver.spans) == 40


def listening(port: int) -> set[str]:
    """The sockets that listen there, as links of descriptors show them."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {f"socket:[{row[9]}]" for row in rows if row[1] == f"0100007F:{port:04X}" and row[3] == "0A"}


def test_a_process_that_exports_holds_neither_the_port_nor_the_end_of_its_group(tmp_path: Path) -> None:
    with receiving() as (receiver, address):
        receiver.misbehave = otlp.hangs
        with exporting(tmp_path, address) as ground:
            ask(ground, 40)
            until(lambda: receiver.requests > 0)
            (exporter,) = exporters(ground)
            held = {str(descriptor.readlink()) for descriptor in Path(f"/proc/{exporter}/fd").iterdir()}
            assert len(listening(ground.port)) == 1
            assert held.isdisjoint(listening(ground.port))
        assert not Path(f"/proc/{exporter}").exists()
