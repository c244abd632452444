"""Tables as CSV, Parquet and Arrow through a real process group, lawful, odd and hostile."""

import base64
import hashlib
import io
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from arro3.core import Array, DataType, Table
from arro3.io import read_ipc_stream, write_ipc_stream, write_parquet
from tests.serving.groundwork import MODEL, NEVER, Caller, Ground, replace, until

from lamplighter.domain.record import canonical
from lamplighter.domain.route import Credential, Credentials, ModelRoute
from lamplighter.serving.table_files import MOST_READERS

INVOKE = f"/m/{MODEL}/invocations"
CSV = "text/csv"
PARQUET = "application/vnd.apache.parquet"
ARROW = "application/vnd.apache.arrow.stream"

#: A text of 4 MB, 10,000 times, in 600 bytes of Parquet: as a dictionary, and as plain texts.
DICTIONARY_BOMB = (
    "eNq9Uk9LAkEUfzvKYmAgwVt2Yg8L4VKwagYGRR7eSqakpNshOi4im1BpWtpRPPUhIjp46t69D9DBj9GxY4eiZsat6Av0g3l/5v3e+w2PaZCfxz"
    "jeTF9iOGU1ZAhLAKuPuY9xJb5QhFORgPCBBm+fWzPGIBX891mpJAIEXEbXxftbDVOoo27B/Jn2YgcgLhJR0TRhAOPcLYCpD1on7bMAGWAyzUzt"
    "Og012WQIDre45YCFSV4APcVFEZPy3ngVezDuYs6MOYk1VywGZD8ISQY7xvjpffLAuM4dqSZnKb6InYToAm6ZSfL9g6Ptubb5rOUkCiTRpDn2iU"
    "bkhVQmCqkUqjvPI9qVwbAh+CNF9aQpR9EeUZXomLwR1WVe/p3neX7zm06VP1JRWFEiValHSkf5ujQl5UM5t/rTc0gRrxlNVSiCafeC/sVV+zLT"
    "6vUyQb/fHdnDdn/Q6Z7bG5vZ9WyeW3LFE7GbhvhYXxeag3k="
)
TEXT_BOMB = (
    "eNoLcAwyFGUR7Vjygll0CZOPKJMogxADg8ZW/b8NHiyctgw5QA4DkE5kZPjx3/ICExODQCK9sbIHR6Iog6iUqI6O6II5jKIComyibDIMEGcq8G"
    "YyMLAAOUAZRkYgwSDKIqljyiDBVpyckZqbKMrEIMqjyiTBWKHK4APSJAZUIykjKaPGICPKI2nKwCYgCZQU5QGJi30AhoPYPGa1C0xqHJo6wIBh"
    "AOlnAFrJxGAj1nDgT9MqJkk2STWQbSCzwOqBbDUOoC4GDYWCxKLC0tQS3eSCAt3EoqL8coWy1KLizPw8BSMzPQM9Q0kZkBMWAXEAMOABa8dHsg"
    "=="
)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    ground = Ground(tmp_path_factory.mktemp("tables"))
    revision = ground.route(ModelRoute(model=MODEL, champion=ground.version(7)))
    with ground.serving(1):
        until(lambda: ground.adopted(revision))
        yield ground


@pytest.fixture
def caller(ground: Ground) -> Caller:
    return ground.caller()


def table(**changes: Any) -> Table:
    """Two rows that score 16 and 0."""
    columns = {
        "dep_delay": Array([5.0, None], DataType.float64()),
        "distance": Array([1000, 0], DataType.int64()),
        "carrier": Array(["UA", None], DataType.string()),
    }
    return Table.from_pydict(columns | changes)


def as_parquet(content: Table) -> bytes:
    out = io.BytesIO()
    write_parquet(content, out, compression="zstd(3)")
    return out.getvalue()


def as_arrow(content: Table, compression: Any = None) -> bytes:
    out = io.BytesIO()
    if compression is None:
        write_ipc_stream(content, out)
    else:
        write_ipc_stream(content, out, compression=compression)
    return out.getvalue()


