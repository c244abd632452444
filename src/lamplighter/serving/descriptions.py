"""What can be asked about the process and its models without sending rows."""

import msgspec

from lamplighter import __version__
from lamplighter.serving.codecs.columns import DATATYPES
from lamplighter.serving.doors import Call, Door
from lamplighter.serving.message import TEXT, Answer
from lamplighter.serving.openapi import openapi
from lamplighter.serving.problems import Refusal
from lamplighter.serving.router import Adopted, Router
from lamplighter.serving.versions import Loaded


def server() -> Answer:
    """Name, release and extensions, as the Open Inference Protocol has them."""
    return _json({"name": "lamplighter", "version": __version__, "extensions": ["binary_tensor_data", "model_repository"]})


def index(router: Router, models: tuple[str, ...]) -> Answer:
    """Names of the models that a caller may call; an empty tuple means all."""
    return _json({"models": sorted(name for name in router.models if not models or name in models)})


def repository(router: Router, models: tuple[str, ...]) -> Answer:
    """Each answering version and its state."""
    rows = [
        {"name": name, "version": str(version.served.number), "state": "READY", "reason": ""}
        for name, adopted in sorted(router.models.items())
        if not models or name in models
        for version in _answering(adopted)
    ]
    return Answer(200, msgspec.json.encode(rows))


def metadata(adopted: Adopted, call: Call) -> Answer | Refusal:
    """Inputs and output of the version that the path names, or of the champion."""
    version = _named(adopted, call)
    if isinstance(version, Refusal):
        return version
    contract = version.contract
    inputs = [{"name": column.name, "datatype": DATATYPES[column.kind], "shape": [-1]} for column in contract.inputs]
    return _json(
        {
            "name": call.model,
            "versions": [str(one.served.number) for one in _answering(adopted)],
            "platform": f"lamplighter-{version.manifest.runtime}",
            "inputs": inputs,
            "outputs": [{"name": contract.output.name, "datatype": "FP64", "shape": [-1]}],
        },
        version,
    )


def ready(adopted: Adopted, call: Call) -> Answer | Refusal:
    """The version that the path names, or the champion, can answer."""
    version = _named(adopted, call)
    return version if isinstance(version, Refusal) else _json({"name": call.model, "ready": True}, version)


#: What is loaded follows from the route alone.
NOT_FOR_CALLERS = Refusal("forbidden", "Models come and go by rollouts: lamp deploy, lamp rollback.")


def loaded(adopted: Adopted) -> Answer:
    """Nothing has to be done for a model that answers."""
    return _json({}, adopted.champion)


def ping(adopted: Adopted) -> Answer:
    """A line end, as the scoring server of MLflow answers."""
    return Answer(200, b"\n", TEXT, _version_line(adopted.champion))


def release(adopted: Adopted) -> Answer:
    """Release of this software; the version of the model is in the header."""
    return Answer(200, __version__.encode(), TEXT, _version_line(adopted.champion))


def described(adopted: Adopted) -> Answer:
    """The model as OpenAPI."""
    return _json(
        openapi(adopted.champion.manifest.model, adopted.champion.served.number, adopted.champion.contract), adopted.champion
    )


def state(door: Door, *, live: bool, ready: bool) -> Answer | Refusal:
    """Whether the process runs, or answers by a route."""
    if door.path.startswith("/v2"):
        word = "live" if live else "ready"
        return _json({word: True}) if live or ready else Refusal("not-ready", "No route has been adopted yet.")
    if door.path == "/":
        return _json({"status": "alive"})
    return Answer(200, b"ok\n", TEXT) if live or ready else Refusal("not-ready", "No route has been adopted yet.")


def _named(adopted: Adopted, call: Call) -> Loaded | Refusal:
    if not call.number:
        return adopted.champion
    found = adopted.answering(call.number)
    return found[0] if found else Refusal("not-found", "No version of that number answers here.")


def _answering(adopted: Adopted) -> tuple[Loaded, ...]:
    return (adopted.champion,) if adopted.challenger is None else (adopted.champion, adopted.challenger)


def _json(value: dict[str, object], version: Loaded | None = None) -> Answer:
    return Answer(200, msgspec.json.encode(value), lines=b"" if version is None else _version_line(version))


def _version_line(version: Loaded) -> bytes:
    return b"Lamp-Version: %b\r\n" % version.name.encode()
