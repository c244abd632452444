"""Rows in every form that callers write them."""

import json
import struct
from typing import Any

import pytest
from tests.serving.groundwork import contract, inference

from lamplighter.serving.codecs import mlflow, plain, v1, v2
from lamplighter.serving.codecs.base import MOST_ROWS, Codec, Question, Reply
from lamplighter.serving.message import Request
from lamplighter.serving.problems import Refusal

JSON_TYPE = {b"content-type": b"application/json"}
ROWS: dict[str, list[Any]] = {"dep_delay": [1.5, None], "distance": [7, 8], "carrier": ["UA", None]}


def ask(codec: Codec, body: Any, headers: dict[bytes, bytes] | None = None) -> Question | Refusal:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return codec.read(Request(b"POST", "/", JSON_TYPE | (headers or {}), content), contract())


def tensors(shape: list[int], wrap: bool = False) -> dict[str, Any]:
    datatypes = {"dep_delay": "FP64", "distance": "INT64", "carrier": "BYTES"}
    inputs = [
        {
            "name": name,
            "shape": shape,
            "datatype": datatypes[name],
            "data": [[one] for one in values] if wrap else values,
            "parameters": {"content_type": "pd:1"},
        }
        for name, values in ROWS.items()
    ]
    return {"id": "a:b", "inputs": inputs, "parameters": {"content_type": "pd"}, "outputs": [{"name": "late"}]}


@pytest.mark.parametrize("body", [tensors([2]), tensors([2, 1]), tensors([2, 1], wrap=True)])
def test_tensors_become_columns(body: dict[str, Any]) -> None:
    question = ask(v2, body)
    assert isinstance(question, Question)
    assert (question.columns, question.rows, question.id, question.binary) == (ROWS, 2, "a:b", False)


FORMS: list[Any] = [
    {"dataframe_split": {"columns": list(ROWS), "data": [[1.5, 7, "UA"], [None, 8, None]], "index": [0, 1]}},
    {
        "dataframe_records": [
            {"dep_delay": 1.5, "distance": 7, "carrier": "UA"},
            {"carrier": None, "distance": 8, "dep_delay": None},
        ]
    },
    {"instances": [{"dep_delay": 1.5, "distance": 7, "carrier": "UA"}, {"carrier": None, "distance": 8, "dep_delay": None}]},
    {"instances": [[1.5, 7, "UA"], [None, 8, None]]},
    {"inputs": ROWS, "params": {}},
    {"inputs": {name: [[value] for value in values] for name, values in ROWS.items()}},
    {"inputs": [[1.5, 7, "UA"], [None, 8, None]], "params": None},
]


@pytest.mark.parametrize("body", FORMS)
def test_the_four_forms_of_mlflow_become_the_same_columns(body: Any) -> None:
    question = ask(mlflow, body)
    assert isinstance(question, Question)
    assert (question.columns, question.rows) == (ROWS, 2)


@pytest.mark.parametrize("body", FORMS[2:4])
def test_instances_of_kserve_become_columns(body: Any) -> None:
    question = ask(v1, body)
    assert isinstance(question, Question)
    assert (question.columns, question.rows) == (ROWS, 2)


def test_rows_for_people_become_columns() -> None:
    question = ask(plain, {"rows": FORMS[1]["dataframe_records"]})
    assert isinstance(question, Question)
    assert (question.columns, question.rows) == (ROWS, 2)


def test_people_are_told_the_decision_of_each_row() -> None:
    reply = Reply("late-flights", 7, "late", "r1", [0.25, 0.5], classes=("on time", "late"), threshold=0.5)
    assert json.loads(plain.write(Question(ROWS, 2), reply, b"").body) == {
        "model": "late-flights",
        "version": 7,
        "request_id": "r1",
        "rows": [
            {"id": "r1.0", "score": 0.25, "decision": "on time"},
            {"id": "r1.1", "score": 0.5, "decision": "late"},
        ],
    }


