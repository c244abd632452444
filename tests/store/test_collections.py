"""What every collection promises: added once, put in place, replaced only by who saw the newest, found and listed."""

import threading
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
import pytest
from tests.domain import specimens

from lamplighter.domain.acceptance import Side
from lamplighter.domain.binding import Binding
from lamplighter.domain.blind_test import BlindAnswer
from lamplighter.domain.calibration import Calibration
from lamplighter.domain.challenge import Challenge, Verdict
from lamplighter.domain.consumer import Account
from lamplighter.domain.decision import Decision, Judgement, Passed
from lamplighter.domain.device_sign_in import DeviceSignIn, Standing
from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.errors import Conflict
from lamplighter.domain.feed import Arrival
from lamplighter.domain.identity import Credential, Person, Purpose, Role, Team
from lamplighter.domain.incident import State
from lamplighter.domain.inputs import Inputs
from lamplighter.domain.job import Run
from lamplighter.domain.lowering import Lowering
from lamplighter.domain.monitor import Reading
from lamplighter.domain.recalibration import KIND, Compared, Dot, Fit, LabelledDays, Recalibration, recalibration_of
from lamplighter.domain.replay import Replay
from lamplighter.domain.retirement import State as Ending
from lamplighter.domain.retraining import State as Training
from lamplighter.domain.rollout import Phase
from lamplighter.domain.routing import Routing
from lamplighter.domain.tracking.candidate import Candidate, RegisteredModel
from lamplighter.domain.tracking.experiment import Experiment, Stage
from lamplighter.domain.tracking.logged_model import LoggedModel, ModelStatus
from lamplighter.domain.tracking.run import Run as TrackedRun
from lamplighter.domain.tracking.run import RunStatus
from lamplighter.domain.vulnerability import Advisory, AdvisoryLoad
from lamplighter.store.collection import Collection
from lamplighter.store.transaction import Store, Transaction


class Case(NamedTuple):
    name: str
    record: Any
    #: The columns of its key.
    key: Mapping[str, Any]
    #: The same record with other contents; where the key is a digest, the record itself.
    changed: Any


TEAM = Team(name="@it-ops", members=("ivo@example.com",))
ROUTING = Routing(model="churn", environment="prod")
CHALLENGE = Challenge(id="C-1", model="churn", environment="prod", champion=1, challenger=2, metric="brier")
DECISION = Decision(
    model="churn", number=1, version="a" * 64, environment="prod", binding="b" * 64, policy="c" * 64, evidence={"x": "y"},
    judgements=(Judgement(gate="parity", verdict=Passed(why="Fine.")),), asked_by=specimens.ADA, at=5,
)  # fmt: skip
READING = Reading(
    model="churn", environment="prod", number=1, aspect="drift", measure="psi", column="age \u00e4", start=0, end=10,
    value=0.1, low=0.1, high=0.1, count=7,
)  # fmt: skip
BINDING = Binding(id="e" * 64, email="a@x", issuer="https://i", subject="s", provider="p", told_email="a@x", bound_at=1)
DEVICE_SIGN_IN = DeviceSignIn(id="d" * 64, user_code="e" * 64, machine="m", sender="s", asked_at=1, expires_at=2**53)
CREDENTIAL = Credential(digest="d" * 64, email="a@x", purpose=Purpose.TOKEN, created_at=1, expires_at=2**53)


LOWERING = Lowering(
    id="L-1", model="late-flights", project=specimens.project(), base="b" * 64, before="high", after="low", why="So.",
    person=specimens.ADA, opened_at=5,
)  # fmt: skip
REPLAY = Replay(
    id="P-1", model="churn", environment="prod", number=2, version="b" * 64, live_number=1, live="a" * 64
)  # fmt: skip


EXPERIMENT = Experiment(id="1", name="flights", stage=Stage.ACTIVE, created_at=1, updated_at=1)
TRACKED_RUN = TrackedRun(
    id="a" * 32, experiment="1", name="first", user=specimens.ADA, status=RunStatus.RUNNING, stage=Stage.ACTIVE, started_at=1
)
LOGGED_MODEL = LoggedModel(
    id="m-1", experiment="1", run="", name="late", status=ModelStatus.PENDING, stage=Stage.ACTIVE, created_at=1, updated_at=1,
    author=specimens.ADA,
)  # fmt: skip
REGISTERED_MODEL = RegisteredModel(name="late", created_at=1, updated_at=1, author=specimens.ADA)
CANDIDATE = Candidate(
    name="late", number=1, root="candidates/1", digest="e" * 64, created_at=1, updated_at=1, author=specimens.ADA, source="m-1"
)


