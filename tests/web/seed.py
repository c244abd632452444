"""A platform in the middle of its life, written into a real store: models of every status, with people who have them."""

import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from tests.domain import specimens
from tests.ports import free_port
from tests.sdk.homes import with_schema

from lamplighter import keys
from lamplighter.domain.acceptance import Side, Signature
from lamplighter.domain.challenge import Challenge, Verdict
from lamplighter.domain.consumer import Account
from lamplighter.domain.contract import Column, Contract, Meaning, Output
from lamplighter.domain.contract import Kind as Holds
from lamplighter.domain.decision import Decision, Judgement, Passed, Refused, Undecided
from lamplighter.domain.environment import DeclaredEnvironment, Level
from lamplighter.domain.events import AnyEvent
from lamplighter.domain.events.incident import IncidentOpened
from lamplighter.domain.events.rollout import RolloutMoved
from lamplighter.domain.events.routing import RolledBack, WentLive
from lamplighter.domain.events.version import DecisionMade, VersionAccepted, VersionRegistered
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.identity import PLATFORM, Actor, Person, Role
from lamplighter.domain.incident import Incident, State
from lamplighter.domain.monitor import DUTY_OF, Finding, Kind, Reading
from lamplighter.domain.prediction import Scored, frame
from lamplighter.domain.project import Project
from lamplighter.domain.project_file import project_from
from lamplighter.domain.replay import Figures, Replayed, Thresholds
from lamplighter.domain.retraining import Retraining
from lamplighter.domain.retraining import State as Training
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.domain.route import LATENCY_BOUNDS, Arm, Served
from lamplighter.domain.routing import Routing
from lamplighter.domain.selection import Guard, Held, Sealed
from lamplighter.domain.slices import key_of
from lamplighter.domain.steps import Steps
from lamplighter.domain.traffic import CallerHour, Traffic
from lamplighter.domain.version import Artifact, Badge, Manifest, Provenance, Version
from lamplighter.lifecycle import design, inputs, people
from lamplighter.lifecycle.kit import Kit
from lamplighter.monitoring.labelled import labelled, labelled_bytes
from lamplighter.settings import Settings
from lamplighter.settings import Training as Configured
from lamplighter.store.felt import CallerRefusals
from lamplighter.store.outcomes import Day
from lamplighter.store.transaction import Transaction

NOW = time.time_ns() // 1000
_LATENCIES = (2, 20, 60, 30, 6, 2, *[0] * (len(LATENCY_BOUNDS) - 5))
MINUTE, DAY = 60_000_000, 86_400_000_000
ADA, IVO, BEA, RITA = "ada@example.com", "ivo@example.com", "bea@example.com", "rita@example.com"
#: A text that must never become markup.
HOSTILE = "<script>document.title='owned'</script><img src=x onerror=alert(1)>"


def open_kit(home: Path) -> Kit:
    """A new platform in a folder, with people and teams, and nothing else."""
    environments = (
        DeclaredEnvironment(name="dev", level=Level.DEVELOPMENT, port=free_port()),
        DeclaredEnvironment(name="staging", level=Level.ACCEPTANCE, port=free_port()),
        DeclaredEnvironment(name="prod", level=Level.PRODUCTION, port=free_port(), workers=2),
    )
    trainings = {"nightly": Configured(command=("python", "train.py"), folder=str(home))}
    kit = Kit.open(with_schema(Settings(home=str(home), environments=environments, trainings=trainings)))
    people.bootstrap(kit)
    for email, name, role in (
        (ADA, "Ada", Role.DATA_SCIENTIST),
        (IVO, "Ivo", Role.IT),
        (BEA, "Bea", Role.BUSINESS),
        (RITA, "Rita", Role.RISK),
    ):
        people.save_person(kit, PLATFORM, email, name, (role,))
    people.save_team(kit, PLATFORM, "@data-science", (ADA,))
    people.save_team(kit, PLATFORM, "@it-ops", (IVO,))
    return kit


def fill(kit: Kit, *, models: int = 6) -> None:
    """Write the life of late-flights, of a few others, and of as many healthy models as asked for."""
    late_flights(kit)
    churn(kit)
    parts_demand(kit)
    waiting(kit)
    design.save_project(kit, PLATFORM, "credit-limit", project("credit-limit", "Sets the limit of a credit card."))
    for number in range(1, models + 1):
        name = f"price-{number:03d}"
        healthy(kit, name)


