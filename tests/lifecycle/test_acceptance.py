"""Two keys: from different people, never the author's, and only for what they have seen."""

import pytest
from msgspec.structs import replace
from tests.lifecycle.lives import Life, advance
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter.domain.acceptance import Side
from lamplighter.domain.decision import Decision, Passed, Refused, Undecided, Verdict
from lamplighter.domain.errors import NotAllowed
from lamplighter.domain.events.version import VersionAccepted, VersionRefused
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.domain.version import Version
from lamplighter.sdk.answers import Facts

MODEL = "two-keys"


@pytest.fixture
def version(life: Life) -> Version:
    """A version of the strictest tier that has been at every level but the last."""
    version = life.version(models.critical(MODEL))
    for environment in ("dev", "staging"):
        life.appoint(version, environment)
    return version


def asked(life: Life, version: Version) -> Rollout:
    """The rollout that waits for people."""
    rollout = life["dana"].deploy(version.name, "prod").rollout
    assert rollout is not None
    assert rollout.phase is Phase.WAITING
    return rollout


def look(life: Life, rollout: Rollout) -> Rollout:
    """The rollout after one step of the reconciler on it, without any process."""
    advance(life.kit, life.rollout(rollout), 1.0)
    return life.rollout(rollout)


def acceptance(decision: Decision) -> Verdict:
    """What the gate of the keys says."""
    return next(one.verdict for one in decision.judgements if one.gate == "acceptance")


def decided(life: Life, rollout: Rollout) -> Decision:
    """The decision that a rollout rests on."""
    with life.kit.store.reading() as store:
        decision = store.decisions.find(digest=rollout.decision)
    assert decision is not None
    return decision


def accept(life: Life, version: Version, person: str, side: Side, *, accepted: bool = True) -> None:
    life[person].sign(version.name, "prod", side, accepted=accepted, reason="Twenty cases judged.")


def test_both_keys_clear_it_and_one_does_not(life: Life, version: Version) -> None:
    rollout = asked(life, version)
    accept(life, version, "bea", Side.BUSINESS)
    assert look(life, rollout).phase is Phase.WAITING
    accept(life, version, "ines", Side.IT)
    after = look(life, rollout)
    assert (after.phase, after.why) == (Phase.PENDING, "Every gate passed.")
    decision = decided(life, after)
    assert decision.passed
    assert acceptance(decision) == Passed(why=f"Accepted by {address('bea')}, {address('ines')}.")
    assert [(event.person, event.side) for event in life.events(VersionAccepted)] == [
        (address("bea"), "business"),
        (address("ines"), "it"),
    ]


def test_two_keys_of_one_person_open_nothing_even_on_record(life: Life, version: Version) -> None:
    """Signatures that came to be by another way than the verb are judged all the same."""
    rollout = asked(life, version)
    accept(life, version, "bea", Side.BUSINESS)
    with life.kit.store.transaction() as change:
        (signature,) = change.signatures.all(version=version.digest)
        change.signatures.add(replace(signature, side=Side.IT))
    after = look(life, rollout)
    assert after.phase is Phase.REFUSED
    assert after.why == "acceptance: One person holds two keys, or the author holds one."


@pytest.mark.parametrize(
    ("person", "side", "code"),
    [("dana", Side.BUSINESS, "E1320"), ("rita", Side.IT, "E1320"), ("display", Side.RISK, "E1320")],
)
def test_a_side_takes_its_role(life: Life, version: Version, person: str, side: Side, code: str) -> None:
    with pytest.raises(NotAllowed) as refusal:
        accept(life, version, person, side)
    assert refusal.value.code == code


def test_the_author_holds_no_key_whatever_their_roles(life: Life, version: Version) -> None:
    another = life.version(models.critical(MODEL), threshold=0.6).manifest
    rule = replace(another.decision, threshold=0.7)
    own = life["ada"].register(MODEL, replace(another, decision=rule))
    assert own.author == address("ada")
    with pytest.raises(NotAllowed) as refusal:
        accept(life, own, "ada", Side.BUSINESS)
    assert refusal.value.code == "E1321"


