"""Ordinary requests take a short way. Nobody can tell, except by the time."""

import contextlib
import gzip
import http.client
import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.serving.groundwork import MODEL, TOKEN, Caller, Ground, until

from lamplighter.domain.durability import Durability
from lamplighter.domain.outage import Fallback, Outage
from lamplighter.domain.prediction import Scored
from lamplighter.domain.route import Arm, ModelRoute

ROW = {"dep_delay": 5.0, "distance": 1000, "carrier": "UA"}
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
PATHS = {f"/m/{MODEL}": "rows", f"/m/{MODEL}/invocations": "dataframe_records", f"/v1/models/{MODEL}:predict": "instances"}


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    ground = Ground(tmp_path)
    revision = ground.route(ModelRoute(model=MODEL, champion=ground.version(1)))
    with ground.serving():
        until(lambda: ground.adopted(revision))
        yield ground


def twice(caller: Caller, path: str, body: Any, **headers: str) -> tuple[Any, Any]:
    """The same request until its header block is known, and then once more with a header that makes it go the long way."""
    for _ in range(3):
        short = caller.post(path, body, **headers)
    return short, caller.post(path, body, **headers, Content_Encoding="identity")


def without_ids(answer: tuple[int, Any, Any]) -> tuple[int, Any, Any]:
    """An answer but for what is another in each."""
    status, body, headers = answer
    named = {"Lamp-Prediction-Id", "Lamp-Request-Id", "Date", "Content-Length"}
    if isinstance(body, dict):
        body = {key: value for key, value in body.items() if key != "request_id"}
        body |= {"rows": [{**row, "id": ""} for row in body["rows"]]} if "rows" in body else {}
    return status, body, {name: value for name, value in headers.items() if name not in named}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("rows", [1, 40])
def test_both_ways_give_the_same_answer(ground: Ground, path: str, rows: int) -> None:
    body: Any = {PATHS[path]: [{**ROW, "dep_delay": None if row % 3 == 2 else row / 7} for row in range(rows)]}
    for headers in ({}, {"Accept_Encoding": "identity"}, {"Accept": "*/*"}, {"traceparent": TRACE, "X_Request_Id": "1"}):
        short, long = twice(ground.caller(), path, body, **headers)
        assert without_ids(short) == without_ids(long)
        assert short[0] == 200


def test_a_long_answer_is_packed_for_whoever_takes_it(ground: Ground) -> None:
    head = b"POST /m/%b HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %b\r\n" % (MODEL.encode(), TOKEN.encode())
    body = json.dumps({"rows": [ROW] * 40}).encode()
    answers = []
    with socket.create_connection(("127.0.0.1", ground.port)) as connection:
        for _ in range(3):
            connection.sendall(_request(head + b"Accept-Encoding: gzip\r\n", body))
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            answers.append((answer.headers["Content-Encoding"], len(json.loads(gzip.decompress(answer.read()))["rows"])))
    assert answers == [("gzip", 40)] * 3


@pytest.mark.parametrize("rows", [[{**ROW, "dep_delay": 5}], [ROW, {**ROW, "carrier": None}]])
def test_both_ways_leave_the_same_record(ground: Ground, rows: list[Any]) -> None:
    twice(ground.caller(), f"/m/{MODEL}", {"rows": rows}, traceparent=TRACE)
    *short, long = ground.scored()
    assert long.trace == TRACE[3:35]
    assert len({record.request for record in short}) == 3

    def kept(record: Scored) -> dict[str, Any]:
        left_out = {"request", "at", "event_at", "duration"}
        return {name: getattr(record, name) for name in Scored.__struct_fields__ if name not in left_out}

    assert [kept(record) for record in short] == [kept(long)] * 3


def test_a_caller_may_name_its_requests_on_both_ways(ground: Ground) -> None:
    caller = ground.caller()
    names = [f"order-{number}" for number in range(4)]
    ways: list[dict[str, str]] = [{}, {}, {}, {"Content_Encoding": "identity"}]
    for name, way in zip(names, ways, strict=True):
        status, answer, headers = caller.post(f"/m/{MODEL}", {"rows": [ROW]}, Lamp_Request_Id=name, **way)
        assert (status, answer["request_id"], answer["rows"][0]["id"]) == (200, name, f"{name}.0")
        assert headers["Lamp-Prediction-Id"] == name
    assert [record.request for record in ground.scored()] == names
    for name in ("", "no spaces", "x" * 65):
        assert caller.post(f"/m/{MODEL}", {"rows": [ROW]}, Lamp_Request_Id=name)[0] == (200 if name == "" else 422)