def project(name: str, summary: str, **more: object) -> Project:
    """A project with everybody named."""
    found = {
        "model": {"name": name, "summary": summary},
        "problem": {"statement": "Gates are planned an hour ahead, and late arrivals block them.", "requester": BEA},
        "owners": {
            "design": "@data-science",
            "industrialization": "@data-science",
            "deployment": {"first": "@data-science", "then": "@it-ops", "after": "90d"},
            "monitoring": {"first": "@it-ops", "model_alerts": ADA, "deputy": ADA},
            "management": "@data-science",
            "business": BEA,
            "risk": RITA,
            "deputy": IVO,
        },
        "impact": {"customers": False, "loss": "small", "reversible": True, "automated": False, "updates": "monthly"},
        **more,
    }
    return project_from(found)


def mission_critical(name: str, summary: str) -> Project:
    """A project whose answers give the strictest tier."""
    impact = {"customers": True, "loss": "large", "reversible": False, "automated": True, "updates": "monthly"}
    return project(
        name,
        summary,
        impact=impact,
        requirement=[{"metric": "brier", "operator": "<=", "bound": 0.19}],
        source=[{"name": "weather", "owner": "@it-ops", "freshness": "1h"}, {"name": "schedule", "owner": BEA}],
        consumer=[{"name": "ops-dashboard", "owner": BEA}],
        monitor={"quality": {"metric": "brier", "limit": 0.19, "window": "7d"}, "labels": {"expected_after": "2d"}},
        retrain={
            "run": "nightly",
            "when": ["quality", "schedule 0 5 1 * *", "volume 20000", "expiry 21d"],
            "budget": {"trainings": 4, "days": 30},
        },
    )


_COLUMNS = ("precip", "visib", "temp", "wind_speed", "dep_hour", "distance")


def version(kit: Kit, model: str, number: int, note: str = "", author: str = ADA, at: int = 0) -> Version:
    """A version with a contract, two files and evidence."""
    columns = tuple(Column(name=name, kind=Holds.NUMBER, nullable=name == "precip", low=0.0, high=91.5) for name in _COLUMNS)
    texts = (Column(name="carrier", kind=Holds.TEXT, categories=("AA", "B6", "DL", "EV", "MQ", "UA", "US", "WN", "VX")),)
    manifest = Manifest(
        model=model,
        runtime="compiled",
        contract=Contract(
            inputs=columns + texts, output=Output(name="late", meaning=Meaning.PROBABILITY, classes=("on time", "late"))
        ),
        artifacts=(
            Artifact(role="plan", name="plan.onnx", digest=f"{number:064x}", size=3_120_000, format="onnx"),
            Artifact(
                role="model", name="model.skops", digest=f"{number + 9:064x}", size=940_000, format="skops", badge=Badge.AUDITED
            ),
        ),
        provenance=Provenance(
            commit="9ab12f0",
            data_digest="c" * 64,
            data_rows=81_000 + number,
            data_period="Jan to Mar 2013",
            seed=7,
            licence="MIT",
        ),
    )
    at = at or NOW - (60 - number) * DAY
    made = Version(
        model=model, number=number, digest=manifest.digest, manifest=manifest, author=author, created_at=at, note=note
    )
    facts: tuple[tuple[str, dict[str, Any]], ...] = (
        ("load-check", {"passed": True, "size_mb": 3.1, "latency_ms": 0.08, "rows": 200}),
        ("performance", {"metrics": {"auc": 0.712, "brier": 0.168}, "slices": [{"origin": "EWR", "auc": 0.69}]}),
        ("robustness", ROBUST),
        ("fairness", FAIR),
    )
    with kit.store.transaction() as change:
        change.versions.add(made)
        for kind, found in facts:
            change.evidence.add(Evidence(version=made.digest, kind=kind, facts=found, author=author, at=at))
    tell(kit, VersionRegistered(model=model, number=number, digest=made.digest), author, at)
    return made


