"""The table of inputs: what is sent, the status, the slug. Rows with a `v2` twin meet the same rule there."""

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.serving.groundwork import MODEL, TOKEN, Caller, Ground, until

from lamplighter.domain.route import ModelRoute

INVOKE = f"/m/{MODEL}/invocations"
GOOD: dict[str, Any] = {"dep_delay": 5.0, "distance": 1000, "carrier": "UA"}


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    ground = Ground(tmp_path_factory.mktemp("table"))
    revision = ground.route(ModelRoute(model=MODEL, champion=ground.version(7)))
    with ground.serving():
        until(lambda: ground.adopted(revision))
        yield ground


def rows(**changes: Any) -> bytes:
    """One row with these values in place of the good ones."""
    return json.dumps({"dataframe_records": [GOOD | changes]}).encode()


def value(literal: str) -> bytes:
    """One row whose delay is this piece of JSON."""
    return rows(dep_delay=0).replace(b'"dep_delay": 0', b'"dep_delay": ' + literal.encode())


def without(name: str) -> bytes:
    return json.dumps({"dataframe_records": [{key: one for key, one in GOOD.items() if key != name}]}).encode()


TABLE: list[tuple[str, bytes, int, str]] = [
    ("NaN", value("NaN"), 400, "malformed-json"),
    ("Infinity", value("Infinity"), 400, "malformed-json"),
    ("1e400", value("1e400"), 400, "malformed-json"),
    ("invalid UTF-8", rows().replace(b"UA", b"\xff\xfe"), 400, "malformed-json"),
    ("UTF-16", rows().decode().encode("utf-16"), 400, "malformed-json"),
    ("byte-order mark", b"\xef\xbb\xbf" + rows(), 400, "malformed-json"),
    ("nesting over 64 levels", value("[" * 65 + "]" * 65), 400, "too-deep"),
    ("duplicate keys", value('1, "dep_delay": 2'), 400, "duplicate-key"),
    ("integer literal over 4,300 digits", value("1" * 4301), 400, "malformed-json"),
    ("integer of 65 bits", rows(distance=2**64), 422, "out-of-range"),
    ("lone surrogate", value('1, "x": "\\ud800"'), 422, "invalid-string"),
    ("NUL in text", rows(carrier="a\x00"), 422, "invalid-string"),
    ("missing column", without("distance"), 422, "schema-violation"),
    ("extra column", rows(more=1), 422, "schema-violation"),
    ("text for a number", rows(dep_delay="1"), 422, "schema-violation"),
    ("truth for a number", rows(dep_delay=True), 422, "schema-violation"),
    ("1.5 for an integer", rows(distance=1.5), 422, "schema-violation"),
    ("null where none may be", rows(distance=None), 422, "schema-violation"),
    ("empty batch", b'{"dataframe_records": []}', 422, "batch-size"),
    ("batch over the limit", json.dumps({"dataframe_records": [GOOD] * 10_001}).encode(), 413, "batch-size"),
    ("body over the limit", b" " * (16 * 1024 * 1024 + 1), 413, "too-large"),
    ("not JSON at all", b"rows please", 400, "malformed-json"),
]