def test_an_answer_to_a_frame_says_that_it_is_one() -> None:
    question = ask(v2, tensors([2]))
    assert isinstance(question, Question)
    answer = json.loads(v2.write(question, Reply("late-flights", 7, "late", "r1", [0.25, 0.5]), b"").body)
    assert answer == {
        "model_name": "late-flights",
        "model_version": "7",
        "id": "r1",
        "outputs": [{"name": "late", "shape": [2], "datatype": "FP64", "data": [0.25, 0.5]}],
        "parameters": {"content_type": "pd"},
    }


def binary(*raw: tuple[str, str, bytes], rows: int, **more: Any) -> tuple[bytes, dict[bytes, bytes]]:
    inputs = [
        {"name": name, "shape": [rows], "datatype": datatype, "parameters": {"binary_data_size": len(content)}}
        for name, datatype, content in raw
    ]
    head = json.dumps({"inputs": inputs} | more).encode()
    headers = {b"inference-header-content-length": b"%d" % len(head), b"content-type": b"application/octet-stream"}
    return head + b"".join(content for _, _, content in raw), headers


def texts(*values: str) -> bytes:
    return b"".join(struct.pack("<I", len(value.encode())) + value.encode() for value in values)


def test_binary_tensors_become_columns_and_nan_stands_for_null() -> None:
    body, headers = binary(
        ("dep_delay", "FP64", struct.pack("<2d", 1.5, float("nan"))),
        ("distance", "INT32", struct.pack("<2i", 7, -8)),
        ("carrier", "BYTES", texts("UA", "Ü")),
        rows=2,
        parameters={"binary_data_output": True},
    )
    question = ask(v2, body, headers)
    assert isinstance(question, Question)
    assert question.columns == {"dep_delay": [1.5, None], "distance": [7, -8], "carrier": ["UA", "Ü"]}
    assert question.binary


def test_binary_answers_carry_the_scores_behind_the_json() -> None:
    question = Question(ROWS, 2, binary=True)
    answer = v2.write(question, Reply("late-flights", 7, "late", "r1", [0.25, -1.5]), b"")
    length = int(answer.lines.rpartition(b": ")[2])
    head = json.loads(answer.body[:length])
    assert head["outputs"] == [{"name": "late", "shape": [2], "datatype": "FP64", "parameters": {"binary_data_size": 16}}]
    assert struct.unpack("<2d", answer.body[length:]) == (0.25, -1.5)


def with_input(place: int, **changes: Any) -> dict[str, Any]:
    body = inference(2)
    body["inputs"][place] |= changes
    return body


