"""Another threshold: counted row by row, made of the same files, judged on evidence that says whose it is."""

from collections.abc import Iterator

import msgspec
import pytest
from tests.domain import specimens
from tests.lifecycle.lives import Life, lived, prepared
from tests.lifecycle.segments import Segment, scored
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter import keys
from lamplighter.domain.decision import Passed, Refused, Undecided, Verdict
from lamplighter.domain.errors import LampError
from lamplighter.domain.project import Project
from lamplighter.domain.record import digest_of
from lamplighter.domain.replay import Thresholds
from lamplighter.domain.retuning import Moved, Turned, retuned, retuning_of, same_scores
from lamplighter.domain.signing import FORMAT, NAME, ROLE, unsigned
from lamplighter.domain.version import Artifact, Badge, Version
from lamplighter.lifecycle import collection, judging
from lamplighter.monitoring.intervals import wilson
from lamplighter.sdk.answers import Facts, Label
from lamplighter.serving import signatures

MODEL = "retuned"
DAY = 86_400_000_000
MONDAY = 19_000 * DAY
#: Scores of each request, and what came true.
SCORES, CAME = [0.1, 0.3, 0.4, 0.6, 0.9], [0, 0, 1, 1, 1]
#: The desk decides for itself; whoever else calls takes the decision of the version.
DESK = {"name": "gate-desk", "owner": address("bea"), "threshold": 0.7}


def project(**more: object) -> Project:
    return models.project(MODEL, consumer=[DESK], **more)


def answered(life: Life, version: Version, *, requests: int = 20, labels: bool = True) -> None:
    """Requests of both consumers, whose truth is known."""
    records = [
        scored(version, f"v{version.number}-{name}-{place}", SCORES, at=MONDAY + place * 1_000_000, consumer=name)
        for name in ("gate-desk", "travel-app")
        for place in range(requests)
    ]
    Segment(life.settings, name=f"{version.number}-1-000000").write(*records)
    collection.collect(life.kit, "prod")
    if labels:
        known = [Label(id=one.row_id(row), value=float(value)) for one in records for row, value in enumerate(CAME)]
        life["display"].push_labels(MODEL, known)
    life.clock.forward(60)
    life.reconciler.look()


def live(life: Life) -> Version:
    """A version that decides at 0.5, is live in production, and has answered 200 rows."""
    found = life.version(project())
    life.appoint(found)
    answered(life, found)
    return found


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """A platform on which that version is live, for tests that name thresholds of their own."""
    with lived(tmp_path_factory.mktemp("retuned") / "home") as life:
        live(life)
        yield life


@pytest.fixture
def version(shared: Life) -> Version:
    return shared["rita"].versions(MODEL)[0]


def gates(life: Life, name: str) -> dict[str, Verdict]:
    with life.kit.store.reading() as look:
        version = look.versions.find(model=MODEL, number=int(name.partition("@")[2]))
        assert version is not None
        decision = judging.judge(life.kit, look, version, look.environment("prod"), life.actor("dana"))
    return {one.gate: one.verdict for one in decision.judgements}


def test_every_decision_on_record_is_counted_for_its_consumer(shared: Life, version: Version) -> None:
    found = shared["rita"].retuning(version.name, "prod", 0.35)
    assert found.consumers == {
        "travel-app": Turned(rows=100, up=20, down=0, thresholds=Thresholds(before=0.5, after=0.35)),
        "gate-desk": Turned(rows=100, up=0, down=0, thresholds=Thresholds(before=0.7, after=0.7)),
    }
    assert (found.turned, found.rows, found.consumers["travel-app"].share) == (20, 200, 0.2)
    assert found.sentence == "20 of 200 decisions in prod would have been others."
    # Of 120 late rows 80 were found at 0.5, and at 0.35 all of them.
    assert found.figures[""]["recall"] == Moved(before=80 / 120, after=1.0, low=wilson(120, 120)[0], high=1.0, n=120)
    assert found.figures[""]["precision"].after == 1.0
    higher = shared["rita"].retuning(version.name, "prod", 0.65)
    assert higher.consumers["travel-app"] == Turned(rows=100, up=0, down=20, thresholds=Thresholds(before=0.5, after=0.65))


def test_answers_since_a_moment_are_counted(shared: Life, version: Version) -> None:
    found = shared["rita"].retuning(version.name, "prod", 0.35, MONDAY + 15 * 1_000_000)
    assert {name: one.rows for name, one in found.consumers.items()} == {"travel-app": 25, "gate-desk": 25}