@pytest.mark.parametrize(("body", "status", "slug"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_bodies(ground: Ground, body: bytes, status: int, slug: str) -> None:
    got, answer, headers = ground.caller().post(INVOKE, body)
    assert (got, answer["type"].rpartition("/")[2], answer["status"]) == (status, slug, status)
    assert headers["Content-Type"] == "application/problem+json"
    assert headers["Cache-Control"] == "no-store"


#: What is sent, method, path, headers, status, slug, and headers that the answer has.
REQUESTS: list[tuple[str, str, str, dict[str, str], int, str, dict[str, str]]] = [
    ("no Content-Type", "POST", INVOKE, {"Content-Type": ""}, 415, "unsupported-media-type", {}),
    ("wrong Content-Type", "POST", INVOKE, {"Content-Type": "text/html"}, 415, "unsupported-media-type", {}),
    ("wrong charset", "POST", INVOKE, {"Content-Type": "application/json; charset=latin-1"}, 415, "unsupported-media-type", {}),
    ("wrong Content-Encoding", "POST", INVOKE, {"Content-Encoding": "br"}, 415, "unsupported-media-type", {}),
    ("not what the encoding says", "POST", INVOKE, {"Content-Encoding": "gzip"}, 400, "malformed-encoding", {}),
    ("wrong Accept", "POST", INVOKE, {"Accept": "text/html"}, 406, "not-acceptable", {}),
    ("JSON refused, Arrow taken", "POST", INVOKE, {"Accept": "*/*, application/json;q=0"}, 200, "", {}),
    ("wrong Accept of metrics", "GET", "/metrics", {"Accept": "image/png"}, 406, "not-acceptable", {}),
    ("unknown route", "POST", f"/m/{MODEL}/predict", {}, 404, "not-found", {}),
    ("wrong method", "GET", INVOKE, {}, 405, "method-not-allowed", {"Allow": "POST"}),
    ("another wrong method", "DELETE", f"/m/{MODEL}/ping", {}, 405, "method-not-allowed", {"Allow": "GET"}),
    ("traversal in the path", "POST", "/m/../livez", {}, 404, "not-found", {}),
    ("an escape in the path", "POST", f"/m/{MODEL}%2f/invocations", {}, 404, "not-found", {}),
    (
        "no token",
        "POST",
        INVOKE,
        {"Authorization": ""},
        401,
        "unauthenticated",
        {"WWW-Authenticate": 'Bearer realm="lamplighter"'},
    ),
    ("another token", "POST", INVOKE, {"Authorization": "Bearer x"}, 401, "unauthenticated", {}),
    ("unknown route without a token", "POST", "/m/x/y", {"Authorization": ""}, 401, "unauthenticated", {}),
    ("Host not on the list", "POST", INVOKE, {"Host": "example.org"}, 421, "host-not-allowed", {}),
    ("malformed Host", "POST", INVOKE, {"Host": "a/../../x?y"}, 400, "malformed-host", {}),
]


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "slug", "lines"), [row[1:] for row in REQUESTS], ids=[row[0] for row in REQUESTS]
)
def test_requests(
    ground: Ground, method: str, path: str, headers: dict[str, str], status: int, slug: str, lines: dict[str, str]
) -> None:
    got, answer, seen = ask(ground.caller(), method, path, headers)
    assert got == status
    assert {name: seen[name] for name in lines} == lines
    if slug:
        assert json.loads(answer)["type"].endswith(f"/{slug}")


def ask(caller: Caller, method: str, path: str, headers: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
    wanted = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"} | headers
    body = rows() if method == "POST" else None
    caller.connection.request(method, path, body, {name: line for name, line in wanted.items() if line})
    answer = caller.connection.getresponse()
    return answer.status, answer.read(), dict(answer.headers)


def test_a_head_is_a_get_without_its_body(ground: Ground) -> None:
    for path in ("/livez", "/metrics", f"/m/{MODEL}/ping", f"/v2/models/{MODEL}", f"/m/{MODEL}/openapi.json"):
        status, body, headers = ask(ground.caller(), "HEAD", path, {})
        assert (status, body) == (200, b""), path
        assert int(headers["Content-Length"]) > 0


def test_a_bomb_is_refused_before_it_is_unfolded(ground: Ground) -> None:
    body = gzip.compress(b" " * 200_000_000, 9)
    got, answer, _ = ground.caller().post(INVOKE, body, Content_Encoding="gzip")
    assert (got, answer["type"].rpartition("/")[2]) == (413, "too-large")


def test_a_packed_body_is_answered_and_a_large_answer_is_packed(ground: Ground) -> None:
    connection = ground.caller().connection
    lines = {
        "Authorization": f"Bearer {TOKEN}",
        "Content-Type": "application/json",
        "Content-Encoding": "gzip",
        "Accept-Encoding": "gzip",
    }
    for path, key in ((INVOKE, "dataframe_records"), (f"/m/{MODEL}", "rows")):
        connection.request("POST", path, gzip.compress(json.dumps({key: [GOOD] * 500}).encode()), lines)
        answer = connection.getresponse()
        content = json.loads(gzip.decompress(answer.read()))
        assert (answer.status, answer.headers["Content-Encoding"], answer.headers["Vary"]) == (200, "gzip", "Accept-Encoding")
        assert len(next(value for value in content.values() if isinstance(value, list))) == 500


def test_metrics_come_as_openmetrics_where_that_is_accepted(ground: Ground) -> None:
    # What Prometheus 2.42 sends.
    accept = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    accept += "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
    status, body, headers = ask(ground.caller(), "GET", "/metrics", {"Accept": accept})
    assert (status, headers["Content-Type"]) == (200, "application/openmetrics-text; version=1.0.0; charset=utf-8")
    assert body.endswith(b"# EOF\n")
    assert b"# TYPE lamp_requests counter\n" in body
    assert b"# TYPE lamp_request_duration_seconds histogram\n" in body
    plain = ask(ground.caller(), "GET", "/metrics", {})[1]
    assert b"# TYPE lamp_requests_total counter\n" in plain
    assert b"EOF" not in plain