def _answered(connection: socket.socket) -> bytes:
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer.read()


def ways(ground: Ground) -> list[str]:
    """The way that each record of one row came: only the short one writes a row as it was read."""
    decoder, found = msgspec.msgpack.Decoder(), []
    for path in sorted((ground.directory / "segments").glob("*.seg")):
        content, at = path.read_bytes(), 0
        while at < len(content):
            length = int.from_bytes(content[at : at + 4], "little")
            record = decoder.decode(content[at + 8 : at + 8 + length])
            found.append("short" if record[Scored.__struct_fields__.index("row")] else "long")
            at += 8 + length
    return found


@pytest.mark.parametrize(
    "headers",
    [{}, {"Lamp_Key": "7"}, {"Lamp_Event_Time": "2013-03-01T08:00:00Z"}, {"Lamp_Request_Id": "a"}, {"traceparent": TRACE}],
)
def test_what_is_the_request_s_own_takes_the_short_way(ground: Ground, headers: dict[str, str]) -> None:
    twice(ground.caller(), f"/m/{MODEL}", {"rows": [ROW]}, **headers)
    assert ways(ground) == ["long", "short", "short", "long"]


@pytest.mark.parametrize(
    "row",
    [
        b'{"dep_delay": 5.0, "distance": 1000, "carrier": "\\u0055A"}',
        b'{"dep_delay": 0.12345678901234567890123, "distance": 1000, "carrier": "UA"}',
        b'{"carrier": "Z\xc3\xbcrich", "distance": 1000, "dep_delay": 1e300}',
    ],
)
def test_rows_that_are_not_scored_as_they_came_are_answered_beside_others(ground: Ground, row: bytes) -> None:
    caller, path, body = ground.caller(), f"/m/{MODEL}", b'{"rows": [%b]}'
    bodies = [body % json.dumps(ROW).encode(), body % row]
    head = b"POST %b HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %b\r\n" % (path.encode(), TOKEN.encode())
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(socket.create_connection(("127.0.0.1", ground.port))) for _ in range(4)]
        for _ in range(3):
            for place, connection in enumerate(connections):
                connection.sendall(_request(head, bodies[place % 2]))
            answers = [_answered(connection) for connection in connections]
    long = [caller.post(path, json.loads(one), Content_Encoding="identity")[1]["rows"][0]["score"] for one in bodies]
    assert [json.loads(answer)["rows"][0]["score"] for answer in answers] == long * 2
    assert ways(ground).count("short") >= 4


def test_when_it_happened_is_kept_on_both_ways(ground: Ground) -> None:
    short, long = twice(ground.caller(), f"/m/{MODEL}", {"rows": [ROW]}, Lamp_Event_Time="2013-03-01T08:00:00Z")
    assert without_ids(short) == without_ids(long)
    assert [record.event_at for record in ground.scored()] == [1_362_124_800_000_000] * 4


@pytest.mark.parametrize("headers", [{"Lamp_Event_Time": "yesterday"}, {"Lamp_Key": "x" * 257}])
def test_headers_that_are_wrong_are_told_on_both_ways(ground: Ground, headers: dict[str, str]) -> None:
    short, long = twice(ground.caller(), f"/m/{MODEL}", {"rows": [ROW]}, **headers)
    assert without_ids(short) == without_ids(long)
    assert short[0] == 400


def test_a_key_meets_the_same_version_on_both_ways(ground: Ground) -> None:
    one, two = ground.version(1), ground.version(2, bias=1.0)
    revision = ground.route(ModelRoute(model=MODEL, champion=one, challenger=two, share=0.5, sticky="carrier"))
    until(lambda: ground.adopted(revision))
    caller, answered = ground.caller(), []
    for number in range(20):
        short, long = twice(caller, f"/m/{MODEL}", {"rows": [ROW]}, Lamp_Key=f"customer-{number}")
        assert without_ids(short) == without_ids(long)
        answered.append(short[1]["version"])
    assert set(answered) == {1, 2}
    assert ways(ground)[-4:] == ["short", "short", "short", "long"]


