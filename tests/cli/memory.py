"""A platform in memory: it keeps what it is told, answers with specimens, and remembers every deed."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from tests.domain import specimens

from lamplighter.domain.acceptance import Side, Signature
from lamplighter.domain.advice import advise, situation_of
from lamplighter.domain.blind_test import BlindTest, Card
from lamplighter.domain.calibration import Calibration
from lamplighter.domain.case import CaseWord, Judged, Tried
from lamplighter.domain.challenge import Challenge, Verdict
from lamplighter.domain.claimant import Claim, Claimant, Retiring
from lamplighter.domain.consent import Consent
from lamplighter.domain.consumer import Account, Standing
from lamplighter.domain.consumer import Standing as Known
from lamplighter.domain.criticality import Criticality
from lamplighter.domain.decision import Decision, Judgement, Passed, Refused, Undecided
from lamplighter.domain.delivery import Delivery, DeliveryReport, Waited
from lamplighter.domain.digest import Digest, Week
from lamplighter.domain.drill import OutageDrill
from lamplighter.domain.effect import Effect
from lamplighter.domain.emergency import Emergency
from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.events import AnyEvent
from lamplighter.domain.events.routing import WentLive
from lamplighter.domain.events.version import DecisionMade
from lamplighter.domain.expiry import Action, Expiry
from lamplighter.domain.feed import Feed, FeedState, Heard
from lamplighter.domain.handover import Check, Drill, Fact, Handover, Proof, TestPage, Word
from lamplighter.domain.handover import State as Given
from lamplighter.domain.hold import Hold
from lamplighter.domain.identity import Person, Role, Team
from lamplighter.domain.incident import Incident, Step
from lamplighter.domain.incident import advance as incident_after
from lamplighter.domain.job import Cause, Failure, Job, KeptRun, Run, State
from lamplighter.domain.journal import Entry, Verification
from lamplighter.domain.lineage import Lineage, Reached
from lamplighter.domain.load import Load
from lamplighter.domain.look_alike import LeftOut, LookAlikes, Shown, Together
from lamplighter.domain.lowering import Lowering
from lamplighter.domain.machine import Place
from lamplighter.domain.monitor import Reading
from lamplighter.domain.names import parse_reference, unknown
from lamplighter.domain.node import SeenNode
from lamplighter.domain.outage import Fallback
from lamplighter.domain.ownership import Assignment, Ownership
from lamplighter.domain.paired import ShadowRun
from lamplighter.domain.plan import Applied, Plan, Planned, Refusal
from lamplighter.domain.policy import Policy, read_policy
from lamplighter.domain.project import Project
from lamplighter.domain.project_change import project_changes
from lamplighter.domain.pushed import LabelsKept
from lamplighter.domain.quarantine import Quarantine
from lamplighter.domain.question import Question
from lamplighter.domain.readiness import Light, Part, Readiness
from lamplighter.domain.readiness import Reading as Probed
from lamplighter.domain.recalibration import Compared, Fit, LabelledDays, Recalibration
from lamplighter.domain.recounted import Recounted
from lamplighter.domain.replay import Figures, Thresholds
from lamplighter.domain.retirement import Retirement
from lamplighter.domain.retirement import State as Ending
from lamplighter.domain.retraining import Retraining
from lamplighter.domain.retuning import Moved, Retuning, Turned
from lamplighter.domain.rollout import Phase, Rollout, Signal, advance
from lamplighter.domain.route import Arm, Served
from lamplighter.domain.routing import Routing
from lamplighter.domain.rows import USUAL_ROWS, Rows
from lamplighter.domain.rulebook_change import Changed, RuleBookChange, differences
from lamplighter.domain.script import Script
from lamplighter.domain.selection import Guardrail, Sealed
from lamplighter.domain.simulation import Release, Ruled, Simulation
from lamplighter.domain.spot_check import Recount, SpotCheck
from lamplighter.domain.stage import Aspect, Duty, Stage, Status
from lamplighter.domain.training_input import TrainingInput
from lamplighter.domain.triggering import NextTraining
from lamplighter.domain.validation import ValidationFinding, ValidationWord, Weight
from lamplighter.domain.version_comparison import VersionComparison
from lamplighter.domain.waiver import Waiver
from lamplighter.domain.watch import Gap, Watched, WatchState
from lamplighter.domain.who import Who
from lamplighter.sdk.answers import Deployed, HeldToken, Label, Recalibrated, Retuned, RolledBack, Secret
from lamplighter.views.answering import Service
from lamplighter.views.blind_test import BlindTestState
from lamplighter.views.blind_test_state import state_of
from lamplighter.views.calling import Felt, OnVersion
from lamplighter.views.cases import Cases
from lamplighter.views.consumers import Affected, Consumed
from lamplighter.views.external_alerts import AlertSeen
from lamplighter.views.false_alarms import FalseAlarms
from lamplighter.views.fleet import Fleet, FleetRow
from lamplighter.views.handover import Due, HandoverView
from lamplighter.views.history import Approval, AsOf
from lamplighter.views.invitation import InvitationState, Invited, seen
from lamplighter.views.labels import LabelStatus
from lamplighter.views.live import Live
from lamplighter.views.status import ModelStatus, StageState
from lamplighter.views.version import VersionView
from lamplighter.views.waiting import Waiting
from lamplighter.views.waivers import Count, Waivers
from lamplighter.views.why import InputMoved, SliceShare, Why

MODEL = "late-flights"
#: 3 March 2026, 14:32 in Paris.
NOON = 1_772_544_720_000_000
#: 1 July 2013.
JULY = 1_372_636_800_000_000
DAY = 86_400_000_000
#: Two duties with people, one with nobody.
OWNERSHIP = Ownership(
    assignments=(
        Assignment(duty=Duty.DEPLOY, accountable="ada@example.com", holder="ada@example.com", deputy="milo@example.com"),
        Assignment(duty=Duty.MONITOR_FUNCTIONAL, accountable="@it-ops", holder="ivo@example.com", deputy=""),
        Assignment(duty=Duty.RETIRE, accountable="", holder="", deputy=""),
    )
)


def emergency(**changes: Any) -> Emergency:
    """Version 8 came into prod past a freeze, and Ivo is asked for the review."""
    return specimens.emergency(**{"id": "E-3", "number": 8, "due_at": NOON, "owner": "ivo@example.com", **changes})


def waiver(**changes: Any) -> Waiver:
    """What performance says of version 8 is taken on for 30 days."""
    return specimens.waiver(**{"number": 8, **changes})


def retiring(ending: Retirement) -> Retiring:
    """The end of late-flights, to which one of its two consumers has not agreed."""
    callers = (
        Claimant("booking", "bea@example.com", Known.DECLARED, Claim.WAITING, requests=3, last_at=NOON),
        Claimant("display", "ina@example.com", Known.REGISTERED, Claim.GONE),
    )
    missing = ("booking calls it, and bea@example.com has not agreed.",) if ending.open else ()
    return Retiring(retirement=ending, claimants=callers, missing=missing, business=True, holder="ada@example.com")


def handover(**changes: Any) -> Handover:
    """Ada asks IT to take her model."""
    return specimens.handover(**{"id": "H-1", "conditions": ("A page needs knowledge of the model.",), **changes})


def proof(drill: Drill, person: str) -> Proof:
    """Somebody has shown it."""
    return Proof(drill=drill, person=person, at=NOON, seconds=1.5, passed=True, facts=(Fact(name="where", value="staging"),))


class Memory:
    """One model, live in prod as version 7, with version 8 waiting. What a test changes is public."""

    url = "http://127.0.0.1:7070"

    def __init__(self, **changes: Any) -> None:
        self.me = Person(email="ivo@example.com", name="Ivo", roles=(Role.IT,))
        self.overall = Status.HEALTHY
        #: Its retirement, and whether it is among what waits.
        self.ending = specimens.retirement(successor="late-flights-2", opened_at=NOON, moved_at=NOON)
        self.ends = False
        self.gaps: dict[str, int] = {}
        self.live: tuple[Live, ...] = (live("staging", Level.ACCEPTANCE, 8), live("prod", Level.PRODUCTION, 7, previous=6))
        self.judgements: tuple[Judgement, ...] = (Judgement(gate="parity", verdict=Passed(why="Largest difference 1e-09.")),)
        #: What a rollout goes through, one signal each time that it is looked at.
        self.signals: list[Signal] = []
        self.rolling = rollout(Phase.PENDING)
        #: What was found beside the figure that decides a trial; without anything it goes on.
        self.guardrails: tuple[Guardrail, ...] = (specimens.guardrail(),)
        #: What the calendar says.
        self.held: Hold | None = None
        self.unreviewed: list[Emergency] = []
        self.validated: list[ValidationFinding] = []
        self.waived: tuple[Waiver, ...] = ()
        self.checks: list[SpotCheck] = []
        self.elsewhere: list[SeenNode] = []
        self.places: list[Place] = []
        self.falling: list[Lowering] = []
        self.differing: tuple[str, ...] = ()
        self.alike: list[LookAlikes] = []
        self.left_out: tuple[LeftOut, ...] = ()
        self.trouble = incident()
        #: Requests of a drill that are answered as declared.
        self.kept = 20
        self.deeds: list[tuple[Any, ...]] = []
        self.given = handover()
        self.judged: dict[str, CaseWord] = {}
        vars(self).update(changes)

    def _known(self, model: str) -> str:
        if model != MODEL:
            raise unknown("model", model, [MODEL])
        return model

    def _did(self, *what: Any) -> None:
        self.deeds.append(what)

    # People

    def whoami(self) -> Person:
        return self.me

    def people(self) -> list[Person]:
        return list(specimens.PEOPLE.values())

    def save_person(self, email: str, name: str, roles: Sequence[Role], active: bool = True) -> Person:
        self._did("save_person", email, name, tuple(roles), active)
        return Person(email=email, name=name, roles=tuple(roles), active=active)

    def teams(self) -> list[Team]:
        return list(specimens.TEAMS.values())

    def unbind(self, email: str) -> Person:
        self._did("unbind", email)
        return Person(email=email, name="Ada", roles=(Role.IT,))

    def save_team(self, name: str, members: Sequence[str]) -> Team:
        self._did("save_team", name, tuple(members))
        return Team(name=name, members=tuple(members))

    def issue_token(self, email: str, label: str, days: int = 90) -> Secret:
        self._did("issue_token", email, label, days)
        return Secret(secret="lmp_pat_once", expires_at=NOON + days * DAY)

    def tokens(self, email: str) -> list[HeldToken]:
        return [
            HeldToken(key="4f1a2b3c4d5e", email=email, label="laptop", created_at=NOON, expires_at=NOON + DAY, current=True)
        ]

    def revoke_token(self, key: str) -> HeldToken:
        self._did("revoke_token", key)
        return HeldToken(
            key=key, email="ada@example.com", label="laptop", created_at=NOON, expires_at=NOON + DAY, current=False
        )

    def issue_sign_in(self, email: str) -> Secret:
        self._did("issue_sign_in", email)
        return Secret(secret="lmp_once_one", expires_at=NOON + DAY)

    # Applications

    def consumer_accounts(self) -> list[Account]:
        return [
            Account(name="gate-desk", owner="bea@example.com", models=(MODEL,)),
            Account(name="old", owner="@it-ops", active=False),
        ]

    def save_consumer(self, name: str, owner: str, models: Sequence[str] = (), active: bool = True) -> Account:
        self._did("save_consumer", name, owner, tuple(models), active)
        return Account(name=name, owner=owner, models=tuple(models), active=active)

    def issue_consumer_token(self, name: str, model: str, environment: str, days: int = 90) -> Secret:
        self._did("issue_consumer_token", name, model, environment, days)
        return Secret(secret="lmp_app_once", expires_at=NOON + days * DAY)

    def consumers(self, model: str) -> list[Consumed]:
        self._known(model)
        return list(CONSUMERS)

    def consent(self, reference: str, consumer: str, accepted: bool, environment: str = "", reason: str = "") -> Consent:
        self._did("consent", reference, consumer, accepted, environment, reason)
        return given(consumer, accepted)

    # Example cases

    def cases(self, reference: str, environment: str) -> Cases:
        rough = Tried(name="rough", words="", inputs={"hour": 20}, expected="1", decision="1", score=0.8, agrees=True)
        calm = Tried(name="calm", words="", inputs={"hour": 6}, expected="0", decision="1", score=0.6, agrees=False)
        found = (Judged(tried=rough, word=self.judged.get("rough")), Judged(tried=calm, word=self.judged.get("calm")))
        return Cases(model=MODEL, number=8, environment=environment, cases=found, answers={"1": "late", "0": "in time"})

    def judge_case(self, reference: str, environment: str, case: str, as_expected: bool, note: str = "") -> CaseWord:
        self._did("judge_case", reference, environment, case, as_expected, note)
        self.judged[case] = CaseWord(
            model=MODEL, version="a" * 64, environment=environment, case=case, person="bea@example.com",
            as_expected=as_expected, note=note, evidence="b" * 64, at=NOON,
        )  # fmt: skip
        return self.judged[case]

    def _blind(self, said: str) -> BlindTestState:
        rough = Card(
            name="rough", words="In heavy rain.", inputs={"hour": 20}, decision="1", score=0.8, expected="1", happened=True
        )  # fmt: skip
        test = BlindTest(
            id="U-1", model=MODEL, number=8, version="a" * 64, environment="prod", person="bea@example.com",
            question="Would you expect: late?", classes=("0", "1"), cards=(rough,), agree_at_least=1, must_agree=(),
            basis="", terms="c" * 64, opened_at=NOON,
        )  # fmt: skip
        script = Script(answers={"1": "late", "0": "in time"}, labels={"hour": "Hour of departure"})
        return state_of(test, {"rough": said} if said else {}, script, "", None)

    def blind_tests(self, reference: str, environment: str) -> list[BlindTestState]:
        return [self._blind("yes"), self._blind("")]

    def begin_blind_test(self, reference: str, environment: str, agree_at_least: int = 0) -> BlindTestState:
        self._did("begin_blind_test", reference, environment, agree_at_least)
        return self._blind("")

    def answer_case(self, reference: str, environment: str, case: str, said: str) -> BlindTestState:
        self._did("answer_case", reference, environment, case, said)
        return self._blind(said)

    def invite(self, reference: str, environment: str, email: str, days: float = 7) -> Invited:
        self._did("invite", reference, environment, email, days)
        return Invited(
            invitation=seen(specimens.invitation(expires_at=NOON, shown_to=self.me.email), NOON - 1), link="http://lamp/#secret"
        )

    def invitations(self, reference: str, environment: str) -> list[InvitationState]:
        kept = (specimens.invitation(expires_at=NOON), specimens.invitation(id="N-2", expires_at=NOON, signed_at=5))
        return [seen(one, NOON - 1) for one in kept]

    def revoke_invitation(self, key: str) -> InvitationState:
        self._did("revoke_invitation", key)
        return seen(specimens.invitation(revoked_at=NOON), NOON)

    # Handovers

    def foretell_handover(self, model: str, to: str) -> HandoverView:
        asked = (Question(name="runbook", asks="What first?", needed=True), Question(name="limits", asks="What else?"))
        return self._view(handover(id="", receiver=to), asked)

    def start_handover(self, model: str, to: str, answers: Mapping[str, str] = {}) -> Handover:
        self._did("start_handover", model, to, dict(answers))
        self.given = handover(receiver=to, answers=answers)
        return self.given

    def handovers(self, model: str = "", closed: bool = False) -> list[Handover]:
        return [self.given]

    def due_handovers(self) -> list[Due]:
        return [Due(model="churn", giver="ada@example.com", receiver="@it-ops", due_at=NOON)]

    def handover(self, key: str) -> HandoverView:
        return self._view(self.given)

    def discuss_handover(self, key: str, text: str) -> Handover:
        self._did("discuss_handover", key, text)
        return handover(words=(Word(person=self.me.email, text=text, at=NOON),))

    def drill_handover(self, key: str, drill: Drill) -> Handover:
        self._did("drill_handover", key, drill)
        if drill is Drill.PAGE:
            page = TestPage(digest="d", person=self.me.email, to="ina@example.com", channels=("pager",), at=NOON)
            self.given = handover(page=page)
        else:
            self.given = handover(proofs=(proof(drill, self.me.email),))
        return self.given

    def answer_page(self, key: str, word: str) -> Handover:
        self._did("answer_page", key, word)
        self.given = handover(proofs=(proof(Drill.PAGE, self.me.email),))
        return self.given

    def accept_handover(self, key: str) -> Handover:
        self._did("accept_handover", key)
        self.given = handover(state=Given.ACCEPTED, accepted_by=self.me.email, co_own_until=NOON)
        return self.given

    def refuse_handover(self, key: str, reason: str) -> Handover:
        self._did("refuse_handover", key, reason)
        self.given = handover(state=Given.REFUSED, reason=reason)
        return self.given

    def return_handover(self, key: str, reason: str) -> Handover:
        self._did("return_handover", key, reason)
        self.given = handover(state=Given.HANDED_BACK, reason=reason)
        return self.given

    def loads(self) -> list[Load]:
        return [Load(party="@it-ops", people=2, models=3, pages_per_week=0.5, overdue=1)]

    def _view(self, found: Handover, asked: tuple[Question, ...] = ()) -> HandoverView:
        fact = Fact(name="to", value="v6")
        checks = (
            Check(name="way-back", asks="There is a version to return to", passed=True, facts=(fact,)),
            Check(name="rollback", asks="Practised", passed=False, facts=(), why="Nobody has shown it yet.", fix="Show it."),
        )
        load = Load(party="@it-ops", people=2, models=3, pages_per_week=0.5, overdue=0)
        held = Assignment(
            duty=Duty.MONITOR_TECHNICAL, accountable="@it-ops", holder="ina@example.com", deputy="ada@example.com"
        )
        return HandoverView(
            handover=found, checks=checks, ownership=Ownership(assignments=(held,)), givers=("ada@example.com",),
            receivers=("ina@example.com",), load=load, questions=asked,
        )  # fmt: skip

    # Environments and projects

    def environments(self) -> list[Environment]:
        names = ("prod", Level.PRODUCTION, 7083), ("dev", Level.DEVELOPMENT, 7081), ("staging", Level.ACCEPTANCE, 7082)
        return [Environment(name=name, level=level, port=port) for name, level, port in names]

    def save_environment(self, name: str, environment: Environment) -> Environment:
        self._did("save_environment", name)
        return environment

    def project(self, model: str) -> Project:
        self._known(model)
        daily = Job(name="nightly", schedule="TZ=Europe/Zurich 0 3 * * *", environment="prod", input="a", output="b")
        return msgspec.structs.replace(specimens.project(), job=(daily,))

    def plan(self, projects: list[Project]) -> Plan:
        planned = tuple(
            Planned(
                project=one,
                base="",
                changes=project_changes(None, one),
                before="",
                after="internal",
                refusal=Refusal(what="No.", why="It is bad.", fix="Mend it.") if one.name == "bad" else None,
            )
            for one in projects
            if one.name != "same"
        )
        return Plan(at=NOON, planned=planned, unchanged=len(projects) - len(planned))

    def apply_plan(self, plan: Plan) -> Applied:
        self._did("apply_plan", plan.key)
        return Applied(saved=tuple(one.model for one in plan.planned), waits=("L-1",) if self.falling else ())

    def save_project(self, model: str, project: Project) -> Project:
        self._did("save_project", model)
        return project

    def who(self, model: str) -> Who:
        self._known(model)
        readiness = Readiness(
            readings=(
                Probed(part=Part.SOCKET, light=Light.GREEN, seen="prod answers."),
                Probed(
                    part=Part.WIRING,
                    light=Light.RED,
                    seen="schedule has no owner.",
                    repairer="ada@example.com",
                    fix="Name one.",
                ),
            )
        )
        situation = situation_of(critical=True, often=True, receiver=True, readiness=readiness)
        return Who(
            model=model,
            advice=advise(situation),
            criticality=specimens.dossier().criticality,
            readiness=readiness,
            ownership=OWNERSHIP,
            business="bea@example.com",
            risk="",
        )

    # Versions

    def version(self, reference: str, environment: str = "") -> VersionView:
        parsed = parse_reference(reference)
        self._known(parsed.model)
        text = str(parsed.selector or "")
        number = int(text) if text.isdecimal() else {"live": 7, "prev": 6}.get(text, 8)
        return VersionView(version=specimens.version(number), evidence=(), decisions=(), differences=(), consumers=AFFECTED)

    def check(self, reference: str, environment: str) -> Decision:
        return decision(self.version(reference).version.number, environment, self.judgements)

    def hold(self, model: str, environment: str) -> Hold | None:
        return self.held

    def foretell(self, reference: str, environment: str) -> Deployed:
        made = self.check(reference, environment)
        if not (made.passed or made.waiting):
            return Deployed(decision=made, rollout=None)
        return Deployed(decision=made, rollout=rollout(Phase.PENDING, id="", environment=environment, number=made.number))

    def deploy(self, reference: str, environment: str) -> Deployed:
        self._did("deploy", reference, environment)
        made = self.check(reference, environment)
        if not (made.passed or made.waiting):
            return Deployed(decision=made, rollout=None)
        phase = Phase.PENDING if made.passed else Phase.WAITING
        self.rolling = rollout(phase, environment=environment, number=made.number, hold=self.held)
        return Deployed(decision=made, rollout=self.rolling)

    def declare_emergency(self, reference: str, environment: str, reason: str) -> Deployed:
        self._did("declare_emergency", reference, environment, reason)
        answer = self.deploy(reference, environment)
        self.unreviewed = [emergency(why=reason, number=answer.decision.number)]
        return Deployed(decision=answer.decision, rollout=answer.rollout, emergency=self.unreviewed[0])

    def emergencies(self, model: str = "", closed: bool = False) -> list[Emergency]:
        return self.unreviewed

    def emergency(self, key: str) -> Emergency:
        return next(one for one in self.unreviewed if one.id == key)

    def raise_finding(self, reference: str, weight: Weight, words: str, owner: str, days: int = 0) -> ValidationFinding:
        self._did("raise_finding", reference, weight, words, owner, days)
        return specimens.validation_finding(weight=weight, words=words, owner=owner)

    def validation_findings(self, model: str = "", closed: bool = False) -> list[ValidationFinding]:
        return self.validated

    def validation_finding(self, key: str) -> ValidationFinding:
        return specimens.validation_finding()

    def answer_finding(self, key: str, reference: str, evidence: str, note: str) -> ValidationFinding:
        self._did("answer_finding", key, reference, evidence, note)
        return specimens.validation_finding(answer=note, kind=evidence, answered_number=8, evidence="e" * 64, answered_at=NOON)

    def judge_finding(self, key: str, closed: bool, note: str) -> ValidationFinding:
        self._did("judge_finding", key, closed, note)
        closing = {"closed_by": self.me.email, "closed_at": NOON} if closed else {}
        return specimens.validation_finding(notes=(note,), **closing)

    def retirement(self, model: str) -> Retiring:
        return retiring(self.ending)

    def retirements(self, closed: bool = False) -> list[Retiring]:
        return [retiring(self.ending)] if closed or self.ends else []

    def retire(self, model: str, reason: str, sunset: int = 0, successor: str = "") -> Retirement:
        self._did("retire", model, reason, sunset, successor)
        self.ending = msgspec.structs.replace(self.ending, sunset=sunset, successor=successor, reason=reason)
        return self.ending

    def consent_to_retirement(self, model: str, consumer: str, accepted: bool, reason: str = "") -> Retirement:
        self._did("consent_to_retirement", model, consumer, accepted, reason)
        return self.ending

    def approve_retirement(self, model: str, accepted: bool, reason: str = "") -> Retirement:
        self._did("approve_retirement", model, accepted, reason)
        return self.ending

    def finish_retirement(self, model: str, note: str = "") -> Retirement:
        self._did("finish_retirement", model, note)
        return self._ended(Ending.FINISHED, note, environments=("prod",))

    def cancel_retirement(self, model: str, reason: str) -> Retirement:
        self._did("cancel_retirement", model, reason)
        return self._ended(Ending.CANCELLED, reason)

    def revive(self, model: str, reason: str) -> Retirement:
        self._did("revive", model, reason)
        return self._ended(Ending.REVIVED, reason)

    def _ended(self, state: Ending, note: str, **more: Any) -> Retirement:
        moved = {"state": state, "note": note, "moved_by": self.me.email, "moved_at": NOON}
        self.ending = msgspec.structs.replace(self.ending, **moved, **more)
        return self.ending

    def lowerings(self) -> list[Lowering]:
        return self.falling

    def nodes(self, environment: str = "") -> list[SeenNode]:
        return self.elsewhere

    def machines(self, environment: str = "") -> list[Place]:
        return [one for one in self.places if environment in ("", one.environment.name)]

    def issue_node_token(self, environment: str, days: int = 90) -> Secret:
        self._did("issue_node_token", environment, days)
        return Secret(secret="lmp_node_shown-once", expires_at=NOON)

    def revoke_node_tokens(self, environment: str) -> int:
        self._did("revoke_node_tokens", environment)
        return 2

    def forget_node(self, environment: str, node: str) -> None:
        self._did("forget_node", environment, node)

    def spot_checks(self, model: str = "", closed: bool = False) -> list[SpotCheck]:
        return self.checks

    def spot_check(self, key: str) -> SpotCheck:
        return specimens.spot_check(number=8)

    def judge_spot_check(self, key: str, bad: bool, note: str) -> SpotCheck:
        self._did("judge_spot_check", key, bad, note)
        finding = "V-1" if bad else ""
        return specimens.spot_check(number=8, judged_by=self.me.email, judged_at=NOON, note=note, bad=bad, finding=finding)

    def lift_suspension(self, key: str, reason: str) -> SpotCheck:
        self._did("lift_suspension", key, reason)
        bad = specimens.spot_check(number=8, judged_by=self.me.email, judged_at=NOON, note="Winter.", bad=True, finding="V-1")
        return msgspec.structs.replace(bad, lifted_by=self.me.email, lifted_at=NOON, lift_why=reason)

    def recount_spot_checks(self) -> Recount:
        return Recount(key="a" * 64, accepted=300, drawn=31, expected=30.0, differing=self.differing)

    def conclude_validation(self, reference: str, note: str) -> ValidationWord:
        self._did("conclude_validation", reference, note)
        return ValidationWord(model=MODEL, number=8, version="a" * 64, person=self.me.email, note=note, at=NOON)

    def policy(self) -> Policy:
        return specimens.starter()

    def policy_changes(self) -> list[RuleBookChange]:
        return [
            RuleBookChange(
                digest=specimens.starter().digest, name="starter", version=1, person="gail@example.com", why="First.",
                is_set=True, at=NOON,
            )
        ]  # fmt: skip

    def delivery(self, since: int, until: int) -> DeliveryReport:
        self.deeds.append(("delivery", until - since))
        row = Delivery(
            team="@data-science", tier="internal", models=4, releases=12, per_week=2.8, lead_time=5400.0,
            lead_time_slow=90_000.0, failed=3, restore_time=None, stopped=1, decisions=24, minutes=18.0, minutes_middle=1.5,
            waited=7200.0,
        )  # fmt: skip
        bea = Waited(what="business", person="bea@example.com", rollouts=12, open=0, hours=31.0, longest=9.0, alone=20.0)
        gate = Waited(what="acceptance", person="", rollouts=12, open=1, hours=33.0, longest=9.0, alone=0.0)
        total = msgspec.structs.replace(row, team="", tier="")
        return DeliveryReport(since=since, until=until, total=total, rows=(row,), approvers=(bea,), gates=(gate,))

    def affected(self, what: str) -> Lineage:
        one = Reached(
            model="late-flights", tier="mission-critical", critical=True, why="lamp.toml names weather.", through=(),
            live=("v2 in prod",), takes=("v2",), owner="@data-science", on_call="ivo@example.com",
            consumers=("ops-dashboard (bea@example.com, declared)",),
        )  # fmt: skip
        name, _, column = what.partition(".")
        return Lineage(name=name, column=column, owner="@it-ops", models=(one,))

    def policy_change(self, digest: str) -> list[Changed]:
        return [Changed(place="internal.escalate_after", before="8h", after="4h")]

    def policy_differences(self, text: str) -> list[Changed]:
        return list(differences(specimens.starter(), read_policy(text)))

    def simulate_policy(self, text: str, against: str = "") -> Simulation:
        self._did("simulate_policy", text, against)
        free = Ruled(tier="internal", blocked={}, sides=(), waiting=0.0)
        stopped = Ruled(tier="internal", blocked={"performance": "auc is 0.5."}, sides=("business",), waiting=7200.0)
        asked = Ruled(tier="internal", blocked={}, sides=("business",), waiting=7200.0)
        bad = Release(
            model=MODEL, number=8, environment="prod", rollout="R-9", at=NOON, passed=True, before=free, after=stopped,
            incidents=("I-1",),
        )  # fmt: skip
        good = msgspec.structs.replace(bad, number=7, after=asked, incidents=())
        same = msgspec.structs.replace(good, number=6, after=free)
        return Simulation(
            before="starter 1 (abc)", after="starter 2 (def)", releases=(bad, good, same), left_out=0,
            words={"business": (3, 7200.0)},
        )  # fmt: skip

    def set_policy(self, text: str, reason: str) -> RuleBookChange:
        self._did("set_policy", reason)
        return msgspec.structs.replace(self.policy_changes()[0], version=2, why=reason)

    def waive(self, reference: str, environment: str, gate: str, days: int, reason: str) -> Waiver:
        self._did("waive", reference, environment, gate, days, reason)
        return waiver(gate=gate, environment=environment, why=reason, until=NOON + days * DAY)

    def waivers(self, model: str = "", closed: bool = False) -> Waivers:
        over = waiver(id="W-2", gate="data_checks", until=NOON - 1, lapsed_at=NOON)
        counts = {"@it-ops": Count(in_force=1, over=1, given=3)}
        return Waivers(waivers=(waiver(), over), teams=counts, at=NOON)

    def waiver(self, key: str) -> Waiver:
        return next(one for one in self.waivers().waivers if one.id == key)

    def end_waiver(self, key: str, reason: str) -> Waiver:
        self._did("end_waiver", key, reason)
        return waiver(until=NOON, ended_by=self.me.email, end_why=reason)

    def review_emergency(self, key: str, note: str) -> Emergency:
        self._did("review_emergency", key, note)
        return emergency(reviewed_by=self.me.email, reviewed_at=NOON, note=note)

    def sign(
        self,
        reference: str,
        environment: str,
        side: Side,
        accepted: bool,
        reason: str = "",
        condition: str = "",
        signed_as: str = "",
    ) -> Signature:
        self._did("sign", reference, environment, side, accepted, reason, *[word for word in (condition, signed_as) if word])
        return specimens.signature(side, self.me.email, specimens.dossier(), accepted=accepted, at=NOON)

    def waiting(self, model: str = "") -> list[Waiting]:
        missing = ("IT has not accepted.",)
        return [
            Waiting(
                rollout="R-9",
                model=MODEL,
                number=8,
                version=specimens.version(8).digest,
                environment="prod",
                asked_by="ada@example.com",
                since=NOON,
                missing=missing,
                signatures=(),
            )
        ]

    def look_alikes(self) -> list[LookAlikes]:
        return self.alike

    def sign_look_alikes(self, key: str, side: Side, members: Sequence[Shown], reason: str = "") -> Together:
        self._did("sign_look_alikes", key, side, tuple(members), reason)
        words = [specimens.signature(side, self.me.email, specimens.dossier(), at=NOON) for _ in members]
        return Together(key=key, side=side, signed=tuple(words), left_out=self.left_out)

    def rollouts(self, model: str = "") -> list[Rollout]:
        return [self.rolling]

    def rollout(self, key: str) -> Rollout:
        if key != self.rolling.id:
            raise unknown("rollout", key, [self.rolling.id])
        if self.signals:
            self._move(self.signals.pop(0))
        return self.rolling

    def _move(self, signal: Signal) -> Rollout:
        self.rolling = advance(self.rolling, signal, now=NOON, why=f"{signal}.".capitalize())
        return self.rolling

    def pause(self, key: str) -> Rollout:
        self._did("pause", key)
        return self._move(Signal.PAUSED)

    def resume(self, key: str) -> Rollout:
        self._did("resume", key)
        return self._move(Signal.RESUMED)

    def stop(self, key: str) -> Rollout:
        self._did("stop", key)
        return self._move(Signal.STOPPED)

    def roll_back(self, model: str, environment: str, to: int = 0, reason: str = "", leaving: int = 0) -> RolledBack:
        self._did("roll_back", model, environment, to, reason, leaving)
        return RolledBack(model=model, environment=environment, before=7, now=to or 6, seconds=0.42)

    def shadow(self, model: str, environment: str, number: int) -> Routing:
        self._did("shadow", model, environment, number)
        champion = Served(number=7, digest="a" * 64)
        shadow = Served(number=number, digest="b" * 64) if number else None
        return Routing(model=model, environment=environment, champion=champion, shadow=shadow)

    def shadow_run(self, model: str, environment: str) -> ShadowRun:
        return ShadowRun(
            model=model, environment=environment, number=8, against=7, against_version="a" * 64, since=NOON, requests=900,
            rows=1200, failures=2, mean_difference=-0.004, mean_size=0.012, largest=0.3, up=3, down=11,
            bins=(1000, 150, 40, 5, 2, 1, 1, 0, 1, 0, 0),
        )  # fmt: skip

    def keep_shadow_run(self, model: str, environment: str) -> ShadowRun:
        self._did("keep_shadow_run", model, environment)
        return self.shadow_run(model, environment)

    def extend(self, reference: str, environment: str, days: int, reason: str) -> Expiry:
        self._did("extend", reference, environment, days, reason)
        return Expiry(at=NOON + days * DAY, ends_at=NOON + (days + 14) * DAY, action=Action.BLOCK)

    def drill_outage(self, reference: str, environment: str) -> OutageDrill:
        self._did("drill_outage", reference, environment)
        return OutageDrill(
            environment=environment, answer=Fallback.CONSTANT, requests=20, kept=self.kept, ordinary=20, untouched=20,
            scores=(0.25,), slowest=0.004,
        )  # fmt: skip

    # Monitoring

    def feeds(self) -> list[Feed]:
        return [self.feed("weather"), self.feed("timetable")]

    def feed(self, name: str) -> Feed:
        if name not in ("weather", "timetable"):
            raise unknown("source", name, ("weather", "timetable"))
        heard = Heard(newest=NOON, rows=240, passed=True, check="3 of 3 passed", arrived_at=NOON)
        late = name == "weather"
        return Feed(
            name=name, owner="wes@example.com", models=(MODEL,), freshness="1h", columns=("precip",),
            state=FeedState.LATE if late else FeedState.FRESH,
            why="Its newest row is 3 hours old, and it may be 1h." if late else "Its newest row is 2 minutes old.",
            heard=heard,
        )  # fmt: skip

    def push_arrival(
        self,
        name: str,
        newest: int = 0,
        rows: int | None = None,
        passed: bool | None = None,
        check: str = "",
        schema: str = "",
    ) -> Feed:
        self._did("push_arrival", name, newest, rows, passed, check, *([schema] if schema else []))
        return self.feed(name)

    def push_labels(self, model: str, labels: Sequence[Label]) -> LabelsKept:
        self._did("push_labels", model, tuple(labels))
        away = {"waiting": 2, "closed": 1} if any(label.id.startswith("gone") for label in labels) else {}
        return LabelsKept(kept=len(labels), **away)

    def label_status(self, model: str, environment: str) -> LabelStatus:
        return LabelStatus(
            model=self._known(model), environment=environment, scored=5000, labelled=4000, newest_day=JULY, lag=7200.0,
            longest=172_800.0, waiting=3, wait="30d", expired=2,
        )  # fmt: skip

    def why(self, model: str, environment: str = "", incident: str = "") -> Why:
        evening = SliceShare(
            slice="hour=17 to 20, origin=EWR", rows=900, rows_before=880, loss=0.31, loss_before=0.19, share=0.71, low=0.55,
            high=0.87, within=0.7, p=0.0001, stands_out=True,
        )  # fmt: skip
        precip = InputMoved(column="precip", distance=0.3, limit=0.1, moved=True, importance=1.0, impact=0.75, matters=True)
        return Why(
            model=self._known(model), environment=environment, number=7, measure="brier", loss_name="mean squared error",
            sentence="Since 1 Jul 2013: it said 18 % and 32 % came true. 71 % of the extra loss goes together with "
            "hour = 17 to 20, origin = EWR. Inputs that moved and matter: precip.",
            since=JULY, start=JULY, end=JULY + DAY, base_start=JULY - DAY, base_end=JULY, base_number=7, value=0.222,
            value_before=0.203, loss=0.222, loss_before=0.203, rows=1200, said=0.18, came=0.32, slices=(evening,),
            inputs=(precip,),
        )  # fmt: skip

    def readings(
        self, model: str, environment: str, aspect: str = "", measure: str = "", sliced: bool = False
    ) -> list[Reading]:
        def reading(start: int, value: float, **more: Any) -> Reading:
            return Reading(
                model=model, environment=environment, number=7, start=start, end=start + DAY, value=value, count=1200, **more
            )

        if sliced:
            more = {"aspect": "quality", "measure": "brier", "column": "", "low": 0.28, "high": 0.34, "restated": 2}
            return [reading(JULY, 0.31, slice="origin=EWR", limit=0.25, crossed=True, **more)]
        return [
            reading(JULY - DAY, 0.203, aspect="quality", measure="brier", column="", low=0.19, high=0.21, limit=0.21),
            reading(JULY, 0.222, aspect="quality", measure="brier", column="", low=0.215, high=0.229, limit=0.21, crossed=True),
            reading(
                JULY, 0.04, aspect="drift", measure="jensen_shannon", column="precip", low=0.04, high=0.04, false_alarms=0.42
            ),
        ]

    def false_alarms(self) -> FalseAlarms:
        tiers = {"internal": 0.3, "mission-critical": 0.12}
        return FalseAlarms(expected=0.42, allowed=30.0, tiers=tiers, stated=1, unstated=1)

    def watched(self, model: str = "") -> list[Watched]:
        why = "Nobody has asked for 5 hours; it may be silent for 2 hours."
        silent = Gap(WatchState.SILENT, "silent", why, 18_000.0, 7200.0, "ivo@example.com")
        why = "The project declares no limit of quality."
        limit = Gap(WatchState.MISSING, "limit", why, 864_000.0, 0.0, "ada@example.com")
        found = [
            Watched("late-flights", "prod", 7, WatchState.SILENT, (silent, limit)),
            Watched("price-001", "prod", 2, WatchState.WATCHED, ()),
        ]
        return [one for one in found if model in ("", one.model)]

    def digest(self, model: str) -> Digest:
        told = "Last week it warned about 412 of 530 late flights; 9 in 100 warnings were wrong. Normal."
        return Digest(model=self._known(model), start=JULY, end=JULY + 7 * DAY, sentence=told, week=Week(scored=9000))

    def recount(self, model: str, environment: str, since: int = 0) -> Recounted:
        self.deeds.append(("recount", self._known(model), environment, since))
        return Recounted(model=model, environment=environment, days=30, rows=41_234, kept=2)

    def service(self, model: str, environment: str, seconds: int = 86400) -> Service:
        return Service(
            environment=environment,
            seconds=seconds,
            requests=12_345,
            rows=12_345,
            failures=2,
            p50_ms=0.5,
            p95_ms=2.5,
            p99_ms=5.0,
            sparkline=(),
        )

    def incidents(self, model: str = "", closed: bool = False) -> list[Incident]:
        return [self.trouble]

    def incident(self, key: str) -> Incident:
        return self.trouble

    def acknowledge(self, key: str, note: str = "") -> Incident:
        self._did("acknowledge", key, note)
        return incident_after(self.trouble, Step.ACKNOWLEDGE, now=NOON, note=note)

    def resolve(self, key: str, note: str = "") -> Incident:
        self._did("resolve", key, note)
        return incident_after(self.trouble, Step.RESOLVE, now=NOON, note=note)

    def snooze(self, key: str, duration: str, reason: str) -> Incident:
        self._did("snooze", key, duration, reason)
        return incident_after(self.trouble, Step.SNOOZE, now=NOON, note=reason, snoozed_until=NOON + 14_400_000_000)

    def assign(self, key: str, to: str, note: str = "") -> Incident:
        self._did("assign", key, to, note)
        return incident_after(self.trouble, Step.ASSIGN, now=NOON, note=note, assignee=to, who=to)

    def note(self, key: str, text: str) -> Incident:
        self._did("note", key, text)
        return incident_after(self.trouble, Step.NOTE, now=NOON, note=text)

    def rows(
        self,
        model: str,
        environment: str = "",
        incident: str = "",
        condition: str = "",
        number: int = 0,
        start: int = 0,
        end: int = 0,
        limit: int = USUAL_ROWS,
    ) -> Rows:
        self._did("rows", model, environment, incident, condition, number, start, end, limit)
        return specimens.rows(self._known(model), environment or "prod", incident, condition)

    def external_alerts(self) -> list[AlertSeen]:
        unknown, late = specimens.external_alert(), specimens.external_alert(fingerprint="b", name="FeedLate", ended_at=NOON)
        return [AlertSeen(unknown, "", "No label names a model.", ""), AlertSeen(late, "the source weather", "", "I-31")]

    def test_channel(self, name: str) -> str:
        self._did("test_channel", name)
        return name

    # Management

    def run_job(self, model: str, name: str) -> Run:
        self._did("run_job", model, name)
        return Run(id="J-1", model=model, job=name, due_at=0)

    def job_runs(self, model: str) -> list[Run]:
        return [self.job_run("J-1")]

    def job_run(self, key: str) -> Run:
        failure = Failure(cause=Cause.DATA, why="Row 7: hour.", code="E1410", rows=5)
        return Run(id=key, model="late-flights", job="nightly", due_at=0, state=State.FAILED, failure=failure)

    def kept_run(self, key: str) -> KeptRun:
        run = self.job_run(key)
        assert run.failure is not None
        return KeptRun(
            run=key, model=MODEL, job=run.job, environment="prod", version=f"{MODEL}@7", input="flights", rows=5,
            failure=run.failure, log="Traceback\n",
        )  # fmt: skip

    def kept_rows(self, key: str) -> bytes:
        return b"rows" if key == "J-1" else b""

    def rerun(self, key: str, table: str = "") -> Run:
        self._did("rerun", key, table)
        return Run(id="J-2", model=MODEL, job="nightly", due_at=NOON, fixes=key, input=table)

    def retraining(self, model: str) -> NextTraining:
        return specimens.next_training(model=model)

    def training_input(self, model: str, training: str = "") -> TrainingInput:
        return specimens.next_training().given

    def training_rows(self, model: str, training: str = "", limit: int = USUAL_ROWS) -> Rows:
        self._did("training_rows", model, training, limit)
        return specimens.rows(model)

    def quarantine(self, model: str, start: int, end: int, reason: str) -> Quarantine:
        self._did("quarantine", model, start, end, reason)
        return specimens.quarantine(model=model, start=start, end=end, reason=reason)

    def quarantines(self, model: str, lifted: bool = False) -> list[Quarantine]:
        over = specimens.quarantine(id="Q-2", lifted_at=NOON, lifted_by=self.me.email, lifted_why="They were right.")
        return [specimens.quarantine(end=0), *([over] if lifted else [])]

    def lift_quarantine(self, key: str, reason: str) -> Quarantine:
        self._did("lift_quarantine", key, reason)
        return specimens.quarantine(id=key, lifted_at=NOON, lifted_by=self.me.email, lifted_why=reason)

    def retrain(self, model: str, cause: str = "") -> Retraining:
        self._did("retrain", model, cause)
        return Retraining(id="T-1", model=self._known(model), cause=cause, author=self.me.email)

    def retuning(self, reference: str, environment: str, threshold: float, since: int = 0) -> Retuning:
        self._did("retuning", reference, environment, threshold, since)
        own = Turned(rows=400, thresholds=Thresholds(before=0.7, after=0.7))
        turned = Turned(rows=1200, up=120, thresholds=Thresholds(before=0.5, after=threshold))
        moved = {"recall": Moved(before=0.5, after=0.75, low=0.7, high=0.8, n=300)}
        return Retuning(
            model=MODEL, number=7, version="a" * 64, environment=environment, before=0.5, after=threshold, counted=(7,),
            start=JULY, end=JULY + DAY, consumers={"travel-app": turned, "gate-desk": own}, labelled=900, figures={"": moved},
        )  # fmt: skip

    def retune(self, reference: str, environment: str, threshold: float, reason: str, since: int = 0) -> Retuned:
        found = msgspec.structs.replace(self.retuning(reference, environment, threshold, since), reason=reason)
        self.deeds[-1] = ("retune", reference, environment, threshold, reason, since)
        return Retuned(version=msgspec.structs.replace(specimens.version(9), model=MODEL), retuning=found)

    def recalibration(self, reference: str, environment: str, fit: Fit = Fit.LOGISTIC, since: int = 0) -> Recalibration:
        self._did("recalibration", reference, environment, fit, since)
        line = Calibration(intercept=-0.5, slope=0.75)
        seen = LabelledDays(start=JULY, end=JULY + 10 * DAY, days=10, rows=5000, positives=1000)
        return Recalibration(
            model=MODEL, number=7, version="a" * 64, environment=environment, fit=fit, fitted=line, whole=line,
            seen=seen, unseen=msgspec.structs.replace(seen, start=seen.end, end=seen.end + 10 * DAY), counted=(7,), auc=0.75,
            compared={"brier": Compared(before=0.2, after=0.15, difference=-0.05, low=-0.06, high=-0.04)},
            figures={"": {"brier": Moved(before=0.2, after=0.15, low=0.14, high=0.16, n=5000)}},
            consumers={"travel-app": Turned(rows=1200, down=120, thresholds=Thresholds(before=0.5, after=0.5))},
        )  # fmt: skip

    def recalibrate(
        self, reference: str, environment: str, reason: str, fit: Fit = Fit.LOGISTIC, since: int = 0
    ) -> Recalibrated:
        found = msgspec.structs.replace(self.recalibration(reference, environment, fit, since), reason=reason)
        self.deeds[-1] = ("recalibrate", reference, environment, reason, fit, since)
        return Recalibrated(version=msgspec.structs.replace(specimens.version(9), model=MODEL), recalibration=found)

    def compare(self, model: str, versions: str = "", environment: str = "") -> VersionComparison:
        self._did("compare", model, versions, environment)
        return specimens.version_comparison(model=self._known(model))

    def challenge(self, reference: str, environment: str, metric: str = "brier", least_rows: int = 1000) -> Challenge:
        self._did("challenge", reference, environment, metric, least_rows)
        return trial(Verdict.RUNNING)

    def challenges(self, model: str) -> list[Challenge]:
        return [trial(Verdict.RUNNING)]

    def decide(self, key: str, start: int = 0, end: int = 0, conclude: bool = False) -> Challenge:
        self._did("decide", key, start, end, *(["conclude"] if conclude else []))
        if not self.guardrails:
            return trial(Verdict.RUNNING, start=start, end=end, why="Not enough evidence yet: 40 of 1,000 labelled rows.")
        return trial(Verdict.CHALLENGER_WINS, start=start, end=end, choice=self.selection(key).selection.choice, look=1)

    def selection(self, key: str) -> Sealed:
        return specimens.sealed(specimens.selection(*self.guardrails, live=7, trial=key, challenger=8))

    # Questions

    def fleet(
        self,
        search: str = "",
        only: str = "",
        page: int = 1,
        tier: str = "",
        needs: str = "",
        gap: str = "",
        lack: str = "",
        retired: bool = False,
    ) -> Fleet:
        row = FleetRow(
            model=MODEL,
            tier="mission-critical",
            dots=(2, 2),
            number=7,
            environment="prod",
            status={Aspect.OVERALL: self.overall},
            sentence="",
            sparkline=(),
            requests=12_345,
            needs="ivo@example.com",
            age=7200,
        )
        who = self.me.email if needs == "me" else needs
        rows = (row,) if search in MODEL and who in ("", row.needs) else ()
        return Fleet(
            rows=rows, total=len(rows), counts={self.overall: len(rows)}, page=page, pages=2 if rows else 1, gaps=self.gaps
        )

    def status(self, model: str) -> ModelStatus:
        self._known(model)
        stages = [
            StageState(
                stage=stage, accountable="@it-ops", holder="ivo@example.com", deputy="", status=self.overall, facts=("done",)
            )
            for stage in Stage
        ]
        return ModelStatus(
            model=model,
            summary="",
            criticality=Criticality(tier="mission-critical", rule="", why=""),
            dots=(2, 2),
            status=dict.fromkeys(Aspect, self.overall),
            sentence="v7 serves 100 % in prod. No limit is crossed.",
            stages=tuple(stages),
            live=self.live,
            service=self.service(model, "prod"),
            ownership=OWNERSHIP,
            business="bea@example.com",
            versions=8,
            incidents=(self.trouble,) if self.overall is Status.FAILING else (),
            rollouts=(),
            waiting=(),
            needs="ivo@example.com" if self.overall is Status.FAILING else "",
            rows=5000,
            labelled=4000,
            consumers=CONSUMERS,
            waivers=self.waived,
            validation_findings=tuple(self.validated),
        )

    def at(self, model: str, environment: str, instant: int) -> AsOf:
        approvals = (Approval(person="bea@example.com", side="business", at=NOON - DAY, sequence=40),)
        return AsOf(
            model=self._known(model),
            environment=environment,
            at=instant,
            number=7,
            version="ab" * 32,
            since=NOON - DAY,
            by="platform@lamplighter",
            how="rollout",
            approvals=approvals,
            decision=decision(7, environment, self.judgements),
            tier="mission-critical",
            sequences=(40, 41),
        )

    def journal(self, model: str = "", limit: int = 100) -> list[Entry]:
        gone_live = WentLive(model=MODEL, environment="prod", number=7, version="ab" * 32, previous=6, rollout="R-8")
        decided = DecisionMade(model=MODEL, number=7, environment="prod", decision="cd" * 32, passed=True)
        events: list[tuple[int, str, AnyEvent]] = [(41, "platform@lamplighter", gone_live), (40, "ada@example.com", decided)]
        return [Entry(sequence=s, previous="", actor=who, credential="", at=NOON, event=event) for s, who, event in events][
            :limit
        ]

    def journal_lines(self, after: int = 0) -> bytes:
        return b""

    def verify_journal(self) -> Verification:
        return Verification(entries=41, verified=True, head="ef" * 32)


def live(environment: str, level: Level, number: int, **more: Any) -> Live:
    address = "http://127.0.0.1:7083"
    return Live(environment=environment, level=level, address=address, number=number, digest="a" * 64, since=NOON, **more)


def rollout(phase: Phase, **changes: Any) -> Rollout:
    return specimens.rollout(
        phase, steps=(10, 100), **{"id": "R-9", "number": 8, "opened_at": NOON, "moved_at": NOON, **changes}
    )


def incident() -> Incident:
    return specimens.incident(opened_at=NOON, moved_at=NOON)


def decision(number: int, environment: str, judgements: tuple[Judgement, ...]) -> Decision:
    version = specimens.version(number)
    return Decision(
        model=MODEL,
        number=number,
        version=version.digest,
        environment=environment,
        binding="",
        policy="",
        evidence={},
        judgements=judgements,
        asked_by="ada@example.com",
        at=NOON,
    )


def trial(verdict: Verdict, **changes: Any) -> Challenge:
    figures = {"champion_value": 0.222, "challenger_value": 0.187, "difference": -0.035, "low": -0.041, "high": -0.029}
    named = {"id": "C-1", "model": MODEL, "environment": "prod", "champion": 7, "challenger": 8, "metric": "brier"}
    return Challenge(**{**named, **figures, "rows": 4000, "verdict": verdict, "opened_at": NOON, **changes})


def given(consumer: str, accepted: bool) -> Consent:
    return Consent(
        model=MODEL,
        version="b" * 64,
        environment="prod",
        consumer=consumer,
        person="bea@example.com",
        accepted=accepted,
        reason="",
        binding="c" * 64,
        at=NOON,
    )


def consumed(name: str, owner: str, standing: Standing, requests: int, *, silent: bool = False) -> Consumed:
    last = NOON if requests else 0
    places = ("prod",) if requests else ()
    versions = (
        OnVersion(number=7, arm=Arm.CHAMPION, requests=1_200, p95_ms=2.5),
        OnVersion(number=8, arm=Arm.CHALLENGER, requests=40, failures=10, p95_ms=5.0),
    )
    felt = Felt(
        environment="prod",
        requests=1_200,
        failures=3,
        refused={"422": 4},
        p50_ms=1.0,
        p95_ms=2.5,
        p99_ms=5.0,
        versions=versions,
    )
    return Consumed(
        name=name,
        owner=owner,
        standing=standing,
        silent=silent,
        requests=requests,
        last_at=last,
        environments=places,
        felt=felt if requests > 1_000 else Felt(environment="prod"),
    )


CONSUMERS = (
    consumed("gate-desk", "bea@example.com", Standing.DECLARED, 12_345),
    consumed("nightly", "@it-ops", Standing.REGISTERED, 0, silent=True),
    consumed("scraper", "", Standing.UNKNOWN, 7),
)
_RENAMED = Effect(name="output", what="was late, is risk", breaking=True, why="It reads late.")
AFFECTED = (
    Affected(
        name="gate-desk",
        owner="bea@example.com",
        standing=Standing.DECLARED,
        effects=(_RENAMED,),
        figures=Figures(requests=100, rows=200, flips_up=3, flips_down=1, shift_absolute=0.0123),
        consent=None,
    ),
    Affected(
        name="nightly",
        owner="@it-ops",
        standing=Standing.REGISTERED,
        effects=(),
        figures=Figures(),
        consent=given("nightly", True),
    ),
)
REFUSED = Judgement(gate="performance", verdict=Refused(why="auc is 0.51, wanted 0.58.", fix="Improve the model."))
MISSING_WORD = Judgement(gate="acceptance", verdict=Undecided(why="IT has not accepted.", fix="Ask IT.", waiting=True))
