"""Refusals in the form of MLflow: a word for machines and a sentence for people, under the status that its clients expect."""

from collections.abc import Mapping

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from lamplighter.api.problems import Throttled, TooLarge, waiting
from lamplighter.domain import errors
from lamplighter.domain.errors import LampError
from lamplighter.domain.tracking.limits import OverLimit
from lamplighter.lifecycle.tracking.finding import Taken

#: Status and word of each kind. The first kind that fits counts.
_CODES: Mapping[type[LampError], tuple[int, str]] = {
    TooLarge: (413, "REQUEST_LIMIT_EXCEEDED"),
    OverLimit: (400, "INVALID_PARAMETER_VALUE"),
    Taken: (400, "RESOURCE_ALREADY_EXISTS"),
    errors.Invalid: (400, "INVALID_PARAMETER_VALUE"),
    errors.NotFound: (404, "RESOURCE_DOES_NOT_EXIST"),
    errors.Unauthenticated: (401, "UNAUTHENTICATED"),
    errors.NotAllowed: (403, "PERMISSION_DENIED"),
    errors.Blocked: (403, "PERMISSION_DENIED"),
    errors.Conflict: (409, "RESOURCE_CONFLICT"),
    errors.TimedOut: (504, "TEMPORARILY_UNAVAILABLE"),
    Throttled: (429, "REQUEST_LIMIT_EXCEEDED"),
    errors.Unavailable: (503, "TEMPORARILY_UNAVAILABLE"),
}


def refusal(_: Request, error: LampError) -> Response:
    """The answer to a refused request."""
    status, word = next((found for kind, found in _CODES.items() if isinstance(error, kind)), (500, "INTERNAL_ERROR"))
    answer = told(status, word, f"{error.what} {error.why} {error.fix} ({error.code})")
    answer.headers.update(waiting(error))
    return answer


def not_offered(request: Request) -> Response:
    """The answer where MLflow's own server has something that we have not."""
    asked = request.url.path.partition("/mlflow/")[2] or request.url.path.rpartition("/")[2]
    # The name of a method, and nothing that a caller made up.
    name = asked if asked.replace("/", "").replace("-", "").isalpha() and len(asked) < 80 else "This call"
    return told(501, "NOT_IMPLEMENTED", f"{name} is not offered here. See the page on MLflow in the documentation for what is.")


def told(status: int, word: str, sentence: str) -> Response:
    """A refusal."""
    headers = {"Cache-Control": "no-store"}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(msgspec.json.encode({"error_code": word, "message": sentence}), status, headers, "application/json")