def test_rows_of_several_customers_are_refused_on_both_ways(ground: Ground) -> None:
    revision = ground.route(ModelRoute(model=MODEL, champion=ground.version(1), sticky="carrier"))
    until(lambda: ground.adopted(revision))
    caller, rows = ground.caller(), [ROW, {**ROW, "carrier": "AA"}]
    short, long = twice(caller, f"/m/{MODEL}", {"rows": rows})
    assert without_ids(short) == without_ids(long)
    assert short[0] == 422
    assert twice(caller, f"/m/{MODEL}", {"rows": rows}, Lamp_Key="7")[0][0] == 200


def test_a_challenger_that_fails_on_the_short_way_is_followed_by_the_champion(ground: Ground) -> None:
    one, two = ground.version(1), ground.version(2, bias=1.0, refuses_unknown_carriers=True)
    revision = ground.route(ModelRoute(model=MODEL, champion=one, challenger=two, share=1.0))
    until(lambda: ground.adopted(revision))
    caller = ground.caller()
    known, unknown = ({"rows": [{**ROW, "carrier": carrier}]} for carrier in ("UA", "ZZ"))
    assert [caller.post(f"/m/{MODEL}", known)[1]["version"] for _ in range(3)] == [2, 2, 2]
    assert ways(ground) == ["long", "short", "short"]
    assert caller.post(f"/m/{MODEL}", unknown)[1]["version"] == 1
    records = ground.scored()
    assert [(record.arm, bool(record.failure)) for record in records[-2:]] == [(Arm.CHALLENGER, True), (Arm.CHAMPION, False)]
    assert [record.arm for record in records[:-2]] == [Arm.CHALLENGER] * 3


def test_what_is_declared_for_an_outage_answers_on_the_short_way(ground: Ground) -> None:
    outage = Outage(answer=Fallback.CONSTANT, value=0.5)
    revision = ground.route(ModelRoute(model=MODEL, champion=ground.version(2, refuses_unknown_carriers=True), outage=outage))
    until(lambda: ground.adopted(revision))
    caller = ground.caller()
    known, unknown = ({"rows": [{**ROW, "carrier": carrier}]} for carrier in ("UA", "ZZ"))
    assert [caller.post(f"/m/{MODEL}", known)[1]["rows"][0]["score"] for _ in range(3)] == [16.0] * 3
    assert ways(ground) == ["long", "short", "short"]
    status, answer, headers = caller.post(f"/m/{MODEL}", unknown)
    assert (status, answer["rows"][0]["score"], headers["Lamp-Fallback"]) == (200, 0.5, "constant")


@pytest.mark.parametrize("headers", [{"Lamp_Key": "7"}, {}])
def test_last_answers_are_kept_on_the_short_way(ground: Ground, headers: dict[str, str]) -> None:
    outage = Outage(answer=Fallback.LAST_KNOWN_GOOD, max_age=60_000_000)
    good = ground.version(2, refuses_unknown_carriers=True)
    ground.admit(drills=True)
    revision = ground.route(ModelRoute(model=MODEL, champion=good, outage=outage))
    until(lambda: ground.adopted(revision))
    caller = ground.caller()
    until(lambda: caller.post(f"/m/{MODEL}", {"rows": [ROW]}, Lamp_Drill="outage")[0] != 403)
    first, second = ({"rows": [{**ROW, "dep_delay": delay}]} for delay in (5.5, 6.5))
    for body in (first, first, second):
        status, last, _ = caller.post(f"/m/{MODEL}", body, **headers)
        assert status == 200
    assert ways(ground)[-2:] == ["short", "short"]
    status, answer, told = caller.post(f"/m/{MODEL}", second, Lamp_Drill="outage", **headers)
    assert (status, told["Lamp-Fallback"]) == (200, "last-known-good")
    assert [row["score"] for row in answer["rows"]] == [row["score"] for row in last["rows"]]


