"""Every path of a serving process: what it does, by which method, and who may."""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

from lamplighter.domain.record import Record


class Verb(StrEnum):
    """What a path does."""

    #: The process runs.
    LIVE = "live"
    #: The process answers by a route.
    READY = "ready"
    #: Counters for Prometheus.
    METRICS = "metrics"
    #: Names this server and its protocol extensions.
    SERVER = "server"
    #: Names of the models.
    INDEX = "index"
    #: Names, versions and states of the models.
    REPOSITORY = "repository"
    #: A caller asks that the model be loaded: it is, or it is not for callers to say.
    LOAD = "load"
    #: A caller asks that the model be unloaded; that is not for callers to say.
    UNLOAD = "unload"
    #: What a model takes and gives.
    METADATA = "metadata"
    #: The model can answer.
    MODEL_READY = "model-ready"
    #: The model can answer, as the MLflow scoring server says it.
    PING = "ping"
    #: Release of this software.
    VERSION = "version"
    #: The model as OpenAPI.
    OPENAPI = "openapi"
    #: Scores rows.
    PREDICT = "predict"


class Who(StrEnum):
    """Who may use a door."""

    #: No token needed; nothing behind it depends on data.
    ANYONE = "anyone"
    #: A valid token of the environment.
    CALLER = "caller"
    #: A valid token that may call the model in the path.
    CALLER_OF_MODEL = "caller-of-model"


class Door(Record, frozen=True):
    """One method of one path."""

    method: str
    #: With `{model}` and `{number}` where names stand.
    path: str
    verb: Verb
    who: Who
    #: How the body and the answer are written: the name of a file in `codecs/`.
    codec: str = "mlflow"


class Call(Record, frozen=True):
    """A path that exists, with the names in it."""

    #: By method.
    doors: Mapping[str, Door]
    model: str = ""
    #: 0 where the path names no version.
    number: int = 0


_V2 = (
    Door("GET", "/v2", Verb.SERVER, Who.CALLER, "v2"),
    Door("GET", "/v2/health/live", Verb.LIVE, Who.ANYONE, "v2"),
    Door("GET", "/v2/health/ready", Verb.READY, Who.ANYONE, "v2"),
    Door("GET", "/v2/models", Verb.INDEX, Who.CALLER, "v2"),
    Door("POST", "/v2/repository/index", Verb.REPOSITORY, Who.CALLER, "v2"),
    Door("POST", "/v2/repository/models/{model}/load", Verb.LOAD, Who.CALLER_OF_MODEL, "v2"),
    Door("POST", "/v2/repository/models/{model}/unload", Verb.UNLOAD, Who.CALLER_OF_MODEL, "v2"),
    Door("GET", "/v2/models/{model}", Verb.METADATA, Who.CALLER_OF_MODEL, "v2"),
    Door("GET", "/v2/models/{model}/versions/{number}", Verb.METADATA, Who.CALLER_OF_MODEL, "v2"),
    Door("GET", "/v2/models/{model}/ready", Verb.MODEL_READY, Who.CALLER_OF_MODEL, "v2"),
    Door("GET", "/v2/models/{model}/versions/{number}/ready", Verb.MODEL_READY, Who.CALLER_OF_MODEL, "v2"),
    Door("POST", "/v2/models/{model}/infer", Verb.PREDICT, Who.CALLER_OF_MODEL, "v2"),
    Door("POST", "/v2/models/{model}/versions/{number}/infer", Verb.PREDICT, Who.CALLER_OF_MODEL, "v2"),
)

#: The whole list. A path that is not here does not exist. Those of v2 also exist below `/m/{model}`.
DOORS: tuple[Door, ...] = (
    Door("GET", "/livez", Verb.LIVE, Who.ANYONE),
    Door("GET", "/readyz", Verb.READY, Who.ANYONE),
    Door("GET", "/metrics", Verb.METRICS, Who.ANYONE),
    *_V2,
    Door("GET", "/", Verb.LIVE, Who.ANYONE, "v1"),
    Door("GET", "/v1/models", Verb.INDEX, Who.CALLER, "v1"),
    Door("GET", "/v1/models/{model}", Verb.MODEL_READY, Who.CALLER_OF_MODEL, "v1"),
    Door("POST", "/v1/models/{model}:predict", Verb.PREDICT, Who.CALLER_OF_MODEL, "v1"),
    Door("GET", "/m/{model}/ping", Verb.PING, Who.CALLER_OF_MODEL),
    Door("GET", "/m/{model}/health", Verb.PING, Who.CALLER_OF_MODEL),
    Door("GET", "/m/{model}/version", Verb.VERSION, Who.CALLER_OF_MODEL),
    Door("GET", "/m/{model}/openapi.json", Verb.OPENAPI, Who.CALLER_OF_MODEL),
    Door("POST", "/m/{model}", Verb.PREDICT, Who.CALLER_OF_MODEL, "plain"),
    Door("POST", "/m/{model}/invocations", Verb.PREDICT, Who.CALLER_OF_MODEL),
    Door("POST", "/m/{model}/versions/{number}/invocations", Verb.PREDICT, Who.CALLER_OF_MODEL),
)

_MODEL = "(?P<model>[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)"
_NUMBER = "(?P<number>[1-9][0-9]{0,8})"
_BASE = re.compile(f"/m/{_MODEL}(?P<rest>/v2(?:/.*)?)")


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(path.replace("{model}", _MODEL).replace("{number}", _NUMBER))


_PATTERNS = {path: _pattern(path) for path in dict.fromkeys(door.path for door in DOORS)}


def route_of(door: Door, path: str) -> str:
    """The whole template of a path that leads to the door: those of v2 also exist below `/m/{model}`."""
    return f"/m/{{model}}{door.path}" if path.startswith("/m/") and not door.path.startswith("/m/") else door.path


def template_of(path: str) -> str:
    """The template of a path that takes predictions; empty if there is no such path."""
    call = resolve(path)
    return route_of(call.doors["POST"], path) if call is not None else ""


@lru_cache(maxsize=1024)
def resolve(path: str) -> Call | None:
    """What the path names; nothing if there is no such path."""
    base = _BASE.fullmatch(path)
    call = _resolve(base["rest"] if base else path)
    if base is None or call is None:
        return call
    if call.model not in ("", base["model"]):
        return None
    return Call(doors=call.doors, model=call.model, number=call.number)


def _resolve(path: str) -> Call | None:
    for template, pattern in _PATTERNS.items():
        match = pattern.fullmatch(path)
        if match is not None:
            names = match.groupdict()
            doors = {door.method: door for door in DOORS if door.path == template}
            return Call(doors=doors, model=names.get("model", ""), number=int(names.get("number", "0")))
    return None