def test_the_version_is_the_same_files_and_the_flips_are_its_evidence(life: Life) -> None:
    version = live(life)
    made = life["dana"].retune(version.name, "prod", 0.35, "Passengers want to know sooner.")
    assert made.version.manifest == msgspec.structs.replace(
        version.manifest, decision=msgspec.structs.replace(version.manifest.decision, threshold=0.35)
    )
    assert same_scores(made.version.manifest, version.manifest)
    assert (made.version.number, made.version.author) == (2, address("dana"))
    assert made.version.note == "Decides at 0.35 instead of 0.5, otherwise v1. Passengers want to know sooner."
    assert retuning_of(life["rita"].version(made.version.name).evidence) == made.retuning
    assert made.retuning.turned == 20
    with life.kit.store.reading() as look:
        assert look.routings.of(MODEL, "prod").champion.number == 1  # type: ignore[union-attr]
    # What the new one answers has the same scores, so it is counted for the next threshold too.
    life.appoint(made.version)
    answered(life, made.version, requests=5, labels=False)
    assert life["rita"].retuning(made.version.name, "prod", 0.2).consumers["travel-app"].rows == 125


def test_gates_say_whose_evidence_it_is(shared: Life, version: Version) -> None:
    before = {one.kind: one.digest for one in shared["rita"].version(version.name).evidence}
    made = shared["dana"].retune(version.name, "prod", 0.45, "sooner").version
    verdicts = gates(shared, made.name)
    for gate, kind in (("parity", "parity"), ("load_check", "load-check"), ("data_checks", "data-checks")):
        verdict = verdicts[gate]
        assert isinstance(verdict, Passed)
        assert f"Found of v1 (evidence {before[kind][:12]})" in verdict.why
    # It stays the evidence of the version that it was found of, however often it is carried over.
    third = shared["dana"].retune(made.name, "prod", 0.44, "sooner still").version
    assert f"Found of v1 (evidence {before['parity'][:12]})" in gates(shared, third.name)["parity"].why


def test_requirements_of_decisions_are_judged_at_the_new_threshold(life: Life) -> None:
    version = life.version(models.critical(MODEL, requirement=[{"metric": "recall", "operator": ">=", "bound": 0.6}]))
    life.appoint(version)
    answered(life, version, requests=120)
    # At 0.35 all late rows are found, at 0.65 one of three.
    lower, higher = (life["dana"].retune(version.name, "prod", threshold, "to see").version for threshold in (0.35, 0.65))
    passed, missed = (gates(life, one.name)["performance"] for one in (lower, higher))
    assert isinstance(passed, Passed)
    assert isinstance(missed, Refused)
    assert "recall is 0.3333" in missed.why
    facts = next(one for one in life["rita"].version(lower.name).evidence if one.kind == "performance").facts
    assert facts["decisions"] == {"environment": "prod", "rows": 1200, "versions": [1]}
    of_base = next(one for one in life["rita"].version(version.name).evidence if one.kind == "performance").facts
    assert facts["figures"][""]["auc"] == of_base["figures"][""]["auc"]


def test_what_was_tried_is_held_against_the_new_threshold(life: Life) -> None:
    version = life.version(models.critical(MODEL))
    life.appoint(version)
    answered(life, version, labels=False)
    made = life["dana"].retune(version.name, "prod", 0.35, "sooner").version
    base, found = (
        next(one for one in life["rita"].version(name).evidence if one.kind == "robustness").facts
        for name in (version.name, made.name)
    )
    turned = [one["turned"][17] / base["rows"] for one in base["stressed"] if one["turned"] and one["input"]]
    assert sum(turned) > 0
    assert [one["flips"]["value"] for one in found["stressed"] if one["flips"]] == turned
    verdict = gates(life, made.name)["robustness"]
    assert isinstance(verdict, Passed)
    assert verdict.why.endswith(": the files are the same, and its decisions were counted at the threshold of this one.")
    # A version that was measured without them has to be made anew.
    plain = {**base, "stressed": [{**one, "turned": []} for one in base["stressed"]]}
    life["dana"].add_evidence(version.name, Facts(kind="robustness", facts=plain))
    again = life["dana"].retune(version.name, "prod", 0.36, "sooner").version
    assert isinstance(gates(life, again.name)["robustness"], Undecided)