def test_a_shadow_scores_what_came_the_short_way(ground: Ground) -> None:
    shadow = ground.version(2, bias=1.0)
    revision = ground.route(ModelRoute(model=MODEL, champion=ground.version(1), shadow=shadow, shadow_since=7))
    until(lambda: ground.adopted(revision))
    caller, rows = ground.caller(), [ROW, {**ROW, "dep_delay": None}]
    twice(caller, f"/m/{MODEL}", {"rows": rows}, traceparent=TRACE)
    twice(caller, f"/m/{MODEL}", {"rows": [ROW]}, traceparent=TRACE)
    assert [way for way in ways(ground) if way == "short"]
    until(lambda: sum(record.arm is Arm.SHADOW for record in ground.scored()) == 8)
    answered, shadowed = ({r.request: r for r in ground.scored() if r.arm is arm} for arm in (Arm.CHAMPION, Arm.SHADOW))
    assert answered.keys() == shadowed.keys()
    for request, record in shadowed.items():
        first = answered[request]
        assert record.scores == [score + 1.0 for score in first.scores]
        assert (record.number, record.columns, record.rows) == (2, {}, len(first.scores))
        assert (record.consumer, record.trace) == (first.consumer, TRACE[3:35])
    until(lambda: sum(pair.requests for report in ground.reports() for pair in report.pairs) == 8)
    (pair,) = ground.reports()[0].pairs
    assert (pair.rows, pair.total, pair.largest) == (12, 12.0, 1.0)


def test_what_is_wrong_is_told_as_ever(ground: Ground) -> None:
    caller = ground.caller()
    bodies: list[Any] = [{"rows": [{**ROW, "distance": "1000"}]}, {"rows": [{}]}, {"rows": []}, b'{"rows":[NaN]}']
    for body in bodies:
        short, long = twice(caller, f"/m/{MODEL}", body)
        assert without_ids(short) == without_ids(long)
        assert 400 <= short[0] < 500


def test_one_row_that_a_model_refuses_fails_alone(tmp_path: Path) -> None:
    """Requests that came together are scored together; the one that fails must not take the others along."""
    ground = Ground(tmp_path)
    ground.route(ModelRoute(model=MODEL, champion=ground.version(1, refuses_unknown_carriers=True)))
    with ground.serving():
        until(lambda: ground.adopted(1))
        good, bad = ({"rows": [{**ROW, "carrier": carrier}]} for carrier in ("UA", "ZZ"))
        callers = [ground.caller() for _ in range(8)]
        for caller in callers:
            assert caller.post(f"/m/{MODEL}", good)[0] == 200
        head = b"POST /m/%b HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %b\r\n" % (MODEL.encode(), TOKEN.encode())
        together = [_request(head, json.dumps(bad if place == 3 else good).encode()) for place in range(8)]
        statuses = [_status(ground.port, request) for request in together * 2]
    assert statuses == ([200] * 3 + [502] + [200] * 4) * 2


def _request(head: bytes, body: bytes) -> bytes:
    return head + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


def _status(port: int, request: bytes) -> int:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return answer.status


def test_pipelined_requests_are_answered_in_order(ground: Ground) -> None:
    head = b"POST /m/%b HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %b\r\n" % (MODEL.encode(), TOKEN.encode())
    requests = [_request(head, json.dumps({"rows": [{**ROW, "dep_delay": float(number)}]}).encode()) for number in range(9)]
    # One reader for all answers: one of each answer's own would read ahead into the next.
    with socket.create_connection(("127.0.0.1", ground.port)) as connection, connection.makefile("rb") as answers:
        scores = []
        for burst in (requests[:1], requests[1:2], requests[2:7], requests[7:]):
            connection.sendall(b"".join(burst))
            for _ in burst:
                assert answers.readline().startswith(b"HTTP/1.1 200 ")
                length = int(http.client.parse_headers(answers)["Content-Length"])
                scores.append(json.loads(answers.read(length))["rows"][0]["score"])
    assert scores == [11.0 + number for number in range(9)]


def test_a_token_that_is_taken_away_is_gone_at_once(ground: Ground) -> None:
    caller = ground.caller()
    for _ in range(3):
        assert caller.post(f"/m/{MODEL}", {"rows": [ROW]})[0] == 200
    ground.admit(token="lmp_pat_another")
    until(lambda: caller.post(f"/m/{MODEL}", {"rows": [ROW]})[0] == 401, 2.0)


