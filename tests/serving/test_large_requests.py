"""A large request gives way to small ones, whatever it is written in, and gets the answer that its rows get by themselves."""

import asyncio
import json
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from tests.serving.groundwork import MODEL, Ground, until
from tests.serving.test_application import Room, version

from lamplighter.domain.log import Log, Redaction
from lamplighter.domain.route import ModelRoute
from lamplighter.serving.message import Answer, Request

ROWS = 10_000
DELAYS = [None if row % 7 == 3 else row if row % 5 == 2 else row / 8 for row in range(ROWS)]
CARRIERS = [None if row % 11 == 4 else ("AA", "UA", "B6: \u00e9")[row % 3] for row in range(ROWS)]
COLUMNS: dict[str, list[Any]] = {"dep_delay": DELAYS, "distance": list(range(ROWS)), "carrier": CARRIERS}
RECORDS = [dict(zip(COLUMNS, row, strict=True)) for row in zip(*COLUMNS.values(), strict=True)]
INFER = f"/v2/models/{MODEL}/infer"
INVOKE = f"/m/{MODEL}/invocations"
JSON = {"content-type": "application/json"}


def tensors(*, raw: bool) -> tuple[str, bytes, dict[str, str]]:
    """As an inference request; no tensor of texts holds null."""
    carriers = [name or "none" for name in CARRIERS]
    columns: list[tuple[str, str, list[Any]]] = [
        ("dep_delay", "FP64", DELAYS),
        ("distance", "INT64", COLUMNS["distance"]),
        ("carrier", "BYTES", carriers),
    ]
    if not raw:
        inputs = [{"name": name, "shape": [ROWS], "datatype": kind, "data": data} for name, kind, data in columns]
        return INFER, json.dumps({"inputs": inputs}).encode(), JSON
    texts = [name.encode() for name in carriers]
    bodies = (
        struct.pack(f"<{ROWS}d", *[float("nan") if value is None else value for value in DELAYS]),
        struct.pack(f"<{ROWS}q", *COLUMNS["distance"]),
        b"".join(struct.pack("<I", len(text)) + text for text in texts),
    )
    told = [
        {"name": name, "shape": [ROWS], "datatype": kind, "parameters": {"binary_data_size": len(body)}}
        for (name, kind, _), body in zip(columns, bodies, strict=True)
    ]
    head = json.dumps({"inputs": told}).encode()
    media = {"content-type": "application/octet-stream", "inference-header-content-length": str(len(head))}
    return INFER, head + b"".join(bodies), media


def csv() -> bytes:
    lines = [",".join("" if value is None else str(value) for value in record.values()) for record in RECORDS]
    return "\n".join((",".join(COLUMNS), *lines)).encode()


LARGE: dict[str, Callable[[], tuple[str, bytes, dict[str, str]]]] = {
    "plain": lambda: (f"/m/{MODEL}", json.dumps({"rows": RECORDS}).encode(), JSON),
    "v1": lambda: (f"/v1/models/{MODEL}:predict", json.dumps({"instances": RECORDS}).encode(), JSON),
    "records": lambda: (INVOKE, json.dumps({"dataframe_records": RECORDS}).encode(), JSON),
    "split": lambda: (
        INVOKE,
        json.dumps({"dataframe_split": {"columns": list(COLUMNS), "data": [list(row.values()) for row in RECORDS]}}).encode(),
        JSON,
    ),
    "inputs": lambda: (INVOKE, json.dumps({"inputs": COLUMNS}).encode(), JSON),
    "csv": lambda: (INVOKE, csv(), {"content-type": "text/csv"}),
    "tensors": lambda: tensors(raw=False),
    "raw-tensors": lambda: tensors(raw=True),
}


def request(path: str, body: bytes, headers: dict[str, str]) -> Request:
    known = {"authorization": "Bearer token", **headers}
    return Request(b"POST", path, {name.encode(): value.encode() for name, value in known.items()}, body)