def case(name: str, record: Any, *key: str, **changes: Any) -> Case:
    return Case(name, record, {part: getattr(record, part) for part in key}, msgspec.structs.replace(record, **changes))


_VERSION = ("model", "environment", "number")
CASES = [
    case("advisories", Advisory(id="GHSA-1", package="numpy"), "package", "id", summary="So."),
    case("advisory_loads", AdvisoryLoad(at=5, author=specimens.ADA, advisories=1, packages=1, newest=4), "at", unread=2),
    case("arrivals", Arrival(source="weather", arrived_at=5, author="ada@trains.example"), "source", "arrived_at", rows=9),
    case("blind_answers", BlindAnswer(test="U-1", case="storm", said="yes", at=1), "test", "case", at=2),
    case("blind_tests", specimens.blind_test(), "id", agree_at_least=2),
    case("candidates", CANDIDATE, "name", "number", description="The first."),
    case("challenges", CHALLENGE, "id", rows=9, revision=1),
    case("consumers", Account(name="gate-desk", owner="@it-ops"), "name", active=False),
    case("bindings", BINDING, "id", told_email="b@x"),
    case("credentials", CREDENTIAL, "digest", revoked=True),
    case("decisions", DECISION, "digest"),
    case("device_sign_ins", DEVICE_SIGN_IN, "id", standing=Standing.REFUSED, revision=1),
    case("emergencies", specimens.emergency(), "id", reminded=True, revision=1),
    case("environments", Environment(name="prod", level=Level.PRODUCTION, port=7083), "name", workers=4),
    case("evidence", specimens.evidence("parity", rows=1000), "digest"),
    case("experiments", EXPERIMENT, "id", updated_at=2),
    case("external_alerts", specimens.external_alert(), "fingerprint", ended_at=9, heard_at=9),
    case("handovers", specimens.handover(), "id", reason="So.", revision=1),
    case("incidents", specimens.incident(), "id", notes=("mine",), revision=1),
    case("inputs", Inputs(model="churn", environment="prod", number=1, end=5, matter=False), *_VERSION, end=9),
    case("invitations", specimens.invitation(), "id", tries=1, revision=1),
    case("job_runs", Run(id="J-1", model="late-flights", job="nightly", due_at=1), "id", rows=3, revision=1),
    case("logged_models", LOGGED_MODEL, "id", updated_at=2),
    case("lowerings", LOWERING, "id", reason="So.", revision=1),
    case("people", specimens.PEOPLE[specimens.ADA], "email", active=False),
    case("policies", specimens.starter(), "digest"),
    Case("projects", specimens.project(), {"model": "late-flights"}, specimens.project('[model]\nname = "late-flights"\n')),
    case("readings", READING, "model", "environment", "number", "aspect", "measure", "column", "start", "end", value=0.4),
    case("quarantines", specimens.quarantine(), "id", end=2**53, revision=1),
    case("registered_models", REGISTERED_MODEL, "name", highest=1),
    case("replays", REPLAY, "id", why="It took too long.", revision=1),
    case("retirements", specimens.retirement(), "id", state=Ending.FINISHED, revision=1),
    case("retrainings", specimens.retraining(), "id", job="T-1", revision=1),
    case("rollouts", specimens.rollout(), "id", baked=3.5, revision=1),
    case("routings", ROUTING, "model", "environment", share=0.5, revision=1),
    case("runs", TRACKED_RUN, "id", ended_at=2),
    case("teams", TEAM, "name", members=()),
    case("spot_checks", specimens.spot_check(), "id", reminded=True, revision=1),
    case("validation_findings", specimens.validation_finding(), "id", reminded=True, revision=1),
    case("waivers", specimens.waiver(), "id", lapsed_at=9, revision=1),
    case("versions", specimens.version(), "model", "number", note="new"),
]
#: Keyed by nothing of their own: the same word may be given twice.
KEYLESS = {"case_words", "rulebook_changes", "signatures", "consents", "validation_words"}
each = pytest.mark.parametrize("case", CASES, ids=lambda found: found.name)
revised = pytest.mark.parametrize("case", [c for c in CASES if hasattr(c.record, "revision")], ids=lambda found: found.name)


def of(transaction: Transaction, case: Case) -> Collection[Any]:
    found: Collection[Any] = getattr(transaction, case.name)
    return found


def test_every_collection_is_tried(store: Store) -> None:
    with store.reading() as look:
        found = {name for name in vars(Transaction) if isinstance(getattr(look, name), Collection)}
    assert found == {case.name for case in CASES} | KEYLESS


