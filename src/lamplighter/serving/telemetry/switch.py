"""Whether anything is exported, as the variables of OpenTelemetry say. Imports nothing of OpenTelemetry."""

import os
from collections.abc import Mapping
from importlib.util import find_spec

_ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
_SIGNALS = ("TRACES", "METRICS")
_SPOKEN = "http/protobuf"


def signals(environ: Mapping[str, str] = os.environ) -> frozenset[str]:
    """What is to be exported, of `TRACES` and `METRICS`: nothing unless an endpoint is set."""
    if environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return frozenset()
    return frozenset(name for name in _SIGNALS if _is_wanted(name, environ))


def _is_wanted(signal: str, environ: Mapping[str, str]) -> bool:
    endpoint = environ.get(f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT") or environ.get(_ENDPOINT)
    return bool(endpoint) and environ.get(f"OTEL_{signal}_EXPORTER", "").strip() in ("", "otlp")


def hindrance(environ: Mapping[str, str] = os.environ) -> str:
    """Why nothing can be exported although an endpoint is set, as a sentence; empty if nothing is wanted or nothing hinders."""
    wanted = signals(environ)
    if not wanted:
        return ""
    if not is_installed():
        return "An endpoint of OpenTelemetry is set, and lamplighter[otel] is not installed."
    named = (
        environ.get(f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL") or environ.get("OTEL_EXPORTER_OTLP_PROTOCOL") for signal in wanted
    )
    if any(protocol not in (None, "", _SPOKEN) for protocol in named):
        return f"OTEL_EXPORTER_OTLP_PROTOCOL asks for another protocol than {_SPOKEN}, the one that is spoken here."
    return ""


def is_installed() -> bool:
    """Whether what `lamplighter[otel]` brings is here."""
    try:
        return all(find_spec(name) is not None for name in ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http"))
    except ModuleNotFoundError:
        return False