@pytest.mark.parametrize("form", LARGE)
def test_a_small_request_that_comes_second_is_answered_before_the_rows_of_a_large_one_are_read(
    form: str, tmp_path: Path
) -> None:
    happened: list[str] = []

    async def score(rows: int) -> list[float]:
        happened.append(f"{rows} rows scored")
        return [0.5] * rows

    async def run() -> tuple[Answer, tuple[int, Any]]:
        room = Room(tmp_path, version(score))
        large = asyncio.create_task(room.application.answer(request(*LARGE[form]())))
        small = asyncio.create_task(room.ask())
        small.add_done_callback(lambda _: happened.append("small answered"))
        answers = await large, await small
        await room.close()
        return answers

    large, small = asyncio.run(run())
    assert (large.status, small[0]) == (200, 200)
    assert happened == ["1 rows scored", "small answered", f"{ROWS} rows scored"]


def test_a_version_is_kept_open_while_a_large_request_for_it_is_read(tmp_path: Path) -> None:
    async def score(rows: int) -> list[float]:
        return [0.5] * rows

    async def run() -> tuple[Answer, bool]:
        champion, stopped = version(score), Event()
        room = Room(tmp_path, champion)
        other = asyncio.create_task(room.lane.run("other", stopped.wait))
        large = asyncio.create_task(room.application.answer(request(*LARGE["plain"]())))
        await asyncio.sleep(0)
        champion.retire()
        await asyncio.sleep(0)
        was_closed = champion.is_closed
        stopped.set()
        answer = await large
        await other
        await room.close()
        assert champion.is_closed
        return answer, was_closed

    answer, was_closed = asyncio.run(run())
    assert (answer.status, was_closed) == (200, False)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    ground = Ground(tmp_path_factory.mktemp("large"))
    log = Log(redact={"carrier": Redaction.HASH})
    other = ground.version(1, model="other")
    revision = ground.route(
        ModelRoute(model=MODEL, champion=ground.version(1)), ModelRoute(model="other", champion=other, log=log)
    )
    with ground.serving():
        until(lambda: ground.adopted(revision))
        yield ground


def asked(ground: Ground, model: str, records: list[dict[str, Any]]) -> tuple[list[float], dict[str, list[Any]], list[float]]:
    """What is answered, and what is written down of the inputs and the scores."""
    status, body, headers = ground.caller().post(f"/m/{model}", {"rows": records})
    assert status == 200, body
    record = next(one for one in ground.scored() if one.request == headers["Lamp-Prediction-Id"])
    return (
        [row["score"] for row in body["rows"]],
        {name: list(values) for name, values in record.columns.items()},
        list(record.scores),
    )


@pytest.mark.parametrize("model", [MODEL, "other"])
def test_all_rows_together_get_the_answer_and_the_record_that_they_get_in_parts(ground: Ground, model: str) -> None:
    together = asked(ground, model, RECORDS)
    parts = [asked(ground, model, RECORDS[start : start + 400]) for start in range(0, ROWS, 400)]
    assert together[0] == [score for scores, _, _ in parts for score in scores]
    assert together[1] == {name: [value for _, columns, _ in parts for value in columns[name]] for name in COLUMNS}
    assert together[2] == together[0]


@pytest.mark.parametrize("form", LARGE)
def test_a_large_request_in_any_form_is_answered_and_written_down_whole(ground: Ground, form: str) -> None:
    path, body, headers = LARGE[form]()
    name = f"whole-{form}"
    named = {"_".join(part.capitalize() for part in key.split("-")): value for key, value in headers.items()}
    status, answer, _ = ground.caller().post(path, body, **named, Lamp_Request_Id=name)
    assert status == 200, answer
    record = next(one for one in ground.scored() if one.request == name)
    expected = [
        (delay or 0.0) + distance / 1000 + 10 * (carrier == "UA")
        for delay, distance, carrier in zip(DELAYS, COLUMNS["distance"], CARRIERS, strict=True)
    ]
    assert list(record.scores) == pytest.approx(expected)
    assert record.columns["distance"] == COLUMNS["distance"]
    assert record.columns["dep_delay"] == DELAYS
