"""One lawful specimen of each noun, from which the tests make others by changing one thing."""

from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import lamplighter
from lamplighter.domain.acceptance import Side, Signature
from lamplighter.domain.blind_test import BlindTest, Card
from lamplighter.domain.challenge import Verdict as ChallengeEnd
from lamplighter.domain.contract import Column, Contract, Difference, Kind, Meaning, Output
from lamplighter.domain.criticality import Criticality
from lamplighter.domain.emergency import Emergency
from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.evidence import Dossier, Evidence
from lamplighter.domain.external_alert import ExternalAlert
from lamplighter.domain.handover import STAGES, Handover
from lamplighter.domain.identity import Person, Role, Team
from lamplighter.domain.incident import Incident
from lamplighter.domain.invitation import Invitation
from lamplighter.domain.monitor import Finding, Severity
from lamplighter.domain.monitor import Kind as About
from lamplighter.domain.ownership import ownership_of
from lamplighter.domain.policy import Policy, read_policy
from lamplighter.domain.project import Project
from lamplighter.domain.project_file import read_project
from lamplighter.domain.quarantine import Quarantine
from lamplighter.domain.record import canonical
from lamplighter.domain.retirement import Retirement
from lamplighter.domain.retraining import Retraining
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.domain.rows import Clock, Rows, Window
from lamplighter.domain.selection import Guard, Guardrail, Held, Primary, Sealed, Selection, chosen
from lamplighter.domain.selection_rule import SelectionRule
from lamplighter.domain.spot_check import SpotCheck
from lamplighter.domain.stage import Duty
from lamplighter.domain.steps import Steps
from lamplighter.domain.training_input import TrainingInput
from lamplighter.domain.trigger import Trigger
from lamplighter.domain.triggering import NextTraining, Readiness, Spent, Standing
from lamplighter.domain.validation import ValidationFinding, Weight
from lamplighter.domain.version import Artifact, Badge, Manifest, Version
from lamplighter.domain.version_comparison import Apart, Cell, Contrast, Line, Portrait, VersionComparison
from lamplighter.domain.waiver import AtExpiry, Waiver

ADA, MILO, IVO, INA, BEA, RITA = (f"{name}@example.com" for name in ("ada", "milo", "ivo", "ina", "bea", "rita"))
PEOPLE = {
    person.email: person
    for person in (
        Person(email=ADA, name="Ada", roles=(Role.DATA_SCIENTIST,)),
        Person(email=MILO, name="Milo", roles=(Role.ML_ENGINEER,)),
        Person(email=IVO, name="Ivo", roles=(Role.IT,)),
        Person(email=INA, name="Ina", roles=(Role.IT,)),
        Person(email=BEA, name="Bea", roles=(Role.BUSINESS,)),
        Person(email=RITA, name="Rita", roles=(Role.RISK,)),
    )
}
TEAMS = {"@it-ops": Team(name="@it-ops", members=(IVO, INA))}

PROJECT = """
[model]
name = "late-flights"
summary = "Warns gate desks of late arrivals."

[problem]
statement = "Gate desks learn of late arrivals too late."
requester = "bea@example.com"
success = { metric = "brier", operator = "<=", bound = 0.22 }

[owners]
design = "ada@example.com"
industrialization = { first = "milo@example.com", deputy = "ada@example.com" }
deployment = { first = "ada@example.com", then = "@it-ops", after = "14d" }
monitoring = "@it-ops"
management = "ada@example.com"
business = "bea@example.com"
deputy = "milo@example.com"

[impact]
customers = true
loss = "large"
reversible = false
automated = false
updates = "monthly"

[fairness]
none = "It judges flights, and treats all people on one alike."

[[requirement]]
metric = "auc"
operator = ">="
bound = 0.58

[[source]]
name = "schedule"
owner = "ada@example.com"
columns = ["dep_delay", "carrier"]

[[consumer]]
name = "ops-dashboard"
"""


def project(text: str = PROJECT) -> Project:
    return read_project(text)


def starter() -> Policy:
    return read_policy(starter_text())


def starter_text() -> str:
    return (Path(lamplighter.__file__).parent / "policies" / "starter.toml").read_text()


def contract() -> Contract:
    return Contract(
        inputs=(
            Column(name="dep_delay", kind=Kind.NUMBER, nullable=True),
            Column(name="carrier", kind=Kind.TEXT, categories=("AA", "UA")),
        ),
        output=Output(name="late", meaning=Meaning.PROBABILITY, classes=("0", "1")),
    )


def artifact(role: str = "model", badge: Badge = Badge.DATA) -> Artifact:
    return Artifact(role=role, name=f"{role}.txt", digest="ab" * 32, size=3, format="lightgbm", badge=badge)