@each
def test_what_is_added_is_found_and_listed(store: Store, case: Case) -> None:
    with store.transaction() as change:
        assert of(change, case).find(**case.key) is None
        of(change, case).add(case.record)
        assert of(change, case).find(**case.key) == case.record
    with store.reading() as look:
        assert of(look, case).all(**case.key) == [case.record]
        other = {part: value + 1 if isinstance(value, int) else f"{value}x" for part, value in case.key.items()}
        assert of(look, case).find(**other) is None
        assert of(look, case).all(equals=other) == []


@each
def test_what_is_there_is_not_added_again_and_the_rest_goes_on(store: Store, case: Case) -> None:
    """A refusal does not spoil the transaction it happens in."""
    with store.transaction() as change:
        change.counters.set("before", 1)
        of(change, case).add(case.record)
        with pytest.raises(Conflict) as caught:
            of(change, case).add(case.changed)
        assert caught.value.code == "E1502"
        change.counters.set("after", 1)
    with store.reading() as look:
        assert of(look, case).all(**case.key) == [case.record]
        assert (look.counters.value("before"), look.counters.value("after")) == (1, 1)


@each
def test_what_is_put_takes_the_place_of_what_was_there(store: Store, case: Case) -> None:
    with store.transaction() as change:
        of(change, case).put(case.record)
        of(change, case).put(case.changed)
        of(change, case).put(case.changed)
    with store.reading() as look:
        assert of(look, case).all() == [case.changed]


@revised
def test_only_who_saw_the_newest_may_replace_it(store: Store, case: Case) -> None:
    with store.transaction() as change:
        of(change, case).add(case.record)
    with store.transaction() as change:
        of(change, case).replace(case.changed, revision=0)
    for revision in (0, 2):
        late = msgspec.structs.replace(case.changed, revision=revision + 1)
        with pytest.raises(Conflict, match="changed by somebody else") as caught, store.transaction() as change:
            of(change, case).replace(late, revision=revision)
        assert caught.value.code == "E1501"
    with store.reading() as look:
        assert of(look, case).all() == [case.changed]


def test_a_word_is_added_every_time_it_is_given(store: Store) -> None:
    held = specimens.dossier()
    words = [specimens.signature(Side.IT, specimens.IVO, held, accepted=accepted) for accepted in (False, True, True)]
    with store.transaction() as change:
        for word in words:
            change.signatures.add(word)
    with store.reading() as look:
        assert look.signatures.all(version=held.version.digest, environment="prod") == words
        assert look.signatures.all(environment="dev") == []


def test_lists_are_ordered_and_cut(store: Store) -> None:
    decisions = [msgspec.structs.replace(DECISION, at=at) for at in (3, 1, 2)]
    people = [Person(email=f"{name}@x", name=name, roles=(Role.IT,)) for name in "cab"]
    with store.transaction() as change:
        for decision in decisions:
            change.decisions.add(decision)
        for person in people:
            change.people.add(person)
    with store.reading() as look:
        assert [found.at for found in look.decisions.all(newest="at", model="churn")] == [3, 2, 1]
        assert [found.at for found in look.decisions.all(newest="at", limit=2)] == [3, 2]
        assert list(look.people.by_email()) == ["a@x", "b@x", "c@x"]
        assert look.teams.by_name() == {}


def test_one_rollout_at_a_time_for_a_model_in_an_environment(store: Store) -> None:
    first = specimens.rollout(Phase.WAITING)
    with store.transaction() as change:
        change.rollouts.add(first)
        change.rollouts.add(msgspec.structs.replace(first, id="R-2", environment="dev"))
        change.rollouts.add(msgspec.structs.replace(first, id="R-3", model="churn"))
        for phase in Phase:
            one_more = msgspec.structs.replace(first, id=f"R-{phase}", phase=phase)
            if phase.final:
                change.rollouts.add(one_more)
            else:
                with pytest.raises(Conflict):
                    change.rollouts.add(one_more)
    with store.transaction() as change:
        change.rollouts.replace(msgspec.structs.replace(first, phase=Phase.REFUSED, revision=1), revision=0)
        change.rollouts.add(msgspec.structs.replace(first, id="R-9"))
        assert {rollout.id for rollout in change.rollouts.all(open=True)} == {"R-2", "R-3", "R-9"}


def test_one_thing_that_is_wrong_is_one_incident(store: Store) -> None:
    first = specimens.incident()
    with store.transaction() as change:
        change.incidents.add(first)
        for number, state in enumerate(State, start=2):
            again = msgspec.structs.replace(first, id=f"I-{number}", state=state)
            if state is State.RESOLVED:
                change.incidents.add(again)
            else:
                with pytest.raises(Conflict):
                    change.incidents.add(again)
        change.incidents.add(msgspec.structs.replace(first, id="I-8", finding=specimens.finding("auc")))
        elsewhere = msgspec.structs.replace(first.finding, environment="dev")
        change.incidents.add(msgspec.structs.replace(first, id="I-9", environment="dev", finding=elsewhere))
        assert {found.id for found in change.incidents.all(open=True)} == {"I-1", "I-8", "I-9"}
        assert [found.id for found in change.incidents.all(measure="auc")] == ["I-8"]