def test_a_token_ends_with_its_time(ground: Ground) -> None:
    ground.admit(expires_at=time.time_ns() // 1000 + 1_500_000)
    caller = ground.caller()
    until(lambda: caller.post(f"/m/{MODEL}", {"rows": [ROW]})[0] == 200, 1.0)
    until(lambda: caller.post(f"/m/{MODEL}", {"rows": [ROW]})[0] == 401, 4.0)


def test_another_route_answers_the_same_connection(ground: Ground) -> None:
    caller = ground.caller()
    twice(caller, f"/m/{MODEL}", {"rows": [ROW]})
    revision = ground.route(ModelRoute(model=MODEL, champion=ground.version(2, bias=1.0), previous=ground.version(1)))
    until(lambda: ground.adopted(revision))
    assert [row["score"] for row in caller.post(f"/m/{MODEL}", {"rows": [ROW]})[1]["rows"]] == [17.0]


def test_a_share_of_ordinary_requests_goes_to_the_challenger(ground: Ground) -> None:
    one, two = ground.version(1), ground.version(2, bias=1.0)
    revision = ground.route(ModelRoute(model=MODEL, champion=one, challenger=two, share=0.5))
    until(lambda: ground.adopted(revision))
    caller = ground.caller()
    answered = [caller.post(f"/m/{MODEL}", {"rows": [ROW]})[1]["version"] for _ in range(200)]
    assert 60 < answered.count(2) < 140
    assert sum(record.arm.value == "challenger" for record in ground.scored()) == answered.count(2)


def buffered(tmp_path: Path) -> Ground:
    ground = Ground(tmp_path)
    ground.route(ModelRoute(model=MODEL, champion=ground.version(1), durability=Durability.BUFFERED))
    return ground


def test_a_buffered_prediction_says_so_and_is_on_the_disk_soon(tmp_path: Path) -> None:
    ground = buffered(tmp_path)
    with ground.serving():
        until(lambda: ground.adopted(1))
        caller = ground.caller()
        for headers in ({}, {"Lamp_Request_Id": "mine"}):
            status, _, answer = caller.post(f"/m/{MODEL}", {"rows": [ROW]}, **headers)
            assert (status, answer["Lamp-Durability"]) == (200, "buffered; at-most-ms=250")
        until(lambda: len(ground.scored()) == 2, 2.0)


def test_the_end_of_a_process_loses_no_buffered_prediction(tmp_path: Path) -> None:
    ground = buffered(tmp_path)
    with ground.serving() as process:
        until(lambda: ground.adopted(1))
        caller = ground.caller()
        for _ in range(50):
            assert caller.post(f"/m/{MODEL}", {"rows": [ROW]})[0] == 200
        os.kill(int((ground.directory / "serving.pid").read_text()), signal.SIGTERM)
        process.wait(15)
    assert len(ground.scored()) == 50


def test_a_killed_process_loses_no_more_than_was_promised(tmp_path: Path) -> None:
    ground = buffered(tmp_path)
    with ground.serving() as process:
        until(lambda: ground.adopted(1))
        caller, answered = ground.caller(), {}
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            _, _, headers = caller.post(f"/m/{MODEL}", {"rows": [ROW]})
            answered[headers["Lamp-Prediction-Id"]] = time.monotonic()
        os.killpg(process.pid, signal.SIGKILL)
        killed = time.monotonic()
        process.wait(15)
    kept = {record.request for record in ground.scored()}
    assert {name for name, at in answered.items() if name not in kept and killed - at > 0.25} == set()
    assert len(kept) > 100


def test_waiting_is_counted_finer_than_in_whole_milliseconds(ground: Ground) -> None:
    caller = ground.caller()
    for _ in range(20):
        caller.post(f"/m/{MODEL}", {"rows": [ROW]})
    until(lambda: [meter.requests for report in ground.reports() for meter in report.meters] == [20])
    (meter,) = ground.reports()[0].meters
    assert meter.seconds > 0.0
    assert round(meter.seconds * 1e6) % 1000