def manifest(**changes: Any) -> Manifest:
    whole = Manifest(model="late-flights", runtime="compiled", contract=contract(), artifacts=(artifact(),))
    return msgspec.structs.replace(whole, **changes)


def version(number: int = 1, **changes: Any) -> Version:
    made = manifest(**changes)
    return Version(model=made.model, number=number, digest=made.digest, manifest=made, author=ADA, created_at=1)


def evidence(kind: str, at: int = 1, **facts: Any) -> Evidence:
    return Evidence(version=version().digest, kind=kind, facts=facts, author=ADA, at=at)


def version_comparison(**changes: Any) -> VersionComparison:
    """A live version, one that is better in one figure, and one of another set."""
    sides = tuple(
        Portrait(
            number=number,
            digest=str(number) * 64,
            live_in=("prod",) if number == 7 else (),
            note="",
            author=ADA,
            created_at=1,
            runtime="compiled",
            size=500_000,
            threshold=0.5,
            latency_ms=0.25 if number == 7 else None,
            data_period="2013-01 to 2013-06",
            data_rows=164_000,
            commit="0123456789abcdef",
            differences=(Difference(name="delay", what="is now needed", breaking=True),) if number == 8 else (),
        )
        for number in (7, 8, 9)
    )
    live = Cell(number=7, value=0.74, low=0.73, high=0.75, n=9000)
    better = Cell(
        number=8, value=0.75, low=0.74, high=0.76, n=9000, difference=0.01, difference_low=0.005, difference_high=0.015,
        standing=Contrast.BETTER, why="It is better beyond chance.",
    )  # fmt: skip
    ranked = Cell(number=7, value=2.0, low=None, high=None, n=900)
    unclear = msgspec.structs.replace(ranked, number=8, value=2.1, difference=0.1, standing=Contrast.UNCLEAR, why="None.")
    whole = VersionComparison(
        model="late-flights",
        environment="prod",
        base=7,
        champion=True,
        sides=sides,
        evaluation="e" * 64,
        rows=60_000,
        kept=50_000,
        held_out=False,
        lines=(
            Line(metric="auc", slice="", better="higher", cells=(live, better), best=8),
            Line(metric="lift", slice="origin = 'EWR'", better="higher", cells=(ranked, unclear)),
        ),
        apart=(
            Apart(number=9, why="It was evaluated on another set.", fix="Evaluate both on one.", figures={"": {"auc": 0.8}}),
        ),
    )
    return msgspec.structs.replace(whole, **changes)


def dossier(**changes: Any) -> Dossier:
    """A mission-critical model for production, with nothing known of its version."""
    held = project()
    bare = Dossier(
        project=held,
        criticality=Criticality(tier="mission-critical", rule="customers-and-large-loss", why="It costs much."),
        version=version(),
        environment=Environment(name="prod", level=Level.PRODUCTION, port=7083),
        ownership=ownership_of(held, PEOPLE, TEAMS, None),
        policy_digest=starter().digest,
        evidence={},
    )
    return msgspec.structs.replace(bare, **changes)


def primary(**changes: Any) -> Primary:
    whole = Primary(
        metric="brier", test="paired", champion=0.222, challenger=0.187, difference=-0.035, low=-0.041, high=-0.029, n=4000,
        groups=31, verdict=ChallengeEnd.CHALLENGER_WINS, why="The challenger is better by more than the margin, beyond chance.",
    )  # fmt: skip
    return msgspec.structs.replace(whole, **changes)


def guardrail(held: Held = Held.KEPT, **changes: Any) -> Guardrail:
    seen = "120 of 4,000 decisions of ops-dashboard turn (2.49% to 3.58%)"
    whole = Guardrail(
        guard=Guard.FLIPS, subject="ops-dashboard", held=held, why=f"{seen}; at most 10.00% is allowed.", value=0.03,
        bound=0.1, low=0.0249, high=0.0358, n=4000, least=36,
    )  # fmt: skip
    return msgspec.structs.replace(whole, **changes)


def selection(*guardrails: Guardrail, live: int = 6, test: Primary | None = None, **changes: Any) -> Selection:
    """What a trial of version 1 against the live one ended with, chosen as the platform would."""
    choice, by, why = chosen(test or primary(), guardrails)
    whole = Selection(
        trial="C-4", model="late-flights", environment="prod", champion=live, champion_version=version(live).digest,
        challenger=1, challenger_version=version().digest, start=0, end=31 * 86_400_000_000, data="d" * 64, evidence={},
        rule=SelectionRule(), policy="e" * 64, project="f" * 64, look=1, alpha=0.025, primary=test or primary(),
        guardrails=guardrails, unguarded={"cost": "lamp.toml declares no costs under [selection]."}, choice=choice, by=by,
        why=why, asked_by=ADA, at=1,
    )  # fmt: skip
    return msgspec.structs.replace(whole, **changes)


