"""Statuses of gRPC by their names, for those who have its library and those who have not."""

from collections.abc import Mapping

SERVICE = "inference.GRPCInferenceService"
#: The method that scores, as monitoring names it.
METHOD = f"{SERVICE}/ModelInfer"
#: What a status of HTTP is here; any other is INTERNAL.
_CODES: Mapping[int, str] = {
    200: "OK",
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    410: "NOT_FOUND",
    413: "RESOURCE_EXHAUSTED",
    422: "INVALID_ARGUMENT",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
#: Those that speak of a fault on our side.
FAILURES = frozenset(("UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"))


def code_of(status: int) -> str:
    """The name of the code that stands for a status of HTTP."""
    return _CODES.get(status, "INTERNAL")