LAWFUL = [
    (CSV, b"dep_delay,distance,carrier\n5.0,1000,UA\n,0,\n"),
    (CSV, b'"distance","carrier",dep_delay\r\n1000,"UA",5e0\r\n+0,,\r\n'),
    ("text/csv; charset=UTF-8", b"dep_delay,distance,carrier\n5,1000,UA\n\n,0,"),
    (PARQUET, as_parquet(table())),
    (ARROW, as_arrow(table())),
    (ARROW, as_arrow(table(), "zstd")),
    (PARQUET, as_parquet(table(dep_delay=Array([5, None], DataType.int16())))),
    (ARROW, as_arrow(table(distance=Array([1000, 0], DataType.uint32())))),
    (ARROW, as_arrow(table(carrier=Array(["UA", None], DataType.large_string())))),
    (
        ARROW,
        as_arrow(
            table(carrier=Array(["UA", None], DataType.string()).cast(DataType.dictionary(DataType.int8(), DataType.string())))
        ),
    ),
]


@pytest.mark.parametrize(("media", "body"), LAWFUL)
def test_every_table_gives_the_scores_of_its_rows(caller: Caller, media: str, body: bytes) -> None:
    status, answer, _ = caller.post(INVOKE, body, Content_Type=media)
    assert (status, answer) == (200, {"predictions": [16.0, 0.0]})
    status, answer, _ = caller.post(f"/m/{MODEL}", body, Content_Type=media, Lamp_Request_Id="t1")
    rows = [{"id": "t1.0", "score": 16.0}, {"id": "t1.1", "score": 0.0}]
    assert (status, answer) == (200, {"model": MODEL, "version": 7, "request_id": "t1", "rows": rows})


@pytest.mark.parametrize("path", [INVOKE, f"/m/{MODEL}"])
def test_scores_come_back_as_arrow_where_that_is_accepted(caller: Caller, path: str) -> None:
    status, answer, headers = caller.post(path, as_arrow(table()), Content_Type=ARROW, Accept=ARROW)
    assert (status, headers["Content-Type"], headers["Lamp-Version"]) == (200, ARROW, f"{MODEL}@7")
    (batch,) = read_ipc_stream(answer)
    assert batch.column_names == ["late"]
    assert batch.column(0).to_pylist() == [16.0, 0.0]


ZEROS = Array([0] * 9_000, DataType.int64())


def one(pointer: str, code: str, expected: str, got: str) -> list[dict[str, str]]:
    return [{"pointer": pointer, "code": code, "expected": expected, "got_type": got}]