def tell(kit: Kit, event: AnyEvent, who: str = "", at: int = NOW) -> None:
    """An entry of the journal."""
    actor = Actor(person=Person(email=who, name=who, roles=())) if who else PLATFORM
    with kit.store.transaction() as change:
        change.journal.append(event, actor, at)


def decide(kit: Kit, made: Version, judgements: Sequence[Judgement], environment: str = "prod", at: int = NOW) -> Decision:
    """A decision on record."""
    decision = Decision(
        model=made.model, number=made.number, version=made.digest, environment=environment, binding="b" * 64, policy="d" * 64,
        evidence={"performance": "e" * 64}, judgements=tuple(judgements), asked_by=ADA, at=at,
    )  # fmt: skip
    with kit.store.transaction() as change:
        change.decisions.add(decision)
    tell(
        kit,
        DecisionMade(
            model=made.model, number=made.number, environment=environment, decision=decision.digest, passed=decision.passed
        ),
        ADA,
        at,
    )
    return decision


_SMALL = {"value": 0.021, "low": 0.014, "high": 0.032, "n": 1000}
ROBUST = {
    "rows": 1000,
    "unit": 1.0,
    "stressed": [
        {"check": "row-order", "flips": {**_SMALL, "value": 0.0, "low": 0.0}, "shift": _SMALL, "largest": 0.0},
        {"check": "missing", "input": "carrier", "refused": True},
        {"check": "unseen-category", "input": "carrier", "flips": _SMALL, "shift": _SMALL, "largest": 0.2},
        {"check": "out-of-range", "input": "hour", "failed": "The model raised ValueError."},
    ],
    "expectations": [{"input": "precip", "expect": "never-falls", "broken": _SMALL}],
}
FAIR = {
    "rows": 900,
    "held_out": True,
    "favourable": "0",
    "figures": [
        {
            "column": "age", "metric": "demographic_parity_ratio", "value": 0.91, "low": 0.84, "high": 0.98, "n": 310,
            "smallest": "from 60", "cuts": [60.0],
            "groups": [
                {"name": "below 60", "rows": 590, "favoured": 400, "deserving": 390, "deserved": 350},
                {"name": "from 60", "rows": 310, "favoured": 191},
            ],
        }
    ],
    "unmeasured": [{"column": "sex", "metric": "equalized_odds_ratio", "why": "There is only one group."}],
}  # fmt: skip
PASSED = (
    Judgement(gate="parity", verdict=Passed(why="All 200 sample rows give the same score.")),
    Judgement(gate="load_check", verdict=Passed(why="It loads in 41 ms.")),
    Judgement(gate="performance", verdict=Passed(why="brier 0.168 <= 0.19.")),
)


def live(kit: Kit, made: Version, *, previous: Version | None = None, since: int, environment: str = "prod") -> Rollout:
    """A version with all traffic, and the rollout that brought it."""
    decision = decide(kit, made, PASSED, environment, since - MINUTE)
    before = previous.number if previous else 0
    with kit.store.transaction() as change:
        rollout = Rollout(
            id=change.counters.id("R"), model=made.model, environment=environment, number=made.number, version=made.digest,
            previous=before, decision=decision.digest, asked_by=ADA, plan=Steps(steps=(1, 10, 50, 100)),
            phase=Phase.COMPLETED, step=3, opened_at=since - MINUTE, moved_at=since, why="Every worker answers by it.",
        )  # fmt: skip
        change.rollouts.add(rollout)
        old = change.routings.of(made.model, environment)
        routing = Routing(
            model=made.model, environment=environment, champion=Served(number=made.number, digest=made.digest),
            previous=Served(number=previous.number, digest=previous.digest) if previous else None, live_since=since,
            revision=old.revision + 1,
        )  # fmt: skip
        change.routings.save(old, routing)
    event = WentLive(
        model=made.model, environment=environment, number=made.number, version=made.digest, previous=before,
        decision=decision.digest, rollout=rollout.id,
    )  # fmt: skip
    tell(kit, event, ADA, since)
    return rollout


