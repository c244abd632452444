"""Refusals and failures as callers see them: one table of slugs, two ways to write them down.

A refusal names columns, types and limits, never a value that a caller sent.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from lamplighter.domain.contract import Problem
from lamplighter.domain.record import Record
from lamplighter.serving.message import JSON, PROBLEM, Answer

#: The base of every `type`; the last segment is the slug.
BASE = "urn:lamplighter:problems/"

#: Slug, HTTP status, title.
SLUGS: Mapping[str, tuple[int, str]] = {
    "malformed-request": (400, "The request is not well-formed HTTP"),
    "malformed-host": (400, "The Host header is missing, doubled or malformed"),
    "malformed-header": (400, "A header has the wrong form"),
    "malformed-json": (400, "The body is not JSON"),
    "malformed-encoding": (400, "The body cannot be unpacked"),
    "malformed-table": (400, "The body is not the table it is said to be"),
    "too-deep": (400, "The body is nested too deeply"),
    "duplicate-key": (400, "An object in the body repeats a key"),
    "unauthenticated": (401, "A valid token is needed"),
    "forbidden": (403, "This token may not call this model"),
    "not-found": (404, "There is nothing here"),
    "method-not-allowed": (405, "This path takes another method"),
    "not-acceptable": (406, "The answer has no form that the request accepts"),
    "body-timeout": (408, "The request was not complete in time"),
    "retired": (410, "The model was retired"),
    "too-large": (413, "The request is too large"),
    "unsupported-media-type": (415, "The body has a form that is not taken here"),
    "host-not-allowed": (421, "This host name is not served here"),
    "schema-violation": (422, "Input does not match the contract"),
    "out-of-range": (422, "A number is out of range"),
    "invalid-string": (422, "A text holds characters that cannot be stored"),
    "value-not-finite": (422, "A number is not finite"),
    "unknown-category": (422, "A category is unknown to the model"),
    "invalid-name": (422, "A name has the wrong form"),
    "mixed-keys": (422, "The rows of one request belong to several customers"),
    "batch-size": (422, "The number of rows is not taken"),
    "headers-too-large": (431, "The header block is too large"),
    "internal": (500, "Something is wrong on our side"),
    "model-failed": (502, "The model failed"),
    "model-crashed": (502, "The model died on this request"),
    "model-output-invalid": (502, "The model gave no valid answer"),
    "queue-full": (503, "Too many requests are waiting"),
    "draining": (503, "This process is shutting down"),
    "not-ready": (503, "This process is not ready"),
    "version-expired": (503, "The version is older than its owner allows"),
    "switched-off": (503, "The model is switched off"),
    "log-unavailable": (503, "The prediction log cannot be written"),
    "deadline-exceeded": (504, "The model did not answer in time"),
}

#: Seconds after which trying again makes sense, for the slugs where it does.
RETRY_AFTER: Mapping[str, int] = {"queue-full": 1, "draining": 2, "not-ready": 1, "log-unavailable": 2}


class Refusal(Record, frozen=True):
    """Why a request is not answered with a prediction."""

    slug: str
    #: One sentence that says what to do.
    detail: str
    errors: tuple[Problem, ...] = ()
    #: Another status than the slug's own, where one slug has two (an empty batch, a batch over the limit).
    other_status: int = 0
    #: Header lines of its own.
    further: bytes = b""

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.other_status or SLUGS[self.slug][0]

    @property
    def lines(self) -> bytes:
        """Header lines that go with it."""
        lines = b"Cache-Control: no-store\r\n" + self.further
        if self.slug == "unauthenticated":
            lines += b'WWW-Authenticate: Bearer realm="lamplighter"\r\n'
        if self.slug in RETRY_AFTER:
            lines += b"Retry-After: %d\r\n" % RETRY_AFTER[self.slug]
        return lines


def problem(refusal: Refusal, *, instance: str = "", request: str = "", lines: bytes = b"", close: bool = False) -> Answer:
    """The refusal as a problem document (RFC 9457)."""
    document: dict[str, Any] = {
        "type": BASE + refusal.slug,
        "title": SLUGS[refusal.slug][1],
        "status": refusal.status,
        "detail": refusal.detail,
    }
    if instance:
        document["instance"] = instance
    if request:
        document["request_id"] = request
    if refusal.errors:
        document["errors"] = refusal.errors
    return Answer(refusal.status, msgspec.json.encode(document), PROBLEM, refusal.lines + lines, close)


def sentence(refusal: Refusal, *, lines: bytes = b"") -> Answer:
    """The refusal as the Open Inference Protocol writes it: one sentence."""
    places = ", ".join(f"{error.pointer} {error.code}" for error in refusal.errors)
    text = f"{SLUGS[refusal.slug][1]}. {refusal.detail}" + (f" ({places})" if places else "")
    return Answer(refusal.status, msgspec.json.encode({"error": text}), JSON, refusal.lines + lines)


#: Slugs that replace `schema-violation` when every problem of a request is of that one kind.
_OWN_SLUG = {
    "out-of-range": "out-of-range",
    "invalid-string": "invalid-string",
    "not-finite": "value-not-finite",
    "unknown-category": "unknown-category",
}


def misfit(problems: tuple[Problem, ...], version: str) -> Refusal:
    """The refusal of rows that do not fit the contract of a version such as `late-flights@7`."""
    codes = {problem.code for problem in problems}
    slug = _OWN_SLUG.get(next(iter(codes)), "schema-violation") if len(codes) == 1 else "schema-violation"
    count = "1 thing is" if len(problems) == 1 else f"{len(problems)} things are"
    return Refusal(slug, f"{count} wrong. Compare with the contract of {version}.", problems)