HEAD = b"dep_delay,distance,carrier\n"
TIMES = Array([0, 1], DataType.int64()).cast(DataType.timestamp("us"))
DECIMALS = Array([0, 1], DataType.int64()).cast(DataType.decimal128(20, 2))
#: Media type, body, status, slug, problems.
REFUSED: list[tuple[str, bytes, int, str, Any]] = [
    (CSV, b"", 400, "malformed-table", None),
    (CSV, b"\xff\xfea\x00", 400, "malformed-table", None),
    (CSV, b"\xef\xbb\xbf" + HEAD, 400, "malformed-table", None),
    (CSV, HEAD + b'1,1,"U', 400, "malformed-table", None),
    (CSV, HEAD + b"1,1," + b"x" * 200_000, 400, "malformed-table", None),
    (CSV, HEAD, 422, "batch-size", None),
    (CSV, HEAD + b"\n" * 20_000, 422, "batch-size", None),
    (CSV, HEAD + b"\n" * 40_000, 400, "malformed-table", None),
    (CSV, HEAD + b"1,1,UA\n" * 10_001, 413, "batch-size", None),
    (CSV, HEAD + b"1,1\n", 422, "schema-violation", None),
    (CSV, b"carrier,carrier\n1,1\n", 422, "schema-violation", None),
    (CSV, HEAD + b"late,1,UA\n", 422, "schema-violation", one("/rows/0/dep_delay", "type", "number", "string")),
    (CSV, HEAD + b"nan,1,UA\n", 422, "schema-violation", one("/rows/0/dep_delay", "type", "number", "string")),
    (CSV, HEAD + b"1e400,1,UA\n", 422, "value-not-finite", one("/rows/0/dep_delay", "not-finite", "number", "number")),
    (CSV, HEAD + b"1,1.0,UA\n", 422, "schema-violation", one("/rows/0/distance", "type", "integer", "string")),
    (CSV, HEAD + b"1,,UA\n", 422, "schema-violation", one("/rows/0/distance", "null", "integer", "null")),
    (
        CSV,
        HEAD + b"1,18446744073709551616,UA\n",
        422,
        "out-of-range",
        one("/rows/0/distance", "out-of-range", "integer", "integer"),
    ),
    (CSV, HEAD + b"1,1,a\x00\n", 422, "invalid-string", one("/rows/0/carrier", "invalid-string", "text", "string")),
    (CSV, b"dep_delay,distance\n1,1\n", 422, "schema-violation", one("/columns/carrier", "missing", "text", "absent")),
    (
        CSV,
        b"dep_delay,distance,carrier,x\n1,1,UA,1\n",
        422,
        "schema-violation",
        one("/columns", "extra", "no other column", "column"),
    ),
    (
        ARROW,
        as_arrow(table(dep_delay=Array([5.0, float("nan")], DataType.float64()))),
        422,
        "value-not-finite",
        one("/rows/1/dep_delay", "not-finite", "number", "number"),
    ),
    (
        PARQUET,
        as_parquet(table(distance=Array([1.0, 2.0], DataType.float64()))),
        422,
        "schema-violation",
        one("/rows/0/distance", "type", "integer", "number") + one("/rows/1/distance", "type", "integer", "number"),
    ),
    (
        PARQUET,
        as_parquet(table(distance=Array([1, None], DataType.int64()))),
        422,
        "schema-violation",
        one("/rows/1/distance", "null", "integer", "null"),
    ),
    (
        ARROW,
        as_arrow(table(distance=Array([1, 2**64 - 1], DataType.uint64()))),
        422,
        "out-of-range",
        one("/rows/1/distance", "out-of-range", "integer", "integer"),
    ),
    (
        PARQUET,
        as_parquet(table(dep_delay=TIMES)),
        422,
        "schema-violation",
        one("/columns/dep_delay", "type", "number", "timestamp"),
    ),
    (
        ARROW,
        as_arrow(table(dep_delay=DECIMALS)),
        422,
        "schema-violation",
        one("/columns/dep_delay", "type", "number", "decimal"),
    ),
    (ARROW, as_arrow(table(when=TIMES)), 422, "schema-violation", one("/columns", "extra", "no other column", "column")),
    (ARROW, as_arrow(table().slice(0, 0)), 422, "batch-size", None),
    (PARQUET, as_parquet(Table.from_pydict({"distance": Array([0] * 10_500, DataType.int64())})), 413, "batch-size", None),
    *[(media, body, 400, "malformed-table", None) for media in (PARQUET, ARROW) for body in (b"", b"PAR1", b"\x00" * 99)],
    (PARQUET, as_parquet(table())[:-9] + b"\x00\xff\xff\xff\x7fPAR1", 400, "malformed-table", None),
    (PARQUET, as_arrow(table()), 400, "malformed-table", None),
    (ARROW, as_arrow(table())[:-60], 400, "malformed-table", None),
    (
        ARROW,
        as_arrow(Table.from_pydict({"a": Array([7] * 5000, DataType.int64())}), "zstd").replace(
            (40_000).to_bytes(8, "little"), (2**40).to_bytes(8, "little")
        ),
        413,
        "too-large",
        None,
    ),
    *[(PARQUET, zlib.decompress(base64.b64decode(bomb)), 413, "too-large", None) for bomb in (DICTIONARY_BOMB, TEXT_BOMB)],
    (PARQUET, as_parquet(Table.from_pydict({f"c{place}": ZEROS for place in range(500)})), 413, "too-large", None),
]