def test_without_labels_nobody_knows_how_the_decisions_are(life: Life) -> None:
    asked = models.critical(MODEL, requirement=[{"metric": "recall", "operator": ">=", "bound": 0.6}])
    version = life.version(asked)
    life.appoint(version)
    answered(life, version, labels=False)
    made = life["dana"].retune(version.name, "prod", 0.35, "sooner").version
    verdict = gates(life, made.name)["performance"]
    assert isinstance(verdict, Undecided)
    assert verdict.why == "recall >= 0.6 was not measured."


def test_cases_are_decided_anew(shared: Life, version: Version) -> None:
    script = {"case": [{"name": "near", "inputs": {"delay": 1.0, "load": 0.1}, "expect": 0}]}
    asked = project(uat=script)
    shared["dana"].save_project(MODEL, asked)
    tried = {
        "name": "near", "words": "", "inputs": {"delay": 1.0, "load": 0.1}, "expected": "0", "decision": "0", "score": 0.4,
        "agrees": True,
    }  # fmt: skip
    shared["dana"].add_evidence(version.name, Facts(kind="cases", facts={"script": asked.uat.digest, "cases": [tried]}))
    made = shared["dana"].retune(version.name, "prod", 0.38, "sooner").version
    (found,) = [one for one in shared["rita"].version(made.name).evidence if one.kind == "cases"]
    assert found.facts["cases"] == [{**tried, "decision": "1", "agrees": False}]


def refused(life: Life, reference: str, threshold: float, reason: str = "to see") -> str:
    with pytest.raises(LampError) as refusal:
        life["dana"].retune(reference, "prod", threshold, reason)
    return refusal.value.code


def test_what_cannot_be_a_threshold_is_refused(shared: Life, version: Version) -> None:
    assert refused(shared, version.name, 0.5) == "E1544"
    assert {refused(shared, version.name, one) for one in (0.0, 1.0, -0.1, float("nan"), float("inf"))} == {"E1543"}
    assert refused(shared, version.name, 0.35, " ") == "E1546"
    made = shared["dana"].retune(version.name, "prod", 0.25, "sooner").version
    assert refused(shared, version.name, 0.25) == "E1547"
    assert refused(shared, made.name, 0.5) == "E1547"
    with pytest.raises(LampError) as refusal:
        shared["dana"].add_evidence(made.name, Facts(kind="retuning", facts={}))
    assert refusal.value.code == "E1324"


def test_a_number_has_no_threshold_and_a_version_elsewhere_has_its_own() -> None:
    found = specimens.version()
    output = msgspec.structs.replace(found.manifest.contract.output, meaning="number")
    contract = msgspec.structs.replace(found.manifest.contract, output=output)
    number = msgspec.structs.replace(found, manifest=msgspec.structs.replace(found.manifest, contract=contract))
    with pytest.raises(LampError) as refusal:
        retuned(number, 0.4)
    assert refusal.value.code == "E1542"


def code(life: Life, *, signed: bool) -> Version:
    """A version that says that opening it runs code."""
    ready = prepared(0.5, blind=False)
    life["dana"].save_project(MODEL, project())
    for digest, content in ready.blobs.items():
        life["dana"].put_artifact(digest, content)
    artifacts = tuple(
        msgspec.structs.replace(one, badge=Badge.CODE) if one.role == "plan" else one for one in ready.manifest.artifacts
    )
    manifest = msgspec.structs.replace(ready.manifest, model=MODEL, artifacts=artifacts)
    if signed:
        content = keys.sign(manifest, life.settings.signing_key)
        life["dana"].put_artifact(digest_of(content), content)
        signature = Artifact(role=ROLE, name=NAME, digest=digest_of(content), size=len(content), format=FORMAT)
        manifest = msgspec.structs.replace(manifest, artifacts=(*artifacts, signature))
    return life["dana"].register(MODEL, manifest, ready.evidence)


def test_code_that_somebody_vouched_for_is_signed_anew_and_no_other(life: Life) -> None:
    vouched = code(life, signed=True)
    made = life["dana"].retune(vouched.name, "prod", 0.35, "sooner").version
    assert unsigned(made.manifest).artifacts == unsigned(vouched.manifest).artifacts
    signatures.check(made.manifest, life.settings.artifacts, life.settings.trusted_keys)
    assert refused(life, code(life, signed=False).name, 0.35) == "E1548"
