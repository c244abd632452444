"""An estate of a thousand models with a hundred versions each, in the middle of its life."""

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from lamplighter.domain.contract import Column, Contract, Meaning, Output
from lamplighter.domain.contract import Kind as Holds
from lamplighter.domain.identity import PLATFORM, Role
from lamplighter.domain.incident import Incident
from lamplighter.domain.inputs import Inputs
from lamplighter.domain.monitor import DUTY_OF, Finding, Kind, Reading
from lamplighter.domain.project import Project
from lamplighter.domain.project_file import project_from
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.domain.route import LATENCY_BOUNDS, Served
from lamplighter.domain.routing import Routing
from lamplighter.domain.steps import Steps
from lamplighter.domain.traffic import HOUR, Traffic
from lamplighter.domain.version import Artifact, Manifest, Provenance, Version
from lamplighter.lifecycle import people
from lamplighter.lifecycle.kit import Kit
from lamplighter.store import schema
from lamplighter.store.transaction import Transaction

MODELS, VERSIONS = 1000, 100
DAY = 86_400_000_000
#: Weeks of readings, and inputs that each of them measures.
_WEEKS, _INPUTS = 26, 10
#: Hours of traffic.
_HOURS = 14 * 24
#: Rows in one statement.
_CHUNK = 1000
#: The one who looks at the list.
EMAIL = "ivo@example.com"
_WORDS = ("late", "flights", "churn", "prices", "returns", "credit", "demand", "fraud", "stock", "routes")


def fill(kit: Kit, models: int = MODELS, versions: int = VERSIONS) -> None:
    """Write the estate; the same one each time, but for the present moment."""
    for email, role in ((EMAIL, Role.IT), ("ada@example.com", Role.DATA_SCIENTIST), ("bea@example.com", Role.BUSINESS)):
        people.save_person(kit, PLATFORM, email, email.partition("@")[0], (role,))
    people.save_team(kit, PLATFORM, "@it-ops", (EMAIL,))
    chance, now = random.Random(4), time.time_ns() // 1000
    for start in range(0, models, 50):
        with kit.store.transaction() as change:
            for number in range(start, min(models, start + 50)):
                _model(change, number, versions, chance, now)


def name_of(number: int) -> str:
    """The name of a model."""
    return f"{_WORDS[number % 10]}-{_WORDS[number // 10 % 10]}-{number:04d}"


def _model(change: Transaction, number: int, versions: int, chance: random.Random, now: int) -> None:
    name = name_of(number)
    change.projects.put(_project(name, critical=number % 8 == 0))
    made = [_version(name, one, now) for one in range(1, versions + 1)]
    _insert(change, schema.versions, ({**_columns(one, "model", "number", "digest"), "body": _text(one)} for one in made))
    _insert(change, schema.rollouts, (_rollout(one, now) for one in made))
    live = made[-1]
    served = partial(Served, digest=live.digest)
    change.routings.add(
        Routing(model=name, environment="prod", champion=served(number=versions), live_since=now - 9 * DAY, revision=1)
    )
    readings = list(_readings(name, versions, now, chance))
    keys = [column.name for column in schema.readings.primary_key]
    _insert(change, schema.readings, ({**_columns(one, *keys), "body": _text(one)} for one in readings))
    change.inputs.put(Inputs(model=name, environment="prod", number=versions, end=now, matter=chance.random() < 0.05))
    _insert(change, schema.traffic, _traffic(name, versions, now, chance, 600, 144))
    _insert(change, schema.hours, _traffic(name, versions, now, chance, HOUR, _HOURS))
    if chance.random() < 0.2:
        change.incidents.add(_incident(f"I-{number}", name, versions, now, chance))


def _project(name: str, *, critical: bool) -> Project:
    impact = {"customers": critical, "loss": "large" if critical else "small", "reversible": not critical}
    return project_from(
        {
            "model": {"name": name, "summary": "Says an hour ahead what will happen, so that people can plan for it."},
            "problem": {
                "statement": "Gates are planned an hour ahead, and late arrivals block them.",
                "requester": "bea@example.com",
            },
            "owners": {
                "design": "ada@example.com",
                "industrialization": "ada@example.com",
                "deployment": {"first": "ada@example.com", "then": "@it-ops", "after": "14d"},
                "monitoring": {"first": "@it-ops", "model_alerts": "ada@example.com"},
                "management": "ada@example.com",
                "business": "bea@example.com",
                "deputy": EMAIL,
            },
            "impact": {**impact, "automated": critical, "updates": "monthly"},
            "source": [{"name": f"source-{one}", "owner": "@it-ops", "freshness": "1h"} for one in range(3)],
            "monitor": {"quality": {"metric": "brier", "limit": 0.19, "window": "7d"}},
        }
    )