SPLIT = {"columns": list(ROWS), "data": [[1.5, 7, "UA"]]}
#: Codec, body, slug, status.
REFUSED: list[tuple[Codec, Any, str, int]] = [
    (v2, {"inputs": 3}, "schema-violation", 422),
    (v2, [], "schema-violation", 422),
    (v2, {"inputs": []}, "batch-size", 422),
    (v2, inference(0), "batch-size", 422),
    (v2, inference(MOST_ROWS + 1), "batch-size", 413),
    (v2, with_input(0, shape=[3]), "schema-violation", 422),
    (v2, with_input(0, shape=[1, 2]), "schema-violation", 422),
    (v2, with_input(0, shape=[2, 1, 1]), "schema-violation", 422),
    (v2, with_input(0, shape=[-2]), "schema-violation", 422),
    (v2, with_input(0, shape=[]), "schema-violation", 422),
    (v2, with_input(0, data=[1.0]), "schema-violation", 422),
    (v2, with_input(0, data=None), "schema-violation", 422),
    (v2, with_input(0, name="distance"), "schema-violation", 422),
    (v2, with_input(1, datatype="FP64"), "schema-violation", 422),
    (v2, with_input(2, datatype="INT64"), "schema-violation", 422),
    (v2, with_input(0, datatype="INT64", data=[1.5, 2.0]), "out-of-range", 422),
    (v2, with_input(1, datatype="UINT8", data=["1", 256]), "out-of-range", 422),
    (v2, inference(outputs=[{"name": "other"}]), "schema-violation", 422),
    (v2, b'{"inputs": [], "inputs": []}', "duplicate-key", 400),
    (v2, b'{"inputs": [{"name": "a", "name": "b", "shape": [1], "datatype": "BOOL", "data": [true]}]}', "duplicate-key", 400),
    (v2, b'{"inputs": [], "parameters": {"a": 1, "a": 2}}', "duplicate-key", 400),
    (v2, b'{"inputs": 1, "x": NaN}', "malformed-json", 400),
    (v2, b'{"inputs": [], "x":' + b"[" * 70 + b"]" * 70 + b"}", "too-deep", 400),
    (plain, [], "schema-violation", 422),
    (plain, {"rows": [], "more": 1}, "schema-violation", 422),
    (plain, {"rows": [1]}, "schema-violation", 422),
    (plain, {"rows": []}, "batch-size", 422),
    (mlflow, [1], "schema-violation", 422),
    (mlflow, {}, "schema-violation", 422),
    (mlflow, {"rows": []}, "schema-violation", 422),
    (mlflow, {"inputs": ROWS, "instances": [[1]]}, "schema-violation", 422),
    (mlflow, {"inputs": ROWS, "params": {"temperature": 1}}, "schema-violation", 422),
    (mlflow, {"inputs": {"a": 1}}, "schema-violation", 422),
    (mlflow, {"inputs": {"a": [1], "b": [1, 2]}}, "schema-violation", 422),
    (mlflow, {"inputs": 5}, "schema-violation", 422),
    (mlflow, {"instances": []}, "batch-size", 422),
    (mlflow, {"dataframe_records": [{"a": 1}, {"b": 1}]}, "schema-violation", 422),
    (mlflow, {"dataframe_records": {"a": 1}}, "schema-violation", 422),
    (mlflow, {"dataframe_split": SPLIT | {"data": [[1.5, 7]]}}, "schema-violation", 422),
    (mlflow, {"dataframe_split": SPLIT | {"columns": ["a", "a", "b"]}}, "schema-violation", 422),
    (mlflow, {"dataframe_split": SPLIT | {"dtypes": []}}, "schema-violation", 422),
    (mlflow, {"dataframe_split": [SPLIT]}, "schema-violation", 422),
    (v1, {"instances": "a"}, "schema-violation", 422),
    (v1, {"instances": [[1]]}, "schema-violation", 422),
    (v1, {"instances": [], "x": 1}, "schema-violation", 422),
    (v1, {"instances": []}, "batch-size", 422),
]


@pytest.mark.parametrize(("codec", "body", "slug", "status"), REFUSED)
def test_every_other_form_is_refused(codec: Codec, body: Any, slug: str, status: int) -> None:
    refusal = ask(codec, body)
    assert isinstance(refusal, Refusal)
    assert (refusal.slug, refusal.status) == (slug, status)


@pytest.mark.parametrize(
    ("datatype", "content"),
    [
        ("FP64", b"1234567"),
        ("BYTES", b"\x09\x00\x00\x00ab"),
        ("BYTES", b"\x01\x00"),
        ("BYTES", b"\x01\x00\x00\x00\xff"),
        ("BOOL", b"\x02"),
        ("INT16", b"123"),
        ("FP16", b"ab"),
    ],
)
def test_bytes_that_are_no_tensor_are_refused(datatype: str, content: bytes) -> None:
    body, headers = binary(("dep_delay", datatype, content), rows=1)
    refusal = ask(v2, body, headers)
    assert isinstance(refusal, Refusal)
    assert refusal.slug == "schema-violation"


def test_lengths_of_binary_parts_must_agree() -> None:
    body, headers = binary(("dep_delay", "FP64", struct.pack("<d", 1.0)), rows=1)
    too_much, too_little = ask(v2, body + b"x", headers), ask(v2, body[:-1], headers)
    beyond = ask(v2, body, headers | {b"inference-header-content-length": b"99999"})
    odd = ask(v2, body, headers | {b"inference-header-content-length": b"-1"})
    slugs = [refusal.slug for refusal in (too_much, too_little, beyond, odd) if isinstance(refusal, Refusal)]
    assert slugs == ["schema-violation", "schema-violation", "malformed-header", "malformed-header"]