def traffic(kit: Kit, model: str, number: int, *, hourly: int, failing: int = 0) -> None:
    """A day of requests that swells and ebbs."""
    parts = []
    for hour in range(24):
        requests = max(1, round(hourly * (1 + 0.7 * math.sin((hour - 6) / 24 * 2 * math.pi))))
        latencies = [0] * (len(LATENCY_BOUNDS) + 1)
        latencies[2], latencies[3], latencies[5] = round(requests * 0.7), round(requests * 0.25), requests // 20
        failures = failing if hour == 23 else 0
        second = NOW // 1_000_000 - (24 - hour) * 3600 + 1800
        parts.append(
            Traffic(
                model=model, environment="prod", number=number, arm="champion", second=second, requests=requests, rows=requests,
                failures=failures, latencies=tuple(latencies),
            )
        )  # fmt: skip
    with kit.store.transaction() as change:
        change.traffic.add(parts)


def reading(model: str, number: int, measure: str, start: int, value: float, **more: object) -> Reading:
    """A reading of a week."""
    base = Reading(
        model=model, environment="prod", number=number, aspect="quality", measure=measure, column="", start=start,
        end=start + 7 * DAY, value=value, low=value - 0.008, high=value + 0.008, count=2100,
    )  # fmt: skip
    return msgspec.structs.replace(base, **more)


def readings(kit: Kit, model: str, first: int, second: int) -> None:
    """Two months of quality that gets worse with the storms, and the drift that goes with it."""
    monday = NOW // DAY * DAY - 63 * DAY
    rows: list[Reading] = []
    for week in range(8):
        number = first if week < 3 else second
        value = 0.166 + 0.004 * math.sin(week) + (0.018 * (week - 5) if week > 5 else 0.0)
        start = monday + week * 7 * DAY
        rows.append(reading(model, number, "brier", start, value, limit=0.19, crossed=value - 0.008 > 0.19))
        rows.append(reading(model, number, "auc", start, 0.71 - (0.02 * (week - 5) if week > 5 else 0.0)))
    drifted = (
        ("@prediction", 0.14),
        ("precip", 0.31),
        ("visib", 0.22),
        ("temp", 0.16),
        ("wind_speed", 0.05),
        ("dep_hour", 0.02),
    )
    for column, value in (*drifted, ("distance", 0.01), ("carrier", 0.008)):
        more = {"aspect": "drift", "column": column, "limit": 0.09, "crossed": value > 0.09, "low": value, "high": value}
        rows.append(reading(model, second, "jensen_shannon", monday + 49 * DAY, value, **more))
    with kit.store.transaction() as change:
        for row in rows:
            change.readings.put(row)
        inputs.note(change, rows)
        for week in range(8):
            outcomes(change, model, first if week < 3 else second, monday + week * 7 * DAY, worse=max(0, week - 5))


def outcomes(change: Transaction, model: str, number: int, start: int, worse: int) -> None:
    """The rows of a week whose truth is known; where it is worse, it is so in the evening at Newark."""
    generator = np.random.default_rng(start // DAY)
    scores = generator.beta(0.5, 1.5, 2100)
    origin, hour = generator.choice(["EWR", "JFK", "LGA"], 2100), generator.choice(["under 8", "8 to 16", "17 and more"], 2100)
    turned = (origin == "EWR") & (hour == "17 and more") & (generator.random(2100) < 0.3 * worse)
    truth = np.where(turned, 1.0, (generator.random(2100) < scores).astype(float))
    keys = [key_of({"origin": o, "hour": h}) for o, h in zip(origin.tolist(), hour.tolist(), strict=True)]
    rows = labelled_bytes(labelled(truth.tolist(), scores.tolist(), keys))
    change.outcomes.put(model, "prod", [Day(number, start, 2100, 2100, 2100, rows)])


def requests(kit: Kit, made: Version) -> None:
    """What was asked in the week behind the incident, as serving writes it down; of two thirds the truth is known."""
    generator = np.random.default_rng(3)
    records = []
    for place in range(63):
        at = NOW - 7 * DAY + place * DAY // 9
        columns: dict[str, list[Any]] = {name: [round(float(generator.gamma(2.0, 3.0)), 3)] for name in _COLUMNS}
        columns["carrier"] = [HOSTILE if place == 5 else str(generator.choice(["AA", "B6", "UA"]))]
        columns["precip"] = [None] if place % 7 == 0 else columns["precip"]
        score = [] if place == 9 else [round(float(generator.beta(0.5, 1.5)), 4)]
        records.append(
            Scored(
                request=f"{place:030x}", model=made.model, number=made.number, digest=made.digest, arm=Arm.CHAMPION,
                consumer="ops-dashboard", at=at, event_at=at, duration=800, columns=columns, scores=score, rows=1,
                failure="" if score else "model-failed: It raised.",
            )
        )  # fmt: skip
    folder = kit.settings.serving / "prod" / "segments"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "0-1-000000.seg").write_bytes(b"".join(map(frame, records)))
    with kit.store.transaction() as change:
        labels = [(record.row_id(0), float(place % 3), 0) for place, record in enumerate(records) if place % 3 < 2]
        change.predictions.label(labels, NOW)