#: The key of a platform that signs in tests.
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def sealed(made: Selection) -> Sealed:
    """The selection, signed with that key."""
    bare = Sealed(content=canonical(made).decode(), key=KEY.public_key().public_bytes_raw().hex(), signature="")
    return msgspec.structs.replace(bare, signature=KEY.sign(bare.message).hex())


def signature(side: Side, person: str, held: Dossier, *, accepted: bool = True, at: int = 1) -> Signature:
    """The word of a person on a dossier as it is."""
    return Signature(
        model=held.version.model,
        version=held.version.digest,
        environment=held.environment.name,
        side=side,
        person=person,
        accepted=accepted,
        reason="",
        binding=held.binding,
        seen={kind: found.digest for kind, found in held.evidence.items()}
        | {"project": held.project.digest, "policy": held.policy_digest},
        at=at,
    )


def rollout(phase: Phase = Phase.PENDING, steps: tuple[float, ...] = (10, 50, 100), **changes: Any) -> Rollout:
    begun = Rollout(
        id="R-1",
        model="late-flights",
        environment="prod",
        number=2,
        version=version(2).digest,
        previous=1,
        decision="d" * 64,
        asked_by=ADA,
        plan=Steps(steps=steps),
        phase=phase,
    )
    return msgspec.structs.replace(begun, **changes)


def handover(**changes: Any) -> Handover:
    """Ada asks IT to take her model."""
    started = Handover(
        id="H-1",
        model="late-flights",
        giver=ADA,
        receiver="@it-ops",
        knows=ADA,
        stages=STAGES,
        started_by=ADA,
        opened_at=1,
        moved_at=1,
    )
    return msgspec.structs.replace(started, **changes)


def emergency(**changes: Any) -> Emergency:
    """Milo brought version 2 live past a freeze; Bea is asked for the review."""
    declared = Emergency(
        id="E-1",
        model="late-flights",
        environment="prod",
        number=2,
        version=version(2).digest,
        author=ADA,
        person=MILO,
        why="It answers wrong.",
        passed=("freeze year-end",),
        opened_at=1,
        until=2,
        due_at=1_772_544_720_000_000,
        owner=BEA,
        rollout="R-1",
    )
    return msgspec.structs.replace(declared, **changes)


def spot_check(**changes: Any) -> SpotCheck:
    """Version 2 was accepted by the platform, and Rita is asked to check it."""
    check = SpotCheck(
        id="S-1",
        model="late-flights",
        environment="prod",
        number=2,
        version=version(2).digest,
        person=RITA,
        opened_at=1_772_544_720_000_000,
        due_at=1_773_754_320_000_000,
    )
    return msgspec.structs.replace(check, **changes)


def validation_finding(**changes: Any) -> ValidationFinding:
    """Rita found something of version 2, and Ada has to mend it."""
    found = ValidationFinding(
        id="V-1",
        model="late-flights",
        number=2,
        version=version(2).digest,
        weight=Weight.HIGH,
        words="It was never tried on winter.",
        person=RITA,
        owner=ADA,
        opened_at=1_772_544_720_000_000,
        due_at=1_773_754_320_000_000,
    )
    return msgspec.structs.replace(found, **changes)


def waiver(**changes: Any) -> Waiver:
    """Rita took on for 30 days what performance said of version 2."""
    given = Waiver(
        id="W-1",
        model="late-flights",
        environment="prod",
        number=2,
        version=version(2).digest,
        author=ADA,
        gate="performance",
        found="auc is 0.55, wanted is 0.58 or more.",
        person=RITA,
        role=Role.RISK,
        why="The desk looks at every warning by hand.",
        opened_at=1_772_544_720_000_000,
        until=1_775_136_720_000_000,
        at_expiry=(AtExpiry.HOLD, AtExpiry.PAGE),
        team="@it-ops",
    )
    return msgspec.structs.replace(given, **changes)


def finding(measure: str = "brier", model: str = "late-flights", environment: str = "prod") -> Finding:
    return Finding(
        model=model,
        environment=environment,
        number=1,
        kind=About.FUNCTIONAL,
        measure=measure,
        value=0.3,
        limit=0.22,
        sentence="It is worse than agreed.",
        start=0,
        end=1,
        after_rows=500,
    )


def incident(**changes: Any) -> Incident:
    opened = Incident(
        id="I-1",
        model="late-flights",
        environment="prod",
        finding=finding(),
        duty=Duty.MONITOR_FUNCTIONAL,
        holder=IVO,
        deputy=INA,
    )
    return msgspec.structs.replace(opened, **changes)


def retraining(**changes: Any) -> Retraining:
    return msgspec.structs.replace(Retraining(id="T-1", model="late-flights", cause="I-1", author=ADA), **changes)