def test_a_changed_piece_of_evidence_voids_the_keys_and_is_named(life: Life, version: Version) -> None:
    rollout = asked(life, version)
    accept(life, version, "bea", Side.BUSINESS)
    life["dana"].add_evidence(version.name, Facts(kind="fairness", facts={"gap": 0.2}))
    accept(life, version, "ines", Side.IT)
    after = look(life, rollout)
    assert after.phase is Phase.WAITING
    (waiting,) = life["bea"].waiting(MODEL)
    assert waiting.missing == (f"The acceptance of business is missing. {address('bea')} accepted before fairness changed.",)
    # The one who signed sees the new facts and signs again.
    accept(life, version, "bea", Side.BUSINESS)
    assert look(life, rollout).phase is Phase.PENDING


def test_a_changed_project_voids_them_too(life: Life, version: Version) -> None:
    rollout = asked(life, version)
    accept(life, version, "bea", Side.BUSINESS)
    accept(life, version, "ines", Side.IT)
    life["dana"].save_project(MODEL, models.critical(MODEL, monitor={"errors": 0.5}))
    assert look(life, rollout).phase is Phase.WAITING
    verdict = acceptance(decided(life, look(life, rollout)))
    assert verdict == Undecided(
        why=f"The acceptance of business and IT is missing. {address('bea')} accepted before project changed.",
        fix=f"Ask {address('bea')}: lamp approvals approve {version.name} --env prod --side business",
        waiting=True,
    )


def test_who_signed_before_a_change_may_hold_the_other_key_after_it_but_not_both(life: Life, version: Version) -> None:
    asked(life, version)
    accept(life, version, "bea", Side.BUSINESS)
    life["dana"].add_evidence(version.name, Facts(kind="fairness", facts={"gap": 0.2}))
    accept(life, version, "bea", Side.IT)
    with pytest.raises(NotAllowed) as refusal:
        accept(life, version, "bea", Side.BUSINESS)
    assert refusal.value.code == "E1322"


def test_a_no_ends_it(life: Life, version: Version) -> None:
    rollout = asked(life, version)
    accept(life, version, "ines", Side.IT)
    accept(life, version, "bea", Side.BUSINESS, accepted=False)
    after = look(life, rollout)
    assert (after.phase, after.why) == (Phase.REFUSED, f"acceptance: {address('bea')} refused it for business.")
    assert [event.reason for event in life.events(VersionRefused)] == ["Twenty cases judged."]
    assert acceptance(life["dana"].check(version.name, "prod")) == Refused(
        why=f"{address('bea')} refused it for business.", fix="Answer the reason with a new version."
    )


def test_production_is_brought_by_whoever_has_the_duty(life: Life, version: Version) -> None:
    for person in ("ines", "ada"):
        with pytest.raises(NotAllowed) as refusal:
            life[person].deploy(version.name, "prod")
        assert refusal.value.code == "E1330"
    assert life["rita"].rollouts(MODEL) == []
    # The deputy of the owner may.
    assert life["milo"].deploy(version.name, "prod").rollout is not None


def test_elsewhere_everybody_with_the_permission_may(life: Life, version: Version) -> None:
    second = life.version(models.critical(MODEL), threshold=0.6)
    assert life["ines"].deploy(second.name, "dev").rollout is not None


def test_a_model_whose_duty_nobody_holds_reaches_no_production(life: Life) -> None:
    version = life.version(models.project("orphaned", owners={}))
    asked = life["ines"].deploy(version.name, "prod")
    assert asked.rollout is None
    refused = [(one.gate, one.verdict.why) for one in asked.decision.judgements if not one.verdict]
    assert refused[0] == ("ownership", "Nobody holds the duty design of the stage design: nobody is named.")