def incident(
    kit: Kit,
    model: str,
    number: int,
    kind: Kind,
    measure: str,
    sentence: str,
    told: dict[str, Any] | None = None,
    **more: object,
) -> Incident:
    """An open incident; `told` changes its finding."""
    finding = Finding(
        model=model, environment="prod", number=number, kind=kind, measure=measure, value=0.213, limit=0.19, sentence=sentence,
        start=NOW - 7 * DAY, end=NOW, after_rows=40_210, **(told or {}),
    )  # fmt: skip
    with kit.store.transaction() as change:
        opened = Incident(
            id=change.counters.id("I"), model=model, environment="prod", finding=finding, duty=DUTY_OF[kind],
            holder=ADA if kind is Kind.FUNCTIONAL else IVO, deputy=IVO if kind is Kind.FUNCTIONAL else ADA,
            opened_at=NOW - 4 * MINUTE, moved_at=NOW - 4 * MINUTE,
        )  # fmt: skip
        opened = msgspec.structs.replace(opened, **more)
        change.incidents.add(opened)
    event = IncidentOpened(model=model, incident=opened.id, kind=kind, duty=opened.duty, holder=opened.holder)
    tell(kit, event, at=opened.opened_at)
    return opened


def late_flights(kit: Kit) -> None:
    """Mission-critical, on watch: quality crossed its limit and a better version has been trained."""
    name = "late-flights"
    design.save_project(kit, PLATFORM, name, mission_critical(name, "Warns gate desks an hour ahead of a late arrival."))
    first = version(kit, name, 1, "first model, trained on January to March")
    second = version(kit, name, 2, "storms and visibility added")
    live(kit, first, since=NOW - 63 * DAY)
    accepted = VersionAccepted(
        model=name, number=2, version=second.digest, environment="prod", side=Side.BUSINESS, person=BEA, binding="b" * 64
    )
    tell(kit, accepted, BEA, NOW - 42 * DAY)
    rollout = live(kit, second, previous=first, since=NOW - 41 * DAY)
    moved = RolloutMoved(
        model=name, rollout=rollout.id, environment="prod", number=2, phase=Phase.COMPLETED, share=1.0, why="Limits held."
    )
    tell(kit, moved, at=NOW - 41 * DAY)
    third = version(kit, name, 3, "trained to June, after the storms")
    consumers(kit, second, third)
    selection(kit, second, third)
    traffic(kit, name, 2, hourly=147_600)
    readings(kit, name, 1, 2)
    requests(kit, second)
    sentence = "Quality (brier) is 0.213, over its limit of 0.19: v2 said 18% on average, 32% came true."
    opened = incident(kit, name, 2, Kind.FUNCTIONAL, "brier", sentence)
    with kit.store.transaction() as change:
        change.quarantines.add(specimens.quarantine(model=name, start=NOW - 9 * DAY, end=NOW - 7 * DAY, added_at=NOW - 7 * DAY))
        change.retrainings.add(
            Retraining(
                id=change.counters.id("T"),
                model=name,
                cause=opened.id,
                author=ADA,
                state=Training.FINISHED,
                number=3,
                requested_at=NOW - 3 * MINUTE,
                moved_at=NOW - 2 * MINUTE,
                why="v3 registered.",
            )
        )
        change.challenges.add(
            Challenge(
                id=change.counters.id("C"),
                model=name,
                environment="prod",
                champion=2,
                challenger=3,
                metric="brier",
                verdict=Verdict.CHALLENGER_WINS,
                champion_value=0.213,
                challenger_value=0.187,
                difference=-0.026,
                low=-0.031,
                high=-0.021,
                rows=2345,
                opened_at=NOW - 2 * MINUTE,
                decided_at=NOW - MINUTE,
            )
        )