def next_training(**changes: Any) -> NextTraining:
    """One trigger waits for labels, one for its time; something is quarantined, and the budget has room."""
    july = 1_372_636_800_000_000
    waiting = Standing(
        trigger=Trigger.DRIFT, condition="drift", readiness=Readiness.WAITING,
        why="I-3 is open. 40 of 90 rows up to 1 Jul 2013 00:00 UTC have their label; the rest is expected by 3 Jul 2013.",
        next_at=july + 172_800_000_000, cause="I-3", training="", fired_at=0,
    )  # fmt: skip
    armed = Standing(
        trigger=Trigger.SCHEDULE, condition="schedule 0 5 1 * *", readiness=Readiness.ARMED,
        why="It is due next 1 Aug 2013 05:00 UTC.", next_at=1_375_333_200_000_000, cause="", training="T-1", fired_at=july,
    )  # fmt: skip
    found = NextTraining(
        model="late-flights", run="nightly", triggers=(waiting, armed),
        budget=Spent(trainings=4, days=30, used=1, free_at=0),
        given=TrainingInput(environment="prod", since=july, until=july + 9, scored=90, labelled=40),
        quarantines=(quarantine(),),
    )  # fmt: skip
    return msgspec.structs.replace(found, **changes)


def quarantine(**changes: Any) -> Quarantine:
    held = Quarantine(
        id="Q-1", model="late-flights", start=1_372_636_800_000_000, end=1_372_809_600_000_000, reason="The feed was broken.",
        author=ADA, added_at=1_372_809_600_000_000,
    )  # fmt: skip
    return msgspec.structs.replace(held, **changes)


def rows(model: str = "late-flights", environment: str = "prod", incident: str = "", condition: str = "") -> Rows:
    """Two rows of version 7, of which one has a label; of one the version failed."""
    return Rows(
        model=model,
        environment=environment,
        incident=incident,
        condition=condition,
        window=Window(clock=Clock.EVENT, start=1_372_636_800_000_000, end=1_375_315_200_000_000),
        columns={
            "time": (1_372_636_800_000_000, 1_372_640_400_000_000),
            "answered_at": (1_372_636_800_000_000, 1_372_640_400_250_000),
            "id": ("7f3a.0", "81c2.0"),
            "request": ("7f3a", "81c2"),
            "version": (f"{model}@7", f"{model}@7"),
            "consumer": ("ops-dashboard", "ops-dashboard"),
            "origin": ("EWR", "<b>EWR</b>"),
            "hour": (18, None),
            "precip": (0.25, None),
            "is_holiday": (False, None),
            "score": (0.781, None),
            "decision": ("late", None),
            "label": (1.0, None),
            "failure": (None, "it raised"),
        },
        inputs={"origin": Kind.TEXT, "hour": Kind.INTEGER, "precip": Kind.NUMBER, "is_holiday": Kind.BOOLEAN},
        redacted=(),
        found=2,
        without_inputs=0,
    )


def external_alert(**more: Any) -> ExternalAlert:
    """An alert of another monitoring system about a host; it fires."""
    alert = ExternalAlert(
        fingerprint="c1a2b3c4d5e6f708", name="DiskFull", labels={"alertname": "DiskFull", "instance": "db1:9100"},
        summary="The disk of db1 is full.", link="http://prometheus.example:9090/graph?g0.expr=disk_free",
        severity=Severity.PAGE, started_at=1_772_544_720_000_000, ended_at=0, heard_at=1_772_544_725_000_000,
    )  # fmt: skip
    return msgspec.structs.replace(alert, **more)


def retirement(**changes: Any) -> Retirement:
    """A model that is announced to end."""
    known = Retirement(id="X-1", model="late-flights", person=ADA, reason="Too old.", opened_at=5, moved_at=5)
    return msgspec.structs.replace(known, **changes)


def blind_test(**changes: Any) -> BlindTest:
    """A test of one case."""
    card = Card(name="storm", words="In heavy rain.", inputs={"precip": 0.4}, decision="1", score=0.8, expected="1")
    test = BlindTest(
        id="U-1", model="late-flights", number=7, version="a" * 64, environment="prod", person=BEA, question="Late?",
        classes=("0", "1"), cards=(card,), agree_at_least=1, must_agree=(), basis="b" * 64, terms="c" * 64, opened_at=1,
    )  # fmt: skip
    return msgspec.structs.replace(test, **changes)


def invitation(**changes: Any) -> Invitation:
    """A link that was sent by e-mail."""
    invited = Invitation(
        id="N-1", model="late-flights", number=7, version="a" * 64, environment="prod", person=BEA, secret="d" * 64,
        sent_by=IVO, shown_to="", with_code=True, opened_at=1, expires_at=100,
    )  # fmt: skip
    return msgspec.structs.replace(invited, **changes)
