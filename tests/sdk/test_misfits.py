"""What serving says of rows that do not fit, as a caller of the SDK reads it."""

import httpx2

from lamplighter.domain.errors import Invalid
from lamplighter.sdk.model import refusal


def place(pointer: str, code: str = "type") -> dict[str, str]:
    return {"pointer": pointer, "code": code, "expected": "number"}


def test_a_column_that_is_wrong_in_many_rows_is_told_once() -> None:
    errors = [place("/rows/3/a", "null"), *(place(f"/rows/{row}/c") for row in range(19)), place("/rows/9/a", "type")]
    told = refusal(httpx2.Response(422, json={"title": "Input does not match the contract", "errors": errors}), first=100)
    assert isinstance(told, Invalid)
    assert told.why == (
        "/rows/103/a: null, wanted number; /rows/100/c: type, wanted number, in other rows too; "
        "/rows/109/a: type, wanted number"
    )
