"""The description of one model as OpenAPI 3.1: its real columns, every path below `/m/{model}`, and what refusals look like."""

from collections.abc import Mapping
from typing import Any

from lamplighter.domain.contract import Column, Contract, Kind, Unknown
from lamplighter.serving.codecs.columns import DATATYPES
from lamplighter.serving.problems import SLUGS

Document = dict[str, Any]

_TYPES: Mapping[Kind, str] = {Kind.NUMBER: "number", Kind.INTEGER: "integer", Kind.TEXT: "string", Kind.BOOLEAN: "boolean"}
#: Media types of tables, which no JSON schema describes.
_TABLES = ("text/csv", "application/vnd.apache.parquet", "application/vnd.apache.arrow.stream")
_TOKEN = {"type": "http", "scheme": "bearer", "description": "A token of the environment that may call this model."}
_MOST_EXAMPLES = 20


def openapi(model: str, number: int, contract: Contract) -> Document:
    """The document of a model as a version of this number and contract answers for it."""
    return {
        "openapi": "3.1.0",
        "info": {"title": model, "version": str(number), "summary": f"Scores by {model}@{number}."},
        "security": [{"token": []}],
        "paths": {f"/m/{model}{path}": item for path, item in _paths(model).items()},
        "components": {"securitySchemes": {"token": _TOKEN}, "schemas": _schemas(contract)},
    }


def _paths(model: str) -> dict[str, Document]:
    tensors = f"/v2/models/{model}"
    return {
        "": {"post": _scoring("score", "Score rows and decide each.", "Rows", "Decisions", tables=True)},
        "/invocations": {"post": _scoring("invoke", "Score rows as MLflow does.", "Invocation", "Predictions", tables=True)},
        f"{tensors}/infer": {"post": _scoring("infer", "Score rows by the Open Inference Protocol.", "Tensors", "Inference")},
        tensors: {"get": _asking("metadata", "What the model takes and gives.", "application/json")},
        f"{tensors}/ready": {"get": _asking("ready", "Whether the model can answer.", "application/json")},
        "/ping": {"get": _asking("ping", "Whether the model can answer, as MLflow asks.", "text/plain")},
        "/health": {"get": _asking("health", "The same under its other name.", "text/plain")},
        "/version": {"get": _asking("version", "Release of the software.", "text/plain")},
        "/openapi.json": {"get": _asking("openapi", "This document.", "application/json")},
    }


def _scoring(name: str, summary: str, taken: str, given: str, *, tables: bool = False) -> Document:
    body = {"application/json": {"schema": _ref(taken)}} | ({media: {} for media in _TABLES} if tables else {})
    answer = {"application/json": {"schema": _ref(given)}} | ({_TABLES[-1]: {}} if tables else {})
    errors = (400, 401, 403, 404, 405, 406, 413, 415, 422, 502, 503, 504)
    return {
        "operationId": name,
        "summary": summary,
        "requestBody": {"required": True, "content": body},
        "responses": {"200": {"description": "One score a row, in order.", "content": answer}} | _refusals(errors, tables),
    }


def _asking(name: str, summary: str, media: str) -> Document:
    responses = {"200": {"description": summary, "content": {media: {}}}}
    as_problem = name not in {"metadata", "ready"}
    return {"operationId": name, "summary": summary, "responses": responses | _refusals((401, 403, 404, 405, 503), as_problem)}


def _refusals(statuses: tuple[int, ...], as_problem: bool) -> Document:
    content = (
        {"application/problem+json": {"schema": _ref("Problem")}}
        if as_problem
        else {"application/json": {"schema": _ref("Error")}}
    )
    titles = dict(reversed(tuple(SLUGS.values())))
    return {str(status): {"description": titles[status], "content": content} for status in statuses}


def _schemas(contract: Contract) -> dict[str, Document]:
    names = [column.name for column in contract.inputs]
    row = _object({column.name: _column(column) for column in contract.inputs}, names)
    rows = {"type": "array", "items": _ref("Row"), "minItems": 1}
    score: Document = {"type": "number"}
    decided = {"id": {"type": "string"}, "score": score}
    if contract.output.classes:
        decided["decision"] = {"type": "string", "enum": list(contract.output.classes)}
    whole = {"type": "integer"}
    answer = {"model": {"type": "string"}, "version": whole, "request_id": {"type": "string"}}
    return {
        "Row": row,
        "Rows": _object({"rows": rows}, ["rows"]),
        "Decisions": _object(answer | {"rows": {"type": "array", "items": _object(decided, list(decided))}}, ["rows"]),
        "Invocation": {"oneOf": [_object({form: rows}, [form]) for form in ("dataframe_records", "instances")]},
        "Predictions": _object({"predictions": {"type": "array", "items": score}}, ["predictions"]),
        "Tensors": _tensors(contract),
        "Inference": {"type": "object", "required": ["model_name", "model_version", "id", "outputs"]},
        "Error": _object({"error": {"type": "string"}}, ["error"]),
        "Problem": {
            "type": "object",
            "properties": {
                "type": {"type": "string"},
                "title": {"type": "string"},
                "status": whole,
                "detail": {"type": "string"},
            },
            "required": ["type", "title", "status", "detail"],
        },
    }


def _tensors(contract: Contract) -> Document:
    """One tensor for each column, in any order."""
    shape = {"type": "array", "items": {"type": "integer", "minimum": 1}, "minItems": 1, "maxItems": 2}
    tensors = [
        {
            "type": "object",
            "properties": {
                "name": {"const": column.name},
                "datatype": {"const": DATATYPES[column.kind]},
                "shape": shape,
                "data": {"type": "array", "items": _column(column)},
            },
            "required": ["name", "datatype", "shape"],
        }
        for column in contract.inputs
    ]
    inputs = {"type": "array", "items": {"oneOf": tensors}, "minItems": len(tensors)}
    return {"type": "object", "properties": {"id": {"type": "string"}, "inputs": inputs}, "required": ["inputs"]}


def _column(column: Column) -> Document:
    kind = _TYPES[column.kind]
    schema: Document = {"type": [kind, "null"] if column.nullable else kind}
    if column.kind is Kind.INTEGER:
        schema |= {"minimum": -(2**63), "maximum": 2**63 - 1}
    if column.categories and column.unknown is Unknown.REFUSE:
        schema["enum"] = [*column.categories, *([None] if column.nullable else [])]
    examples = _examples(column)
    return schema | ({"examples": examples} if examples else {})


def _examples(column: Column) -> list[Any]:
    """The categories, or both ends of what the reference held."""
    if column.categories:
        return list(column.categories[:_MOST_EXAMPLES])
    ends = [end for end in (column.low, column.high) if end is not None]
    return [int(end) for end in ends] if column.kind is Kind.INTEGER else ends


def _object(properties: Document, required: list[str]) -> Document:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _ref(name: str) -> Document:
    return {"$ref": f"#/components/schemas/{name}"}