def _version(name: str, number: int, now: int) -> Version:
    columns = tuple(Column(name=f"input_{one}", kind=Holds.NUMBER, low=0.0, high=91.5) for one in range(_INPUTS))
    manifest = Manifest(
        model=name,
        runtime="compiled",
        contract=Contract(inputs=columns, output=Output(name="late", meaning=Meaning.PROBABILITY, classes=("no", "yes"))),
        artifacts=(Artifact(role="plan", name="plan.onnx", digest=f"{number:064x}", size=3_120_000, format="onnx"),),
        provenance=Provenance(commit="9ab12f0", data_digest=f"{number:064x}", data_rows=81_000 + number, seed=7),
    )
    at = now - (VERSIONS + 1 - number) * 3 * DAY
    return Version(
        model=name, number=number, digest=manifest.digest, manifest=manifest, author="ada@example.com", created_at=at
    )


def _rollout(made: Version, now: int) -> dict[str, Any]:
    waiting = made.number == VERSIONS and int(made.digest[:4], 16) % 50 == 0
    rollout = Rollout(
        id=f"R-{made.model}-{made.number}", model=made.model, environment="prod", number=made.number, version=made.digest,
        previous=made.number - 1, decision="d" * 64, asked_by="ada@example.com", plan=Steps(steps=(1, 10, 50, 100)),
        phase=Phase.WAITING if waiting else Phase.COMPLETED, step=3, opened_at=made.created_at, moved_at=now,
    )  # fmt: skip
    return {**_columns(rollout, "id", "model", "environment", "opened_at", "revision"), "open": waiting, "body": _text(rollout)}


def _readings(name: str, number: int, now: int, chance: random.Random) -> Iterator[Reading]:
    for week in range(_WEEKS):
        start = now // DAY * DAY - (week + 1) * 7 * DAY
        wanted = [("quality", "brier", ""), ("quality", "auc", ""), ("estimate", "brier", "")]
        wanted += [("drift", "jensen_shannon", f"input_{one}") for one in range(_INPUTS)]
        for aspect, measure, column in wanted:
            value = 0.1 + 0.1 * chance.random()
            yield Reading(
                model=name, environment="prod", number=number, aspect=aspect, measure=measure, column=column, start=start,
                end=start + 7 * DAY, value=value, low=value - 0.01, high=value + 0.01, count=5_000, limit=0.19,
            )  # fmt: skip


def _traffic(name: str, number: int, now: int, chance: random.Random, length: int, count: int) -> Iterator[dict[str, Any]]:
    """The rows of the last so many parts of traffic, of this many seconds each."""
    latencies = tuple(chance.randrange(40) for _ in range(len(LATENCY_BOUNDS) + 1))
    asked, last = sum(latencies), now // 1_000_000 // length * length
    for part in range(count):
        row = Traffic(name, "prod", number, "champion", last - length * part, requests=asked, rows=asked, latencies=latencies)
        yield {**msgspec.structs.asdict(row), "latencies": msgspec.json.encode(latencies).decode()}


def _incident(key: str, name: str, number: int, now: int, chance: random.Random) -> Incident:
    kind = chance.choice((Kind.TECHNICAL, Kind.FUNCTIONAL, Kind.FEED))
    said = "Quality (brier) is 0.213, over its limit of 0.19: v100 said 18% on average, 32% came true."
    finding = Finding(
        model=name, environment="prod", number=number, kind=kind, measure="brier", value=0.213, limit=0.19, sentence=said,
        start=now - 7 * DAY, end=now, after_rows=40_210,
    )  # fmt: skip
    at = now - chance.randrange(3 * DAY)
    holder = chance.choice((EMAIL, "ada@example.com"))
    return Incident(
        id=key, model=name, environment="prod", finding=finding, duty=DUTY_OF[kind], holder=holder, deputy="ada@example.com",
        opened_at=at, moved_at=at,
    )  # fmt: skip


def _columns(record: msgspec.Struct, *names: str) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}


def _text(record: msgspec.Struct) -> str:
    return msgspec.json.encode(record).decode()


def _insert(change: Transaction, table: Any, rows: Iterator[Mapping[str, Any]]) -> None:
    every: Sequence[Mapping[str, Any]] = list(rows)
    for start in range(0, len(every), _CHUNK):
        change.connection.execute(table.insert(), every[start : start + _CHUNK])
