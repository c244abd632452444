"""What we say, in the words of the semantic conventions of OpenTelemetry. Imports nothing of OpenTelemetry."""

from collections.abc import Mapping

from lamplighter.serving.doors import template_of
from lamplighter.serving.rpc.codes import FAILURES, METHOD, code_of
from lamplighter.serving.telemetry.wire import Durations, Kind, Span

#: The release of the conventions that these words are of.
SCHEMA = "https://opentelemetry.io/schemas/1.44.0"

Attributes = Mapping[str, str | int | list[str]]
_HEADERS = {Kind.HTTP: "http.response.header", Kind.RPC: "rpc.response.metadata"}


def name_of(span: Span) -> str:
    """What the span is called: one name for all that are alike."""
    match span.kind:
        case Kind.HTTP:
            return f"POST {template_of(span.path)}"
        case Kind.RPC:
            return METHOD
        case Kind.SHADOW:
            return "shadow"


def about(span: Span) -> Attributes:
    """Everything that is known of it."""
    headers = _headers(span.lines)
    said: dict[str, str | int | list[str]] = {
        **_request(span.kind, template_of(span.path), span.status),
        **_arm(span.model, span.arm),
    }
    if span.kind is Kind.HTTP:
        said["url.path"] = span.path
    if span.arm and "lamp-version" in headers:
        said["feature_flag.result.value"] = headers["lamp-version"]
    if span.kind in _HEADERS:
        said |= {f"{_HEADERS[span.kind]}.{name}": [value] for name, value in headers.items()}
    return said


def about_durations(durations: Durations) -> Attributes:
    """What the answers have in common."""
    return {**_request(durations.kind, durations.route, durations.status), **_arm(durations.model, durations.arm)}


def failure(kind: Kind, status: int) -> str:
    """The kind of error that it ended with for the one who serves; empty if it is none of ours."""
    if kind is Kind.RPC:
        return code_of(status) if code_of(status) in FAILURES else ""
    return str(status) if status >= 500 else ""


def _request(kind: Kind, route: str, status: int) -> dict[str, str | int]:
    said: dict[str, str | int] = {}
    match kind:
        case Kind.HTTP:
            said |= {
                "http.request.method": "POST",
                "http.route": route,
                "http.response.status_code": status,
                "url.scheme": "http",
            }
        case Kind.RPC:
            said |= {"rpc.system.name": "grpc", "rpc.method": METHOD, "rpc.response.status_code": code_of(status)}
        case Kind.SHADOW:
            pass
    failed = failure(kind, status)
    return said | {"error.type": failed} if failed else said


def _arm(model: str, arm: str) -> dict[str, str]:
    return {"feature_flag.key": model, "feature_flag.result.variant": arm} if arm else {}


def _headers(lines: bytes) -> dict[str, str]:
    """Our own headers of the answer."""
    pairs = (line.partition(": ") for line in lines.decode("ascii", "replace").split("\r\n"))
    return {name.lower(): value for name, _, value in pairs if name.startswith("Lamp-")}