@pytest.mark.parametrize(("media", "body", "status", "slug", "problems"), REFUSED, ids=map(str, range(len(REFUSED))))
def test_every_other_table_is_refused_and_the_next_is_read(
    ground: Ground, caller: Caller, media: str, body: bytes, status: int, slug: str, problems: Any
) -> None:
    before = [report.pid for report in ground.reports()]
    got, answer, _ = caller.post(INVOKE, body, Content_Type=media)
    assert (got, answer["type"].rpartition("/")[2].rpartition(":")[2], answer.get("errors")) == (status, slug, problems)
    assert caller.post(INVOKE, as_parquet(table()), Content_Type=PARQUET)[1] == {"predictions": [16.0, 0.0]}
    assert [report.pid for report in ground.reports()] == before


def test_a_damaged_table_is_never_an_error_of_ours(caller: Caller) -> None:
    for media, whole in ((PARQUET, as_parquet(table())), (ARROW, as_arrow(table()))):
        for place in range(0, len(whole), 23):
            torn = whole[:place] + bytes((whole[place] ^ 0x55,)) + whole[place + 1 :]
            status, _, _ = caller.post(INVOKE, torn, Content_Type=media)
            assert status in {200, 400, 413, 422}, (media, place)


def test_v2_and_v1_take_no_tables(caller: Caller) -> None:
    for path in (f"/v2/models/{MODEL}/infer", f"/v1/models/{MODEL}:predict"):
        assert caller.post(path, as_parquet(table()), Content_Type=PARQUET)[0] == 415


def readers(ground: Ground) -> int:
    """Processes that open tables."""
    pids = [report.pid for report in ground.reports()]
    children = [child for pid in pids for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return sum(b"table_reader" in Path(f"/proc/{child}/cmdline").read_bytes() for child in children)


def test_slow_tables_of_one_caller_hold_up_nobody_else(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    revision = ground.route(ModelRoute(model=MODEL, champion=ground.version(7)))
    tokens = [
        Credential(token_digest=hashlib.sha256(name.encode()).hexdigest(), holder=name, models=(), expires_at=NEVER)
        for name in ("slow", "quick", "third")
    ]
    replace(ground.directory / "credentials.json", canonical(Credentials(tokens=tuple(tokens))))
    # Seconds of work in 100 kB.
    slow = as_parquet(Table.from_pydict({f"c{place}": Array([0.5] * 10_000, DataType.float64()) for place in range(300)}))
    done: list[str] = []

    def send(name: str, body: bytes) -> int:
        status = Caller(ground.port, name).post(INVOKE, body, Content_Type=PARQUET)[0]
        done.append(name)
        return status

    with ground.serving(), ThreadPoolExecutor(8) as pool:
        until(lambda: ground.adopted(revision))
        crowd = [pool.submit(send, "slow", slow) for _ in range(5)]
        until(lambda: readers(ground) == 2)
        assert [send(name, as_parquet(table())) for name in ("quick", "third", "quick")] == [200] * 3
        assert done == ["quick", "third", "quick"]
        assert [one.result() for one in crowd] == [422] * 5
        assert readers(ground) <= MOST_READERS
        assert send("slow", as_parquet(table())) == 200


def test_tables_beyond_what_may_wait_are_told_to_come_again(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    revision = ground.route(ModelRoute(model=MODEL, champion=ground.version(7)))
    slow = as_parquet(Table.from_pydict({f"c{place}": Array([0.5] * 10_000, DataType.float64()) for place in range(300)}))
    with ground.serving(), ThreadPoolExecutor(16) as pool:
        until(lambda: ground.adopted(revision))
        # What follows the table is nobody's business: it waits with it.
        long = slow[:4] + bytes(15_000_000) + slow
        asked = [pool.submit(ground.caller().post, INVOKE, long, Content_Type=PARQUET) for _ in range(12)]
        answers = [one.result() for one in asked]
        told = [
            (body["type"].rpartition(":")[2].rpartition("/")[2], headers["Retry-After"])
            for status, body, headers in answers
            if status == 503
        ]
        assert told
        assert set(told) == {("queue-full", "1")}
        assert {status for status, _, _ in answers} <= {400, 422, 503}
        page = ground.caller().get("/metrics")[1].decode()
        assert ground.caller().post(INVOKE, as_parquet(table()), Content_Type=PARQUET)[0] == 200
    assert f"{len(told)}" in next(line for line in page.splitlines() if "turned_away" in line and not line.startswith("#"))