#: Datatype, its lowest and highest value.
RANGES: list[tuple[str, float, float]] = [
    ("INT8", -128, 127),
    ("INT16", -32768, 32767),
    ("INT32", -(2**31), 2**31 - 1),
    ("INT64", -(2**63), 2**63 - 1),
    ("UINT8", 0, 255),
    ("UINT16", 0, 65535),
    ("UINT32", 0, 2**32 - 1),
    ("UINT64", 0, 2**64 - 1),
    ("FP32", -3.4028235e38, 3.4028235e38),
]


@pytest.mark.parametrize(("datatype", "low", "high"), RANGES)
def test_a_tensor_takes_what_its_datatype_holds(datatype: str, low: float, high: float) -> None:
    taken = ask(v2, with_input(0, datatype=datatype, data=[low, high]))
    assert isinstance(taken, Question)
    assert taken.columns["dep_delay"] == [low, high]
    further = 1e31 if datatype == "FP32" else 1
    for values in ([low - further, 0], [0, high + further], [None, high + further]):
        refusal = ask(v2, with_input(0, datatype=datatype, data=values))
        assert isinstance(refusal, Refusal)
        whole = "" if datatype == "FP32" else "whole "
        assert refusal.detail.startswith(f"{datatype} takes {whole}numbers from {low} to {high}. Send ")
        assert (refusal.slug, [error.pointer for error in refusal.errors]) == ("out-of-range", ["/inputs/dep_delay/data"])


def test_a_raw_number_that_is_not_finite_is_the_matter_of_the_contract() -> None:
    body, headers = binary(("dep_delay", "FP32", struct.pack("<f", float("inf"))), rows=1)
    assert isinstance(ask(v2, body, headers), Question)


def test_whole_numbers_may_be_written_with_a_point_and_left_out() -> None:
    taken = ask(v2, with_input(0, datatype="INT8", data=[-128.0, None]))
    assert isinstance(taken, Question)
    assert taken.columns["dep_delay"] == [-128.0, None]


def test_a_binary_tensor_holds_every_value_of_its_datatype() -> None:
    for datatype, form, low, high in (("INT8", "<2b", -128, 127), ("UINT8", "<2B", 0, 255), ("UINT16", "<2H", 0, 65535)):
        body, headers = binary(("distance", datatype, struct.pack(form, low, high)), rows=2)
        taken = ask(v2, body, headers)
        assert isinstance(taken, Question)
        assert taken.columns == {"distance": [low, high]}


def test_numbers_in_the_json_before_binary_tensors_are_held_to_their_datatype() -> None:
    said = {"name": "distance", "shape": [1], "datatype": "INT8", "data": [1000]}
    raw = {"name": "dep_delay", "shape": [1], "datatype": "FP64", "parameters": {"binary_data_size": 8}}
    head = json.dumps({"inputs": [said, raw]}).encode()
    headers = {b"inference-header-content-length": b"%d" % len(head), b"content-type": b"application/octet-stream"}
    refusal = ask(v2, head + struct.pack("<d", 1.0), headers)
    assert isinstance(refusal, Refusal)
    assert refusal.detail.startswith("INT8 takes whole numbers from -128 to 127. ")


@pytest.mark.parametrize("codec", [v2, mlflow, v1, plain])
@pytest.mark.parametrize(
    "headers",
    [
        {b"content-type": b""},
        {b"content-type": b"text/html"},
        {b"content-type": b"application/json; charset=latin-1"},
        {b"content-type": b"application/json; version=2"},
        {b"content-encoding": b"gzip"},
        {b"content-encoding": b"identity, gzip"},
    ],
)
def test_other_kinds_of_body_are_refused(codec: Codec, headers: dict[bytes, bytes]) -> None:
    refusal = ask(codec, inference(), headers)
    assert isinstance(refusal, Refusal)
    assert (refusal.slug, refusal.status) == ("unsupported-media-type", 415)


@pytest.mark.parametrize(
    "media", [b"application/json", b"Application/JSON; charset=UTF-8", b'application/json;charset="utf-8"']
)
def test_json_may_name_its_charset(media: bytes) -> None:
    assert isinstance(ask(v2, inference(), {b"content-type": media}), Question)