def consumers(kit: Kit, champion: Version, candidate: Version) -> None:
    """Three callers, one of them unknown and one silent, and what the newest version would have done with their requests."""
    with kit.store.transaction() as change:
        change.consumers.put(
            Account(name="nightly-report", owner="@it-ops", models=(champion.model,), created_at=NOW - 90 * DAY)
        )
        change.traffic.called([(champion.model, "prod", "ops-dashboard", 147_600, NOW - MINUTE)])
        change.felt.add(
            [
                CallerHour(champion.model, "prod", "ops-dashboard", NOW // 1_000_000 // 3600 * 3600, 6_150, 12, _LATENCIES),
                CallerHour(champion.model, "prod", "spreadsheet-macro", NOW // 1_000_000 // 3600 * 3600, 3, 0, _LATENCIES),
            ]
        )
        change.felt.refused([CallerRefusals(champion.model, "prod", "spreadsheet-macro", "422", "0-1", NOW // 1_000_000, 9)])
        change.traffic.called([(champion.model, "prod", "nightly-report", 40, NOW - 45 * DAY)])
        change.traffic.called([(champion.model, "prod", "spreadsheet-macro", 12, NOW - DAY)])
        seen = Figures(
            requests=500, rows=500, flips_up=11, flips_down=4, thresholds=Thresholds(before=0.5, after=0.5), shift=0.011,
            shift_absolute=0.024, shift_quantiles=(0.017, 0.071, 0.113), shift_largest=0.162, live_ms=0.31, candidate_ms=0.35,
        )  # fmt: skip
        broken = Figures(requests=12, rows=3, refused=9, problems={"unknown-category": 9})
        facts = Replayed(
            environment="prod",
            live=champion.digest,
            live_number=champion.number,
            consumers={"ops-dashboard": seen, "nightly-report": Figures(), "spreadsheet-macro": broken},
        )
        found = Evidence(
            version=candidate.digest, kind="replay", facts=msgspec.to_builtins(facts), author=PLATFORM.email, at=NOW - MINUTE
        )
        change.evidence.put(found)


def selection(kit: Kit, champion: Version, candidate: Version) -> None:
    """What the newest version was kept out for."""
    made = specimens.selection(
        specimens.guardrail(guard=Guard.LATENCY, subject=""),
        specimens.guardrail(Held.NOT_ENOUGH_EVIDENCE, guard=Guard.COST, subject=""),
        specimens.guardrail(Held.BROKEN),
        champion=champion.number,
        challenger=candidate.number,
        challenger_version=candidate.digest,
        at=NOW - MINUTE,
    )
    bare = specimens.sealed(made)
    key, signature = keys.seal(bare.message, kit.settings.signing_key)
    facts = msgspec.to_builtins(Sealed(content=bare.content, key=key, signature=signature))
    with kit.store.transaction() as change:
        change.evidence.put(
            Evidence(version=candidate.digest, kind="selection", facts=facts, author=PLATFORM.email, at=NOW - MINUTE)
        )


def churn(kit: Kit) -> None:
    """Failing: errors since a release."""
    design.save_project(kit, PLATFORM, "churn", project("churn", "Finds customers who are about to leave."))
    first, second = version(kit, "churn", 7), version(kit, "churn", 8, "faster encoder")
    live(kit, first, since=NOW - 41 * DAY)
    live(kit, second, previous=first, since=NOW - 7 * MINUTE)
    traffic(kit, "churn", 8, hourly=32_000, failing=3_900)
    incident(
        kit, "churn", 8, Kind.TECHNICAL, "failures", "12 of 100 requests failed in the last minute; v8 answers.",
        notes=("paged on-call",),
    )  # fmt: skip
    old = incident(kit, "churn", 7, Kind.TECHNICAL, "latency", "p95 was 640 ms.", state=State.RESOLVED)
    tell(kit, RolledBack(model="churn", environment="prod", number=7, previous=8, why=old.id), IVO, NOW - 30 * DAY)


def parts_demand(kit: Kit) -> None:
    """A rollout in progress, and a note that tries to be markup."""
    name = "parts-demand"
    design.save_project(kit, PLATFORM, name, project(name, f"Says how many spare parts a workshop needs. {HOSTILE}"))
    first, second = version(kit, name, 1), version(kit, name, 2, HOSTILE)
    live(kit, first, since=NOW - 20 * DAY)
    traffic(kit, name, 1, hourly=900)
    decision = decide(kit, second, PASSED)
    with kit.store.transaction() as change:
        change.rollouts.add(
            Rollout(
                id=change.counters.id("R"),
                model=name,
                environment="prod",
                number=2,
                version=second.digest,
                previous=1,
                decision=decision.digest,
                asked_by=ADA,
                plan=Steps(steps=(1, 10, 50, 100), each="15m"),
                phase=Phase.SHIFTING,
                step=1,
                baked=320.0,
                waited=330.0,
                opened_at=NOW - 20 * MINUTE,
                moved_at=NOW - 5 * MINUTE,
                why="The limits held at 1 %.",
            )
        )
        before = change.routings.of(name, "prod")
        on_trial = msgspec.structs.replace(
            before, challenger=Served(number=2, digest=second.digest), share=0.1, revision=before.revision + 1
        )
        change.routings.save(before, on_trial)


def waiting(kit: Kit) -> None:
    """Nothing live yet: a version that waits for people."""
    name = "returns-fraud"
    design.save_project(kit, PLATFORM, name, mission_critical(name, "Marks returns that look like fraud."))
    made = version(kit, name, 1, "first version")
    missing = Undecided(why="The acceptance of IT is missing.", fix="Ask somebody with the role it.", waiting=True)
    decision = decide(kit, made, (*PASSED, Judgement(gate="acceptance", verdict=missing)), at=NOW - MINUTE)
    refused = Refused(why="Two of six inputs come from no source.", fix="Name their sources in lamp.toml.")
    decide(kit, made, (*PASSED, Judgement(gate="sources", verdict=refused)), at=NOW - DAY)
    with kit.store.transaction() as change:
        change.rollouts.add(
            Rollout(
                id=change.counters.id("R"),
                model=name,
                environment="prod",
                number=1,
                version=made.digest,
                previous=0,
                decision=decision.digest,
                asked_by=ADA,
                plan=Steps(steps=(1, 10, 50, 100)),
                phase=Phase.WAITING,
                opened_at=NOW - 26 * 60 * MINUTE,
                moved_at=NOW - 26 * 60 * MINUTE,
                why="It waits for people.",
            )
        )
        change.signatures.add(
            Signature(
                model=name,
                version=made.digest,
                environment="prod",
                side=Side.BUSINESS,
                person=BEA,
                accepted=True,
                reason="17 of 20 cases agreed.",
                binding="b" * 64,
                seen={},
                at=NOW - 60 * MINUTE,
            )
        )


def healthy(kit: Kit, name: str) -> None:
    """An internal model that needs nobody."""
    design.save_project(kit, PLATFORM, name, project(name, "Suggests a price."))
    made = version(kit, name, 1)
    live(kit, made, since=NOW - 9 * DAY)
    traffic(kit, name, 1, hourly=30 + 17 * int(name[-3:]))


def crowd(kit: Kit, models: int) -> None:
    """As many healthy models as asked for, all alike."""
    pattern = version(kit, "pattern-000", 1)
    parts = []
    with kit.store.transaction() as change:
        for number in range(1, models + 1):
            name = f"price-{number:03d}"
            change.projects.put(project(name, "Suggests a price."))
            change.versions.add(msgspec.structs.replace(pattern, model=name))
            served = Served(number=1, digest=pattern.digest)
            change.routings.add(Routing(model=name, environment="prod", champion=served, live_since=NOW - 9 * DAY, revision=1))
            parts += [
                Traffic(
                    model=name,
                    environment="prod",
                    number=1,
                    arm="champion",
                    second=NOW // 1_000_000 - (24 - hour) * 3600 + 1800,
                    requests=hour * number,
                )
                for hour in range(0, 24, 2)
            ]
        change.traffic.add(parts)
