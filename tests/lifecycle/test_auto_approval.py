"""The platform accepts plain retrains of internal models where the rule book says so, and validators check a random part."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.lifecycle.lives import Life, advance, lived
from tests.lifecycle.retrains import govern, trained
from tests.lifecycle.test_simulating import book
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter.domain.acceptance import Side
from lamplighter.domain.decision import AutoApproved, Decision, Undecided, Verdict
from lamplighter.domain.errors import Conflict, NotAllowed, NotFound
from lamplighter.domain.events.spot_check import SpotCheckKeyMade, SpotCheckOverdue, VersionAutoApproved
from lamplighter.domain.events.validation import ValidationFindingRaised
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.domain.validation import Weight

ALL = 'look_alikes = { approve = "platform", spot_checks = 1.0 }\n'
MODEL, DAY = "demand-oslo", 86_400


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with lived(tmp_path / "home") as life:
        govern(life, approvals='["business"]', internal=ALL)
        life.appoint(trained(life, models.project(MODEL), seed=1))
        yield life


def released(life: Life, seed: int, model: str = MODEL, better: float = 0.0) -> Rollout:
    """The next retrain, asked for; what is open is stopped first."""
    for one in life["dana"].rollouts(model):
        if not one.phase.final:
            life["dana"].stop(one.id)
            ended(life, one)
    version = trained(life, models.project(model), seed=seed, better=better)
    rollout = life["dana"].deploy(version.name, "prod").rollout
    assert rollout is not None
    return rollout


def ended(life: Life, rollout: Rollout) -> None:
    life.look_until(lambda: life.rollout(rollout).phase.final)


def said(life: Life, rollout: Rollout) -> Verdict:
    with life.kit.store.reading() as look:
        decision = look.decisions.find(digest=life.rollout(rollout).decision)
    assert isinstance(decision, Decision)
    return next(one.verdict for one in decision.judgements if one.gate == "acceptance")


def test_a_bad_one_opens_a_finding_and_people_accept_until_somebody_lifts_that(life: Life) -> None:
    rollout = released(life, 2)
    assert (rollout.phase, rollout.why) == (Phase.PENDING, "Every gate passed, and the platform accepted it by itself.")
    assert isinstance(said(life, rollout), AutoApproved)
    (check,) = life["dana"].spot_checks(MODEL)
    assert (check.id, check.number, check.person, check.due_at - check.opened_at) == (
        "S-1",
        2,
        address("rita"),
        14 * DAY * 10**6,
    )
    with pytest.raises(NotAllowed):
        life["bea"].judge_spot_check("S-1", False, "It looks fine.")
    bad = life["rita"].judge_spot_check("S-1", True, "It was trained on rows of one week.")
    (raised,) = life.events(ValidationFindingRaised)
    assert (raised.finding, raised.weight, raised.owner) == (bad.finding, Weight.HIGH, address("dana"))
    with pytest.raises(Conflict) as twice:
        life["rita"].judge_spot_check("S-1", False, "On second thoughts.")
    assert twice.value.code == "E1641"
    halted = released(life, 3)
    why = said(life, halted)
    assert halted.phase is Phase.WAITING
    assert isinstance(why, Undecided)
    assert why.why.endswith("S-1 found v2 bad, and nobody has lifted that yet.")
    other = life.version(models.project("another"))
    assert life["dana"].check(other.name, "prod").auto_approved is None, "nothing is live that it would replace"
    lifted = life["rita"].lift_suspension("S-1", "The window is a year again.")
    assert (lifted.lifted_by, life["rita"].spot_checks(MODEL)) == (address("rita"), [])
    advance(life.kit, life.rollout(halted), 1.0)
    assert life.rollout(halted).phase is Phase.PENDING, "what waited goes on"
    with pytest.raises(Conflict):
        life["rita"].lift_suspension("S-1", "Once more.")
    now = life.clock.now()
    report = life["rita"].delivery(now - DAY * 10**6, now + 1).total
    assert (report.auto_approved, report.checked, report.found_bad) == (2, 1, 1)


def test_an_overdue_check_halts_it_too_and_is_told_once(life: Life) -> None:
    released(life, 2)
    life.clock.forward(15 * DAY)
    assert released(life, 3).phase is Phase.WAITING
    life.look_until(lambda: life.events(SpotCheckOverdue))
    life.clock.forward(DAY)
    life.look_until(lambda: True)
    assert [event.person for event in life.events(SpotCheckOverdue)] == [address("rita")]
    life["rita"].judge_spot_check("S-1", False, "Scored it on last week.")
    assert released(life, 4).phase is not Phase.WAITING


def test_every_draw_can_be_counted_again_and_another_key_is_seen(life: Life) -> None:
    with pytest.raises(NotFound):
        life["rita"].recount_spot_checks()
    released(life, 2)
    key = life.kit.settings.spot_check_key
    assert key.stat().st_mode & 0o777 == 0o600
    again = life["rita"].recount_spot_checks()
    assert (again.accepted, again.drawn, again.expected, again.differing) == (1, 1, 1.0, ())
    assert [event.digest for event in life.events(SpotCheckKeyMade)] == [again.key]
    key.write_bytes(b"x" * 32)
    assert life["rita"].recount_spot_checks().differing == ("The key is not the one that the journal names.",)
    refused = said(life, released(life, 3))
    assert isinstance(refused, Undecided)
    assert refused.why.endswith("The key that draws spot checks is not the one that the journal names.")
    assert len(life.events(VersionAutoApproved)) == 1


def test_the_simulator_tries_the_rule_on_the_past(life: Life) -> None:
    govern(life, approvals='["business"]')
    waiting = released(life, 2)
    assert waiting.phase is Phase.WAITING
    life["bea"].sign(f"{MODEL}@2", "prod", Side.BUSINESS, accepted=True)
    advance(life.kit, life.rollout(waiting), 1.0)
    tier = 'summary = "Serves internal teams; speed matters more than robustness."\n'
    head = "[tier.levels.production]\n"
    asks = (head, f'{head}approvals = ["business"]\n')
    with_rule = book(asks, (tier, tier + 'look_alikes = { approve = "platform", spot_checks = 0.2 }\n'))
    tried = life["rita"].simulate_policy(with_rule, against=book(asks))
    (one,) = tried.newly_auto_approved
    assert (one.model, one.number, one.before.sides, one.after.sides) == (MODEL, 2, ("business",), ())
    assert tried.added_approvals == -1
    places = [change.place for change in life["rita"].policy_differences(with_rule)]
    assert "internal.look_alikes.approve" in places