def test_a_race_for_the_one_rollout_has_one_winner(store: Store) -> None:
    raised: list[BaseException] = []

    def second() -> None:
        try:
            with store.transaction() as change:
                change.rollouts.add(msgspec.structs.replace(specimens.rollout(), id="R-2"))
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=second)
    with store.transaction() as change:
        change.rollouts.add(specimens.rollout())
        thread.start()
        thread.join(timeout=0.3)
    thread.join()
    assert [type(error) for error in raised] == [Conflict]
    with store.reading() as look:
        assert [rollout.id for rollout in look.rollouts.all()] == ["R-1"]


def test_versions_are_numbered_one_by_one(store: Store) -> None:
    with store.transaction() as change:
        assert (change.versions.next_number("late-flights"), change.versions.newest("late-flights")) == (1, None)
        one, two = specimens.version(1), specimens.version(2, runtime="python")
        change.versions.add(one)
        change.versions.add(two)
        assert (change.versions.next_number("late-flights"), change.versions.newest("late-flights")) == (3, two)
        assert change.versions.starting_with("late-flights", one.digest[:12]) == [one]
        assert change.versions.starting_with("churn", one.digest[:12]) == []
        with pytest.raises(Conflict):
            change.versions.add(msgspec.structs.replace(one, number=3))


def test_a_calibration_and_how_it_was_found_come_back_to_the_last_bit(store: Store) -> None:
    line = Calibration(intercept=-0.1 - 0.2, slope=1.0 / 3.0)
    made = specimens.version(1, calibration=line)
    days = LabelledDays(start=1, end=2, days=1, rows=400, positives=40)
    found = Recalibration(
        model="late-flights", number=1, version="a" * 64, environment="prod", fit=Fit.LOGISTIC, fitted=line, whole=line,
        seen=days, unseen=days, compared={"brier": Compared(before=0.2, after=0.1, difference=-0.1, low=-0.2, high=-0.05)},
        before=(Dot(said=0.3, came=0.1, low=0.05, high=0.2, rows=40),), reason="Too many.",
    )  # fmt: skip
    facts = specimens.evidence(KIND, **msgspec.to_builtins(found))
    with store.transaction() as change:
        change.versions.add(made)
        change.evidence.put(facts)
    with store.reading() as look:
        known = look.versions.find(model="late-flights", number=1)
        assert known == made
        assert known is not None
        assert (known.manifest.calibrates, known.manifest.digest) == (line, made.digest)
        assert recalibration_of(look.evidence.all(version=facts.version)) == found


def test_the_newest_evidence_of_a_kind_counts(store: Store) -> None:
    old, new = specimens.evidence("parity", at=1, rows=1), specimens.evidence("parity", at=2, rows=2)
    other = specimens.evidence("load-check", at=1)
    with store.transaction() as change:
        for evidence in (new, other, old):
            change.evidence.add(evidence)
        assert change.evidence.newest(new.version) == {"parity": new, "load-check": other}
        assert change.evidence.newest("0" * 64) == {}


def test_what_should_be_live_is_saved_by_who_saw_the_newest(store: Store) -> None:
    with store.transaction() as change:
        before = change.routings.of("churn", "prod")
        assert before == ROUTING
        change.routings.save(before, msgspec.structs.replace(before, share=0.1, revision=1))
        with pytest.raises(Conflict):
            change.routings.save(before, msgspec.structs.replace(before, share=0.2, revision=1))
        seen = change.routings.of("churn", "prod")
        change.routings.save(seen, msgspec.structs.replace(seen, share=0.3, revision=2))
        with pytest.raises(Conflict):
            change.routings.save(seen, msgspec.structs.replace(seen, share=0.4, revision=2))
        assert change.routings.of("churn", "prod").share == 0.3


def test_what_is_open_follows_from_the_record(store: Store) -> None:
    with store.transaction() as change:
        for number, state in enumerate(Training):
            change.retrainings.add(specimens.retraining(id=f"T-{number}", state=state))
        for number, verdict in enumerate(Verdict):
            change.challenges.add(msgspec.structs.replace(CHALLENGE, id=f"C-{number}", verdict=verdict))
        assert {found.state for found in change.retrainings.all(open=True)} == {Training.REQUESTED, Training.RUNNING}
        assert [found.verdict for found in change.challenges.all(open=True)] == [Verdict.RUNNING]
