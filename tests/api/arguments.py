"""Arguments for every verb that are of the right form and yet do nothing: they name things that nobody has."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from lamplighter.domain.contract import Column, Contract, Kind, Meaning, Output
from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.look_alike import Shown
from lamplighter.domain.node import NodeReport
from lamplighter.domain.observation import Observation
from lamplighter.domain.plan import Plan
from lamplighter.domain.project import Model as Described
from lamplighter.domain.project import Project
from lamplighter.domain.version import Artifact, Manifest
from lamplighter.sdk.answers import Facts
from lamplighter.sdk.door import Door

_CONTRACT = Contract(inputs=(Column(name="delay", kind=Kind.NUMBER),), output=Output(name="late", meaning=Meaning.PROBABILITY))
_ARTIFACT = Artifact(role="plan", name="plan.json", digest="0" * 64, size=1, format="json")
_VALUES: Mapping[str, Any] = {
    "email": "@nobody",
    "owner": "nobody@trains.example",
    "models": [],
    "consumer": "nobody",
    "name": "nobody",
    "roles": ["risk"],
    "active": True,
    "agreed": False,
    "members": ["nobody@trains.example"],
    "label": "laptop",
    "days": 3,
    "environment": "nowhere",
    "model": "nothing",
    "what": "nothing",
    "until": 1,
    "threshold": 0.5,
    "sunset": 1,
    "successor": "nothing",
    "retired": False,
    "projects": [],
    "plan": Plan(at=1, planned=(), unchanged=0),
    "project": Project(model=Described(name="another")),
    "digests": ["0" * 64],
    "since": 0,
    "digest": "0" * 64,
    "manifest": Manifest(model="another", runtime="compiled", contract=_CONTRACT, artifacts=(_ARTIFACT,)),
    "evidence": [],
    "note": "words",
    "reference": "nothing@1",
    "side": "it",
    "accepted": True,
    "reason": "words",
    "key": "X-1",
    "duration": "4h",
    "text": "words",
    "to": 1,
    "leaving": 1,
    "number": 1,
    "labels": [],
    "predictions": [],
    "aspect": "quality",
    "measure": "brier",
    "start": 0,
    "end": 1,
    "seconds": 60,
    "sliced": True,
    "after": 0,
    "closed": False,
    "conclude": True,
    "bad": False,
    "cause": "words",
    "case": "words",
    "said": "yes",
    "agree_at_least": 1,
    "signed_as": "words",
    "as_expected": True,
    "incident": "X-1",
    "condition": "delay > 20",
    "metric": "brier",
    "least_rows": 10,
    "search": "words",
    "only": "failing",
    "tier": "internal",
    "needs": "me",
    "gap": "silent",
    "lack": "owner",
    "form": "html",
    "fit": "logistic",
    "page": 1,
    "instant": 1,
    "table": "nothing",
    "newest": 1,
    "rows": 3,
    "passed": True,
    "check": "words",
    "limit": 1,
    "gate": "words",
    "against": "words",
    "weight": "high",
    "words": "words",
    "answers": {"runbook": "words"},
    "drill": "access",
    "word": "words",
    "schema": "words",
    "lifted": True,
    "training": "T-1",
    "versions": "1,2",
    "node": "nothing",
    "version": "0" * 64,
    "report": NodeReport(instance="another", observation=Observation(alive=False)),
    "segment": "0-1-000000.seg",
    "offset": 0,
}
_SPECIAL: Mapping[tuple[str, str], Any] = {
    ("save_environment", "environment"): Environment(name="another", level=Level.DEVELOPMENT, port=1),
    ("assign", "to"): "@nobody",
    ("foretell_handover", "to"): "@nobody",
    ("start_handover", "to"): "@nobody",
    ("sign_look_alikes", "members"): [Shown(rollout="R-1", binding="words")],
    ("add_evidence", "evidence"): Facts(kind="fairness", facts={"checked": True}),
}


def harmless(door: Door) -> dict[str, Any]:
    """Plain values for every argument of a verb but its bytes."""
    named = [name for name, kind in door.arguments.items() if kind is not bytes]
    return {name: msgspec.to_builtins(_SPECIAL.get((door.name, name), _VALUES[name])) for name in named}


def request_of(door: Door, arguments: Mapping[str, Any]) -> tuple[str, str, Any]:
    """Method, path with its query, and body of a request with these arguments."""
    path = door.path
    for name in door.places:
        path = path.replace(f"{{{name}}}", quote(str(arguments[name]), safe="@:"))
    rest = {name: value for name, value in arguments.items() if name not in door.places}
    if door.method == "GET":
        query = "&".join(f"{name}={quote(_text(value), safe='')}" for name, value in rest.items())
        return door.method, f"{path}?{query}" if query else path, None
    if bytes in door.arguments.values():
        return door.method, path, b"bytes of another digest"
    return door.method, path, rest


def _text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
