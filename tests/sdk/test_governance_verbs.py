"""Waivers, the rule book and validations, embedded and remote alike."""

import time

import pytest
from tests.domain import specimens
from tests.sdk import models
from tests.sdk.cast import address
from tests.sdk.grounds import Ground

from lamplighter.domain.delivery import DEFINITIONS
from lamplighter.domain.errors import Blocked, Invalid, NotAllowed, NotFound
from lamplighter.domain.validation import Weight
from lamplighter.sdk.answers import Facts
from lamplighter.sdk.release import release

MODEL = "taken-on"
WHY = "The desk looks at every warning by hand."


def test_a_gate_is_waived_for_a_time_by_a_role_that_may_and_integrity_never(ground: Ground) -> None:
    version = release(ground["dana"], models.project(MODEL), models.build())
    failed = Facts(kind="data-checks", facts={"rows": 1200, "checks": 7, "failed": ["load is always empty"]})
    ground["dana"].add_evidence(version.name, failed)
    assert ground["dana"].deploy(version.name, "staging").rollout is None
    with pytest.raises(NotAllowed):
        ground["dana"].waive(version.name, "staging", "data_checks", 30, WHY)
    with pytest.raises(Blocked, match="never waived"):
        ground["rita"].waive(version.name, "staging", "parity", 30, WHY)
    given = ground["rita"].waive(version.name, "staging", "data_checks", 30, WHY)
    assert (given.person, given.why, given.team) == (address("rita"), WHY, address("dana"))
    assert ground["dana"].foretell(version.name, "staging").decision.waivers == (given.id,)
    found = ground["dana"].waivers(MODEL)
    assert found.waivers == (given,)
    assert found.teams[address("dana")].in_force == 1
    ended = ground["rita"].end_waiver(given.id, "We were wrong.")
    assert ground["dana"].waiver(given.id).ended_by == ended.ended_by == address("rita")
    assert ground["dana"].deploy(version.name, "staging").rollout is None
    with pytest.raises(NotFound):
        ground["dana"].waiver("W-99")


def test_the_rule_book_in_force_is_read(ground: Ground) -> None:
    book = ground["dana"].policy()
    assert [tier.name for tier in book.tier] == ["internal", "mission-critical"]
    assert "parity" not in book.tier[0].waivers.gates


def test_the_past_is_tried_on_another_rule_book_which_then_comes_into_force(ground: Ground) -> None:
    version = release(ground["dana"], models.project("tried-on-the-past"), models.build())
    assert ground["dana"].deploy(version.name, "dev").rollout is not None
    other = specimens.starter_text().replace(
        'gates = [{ use = "parity" }, { use = "load_check" }]', 'gates = [{ use = "brief" }]', 1
    )
    found = ground["rita"].simulate_policy(other)
    (one,) = [one for one in found.newly_blocked if one.model == "tried-on-the-past"]
    assert one.after.blocked.keys() == {"brief"}
    with pytest.raises(Invalid, match="no newer version"):
        ground.owner.set_policy(other, WHY)
    newer = ground["rita"].policy().version + 1
    milder = specimens.starter_text().replace("version = 1", f"version = {newer}").replace('"8h"', '"7h"')
    assert [one.place for one in ground["rita"].policy_differences(milder)] == ["internal.escalate_after", "version"]
    made = ground.owner.set_policy(milder, WHY)
    assert ground["rita"].policy_changes()[0] == made
    changed = ground["rita"].policy_change(made.digest[:10])
    assert [one.place for one in changed] == ["internal.escalate_after", "version"]
    assert ground["rita"].policy().digest == made.digest


def test_the_report_of_a_period_and_none_of_a_period_that_is_none(ground: Ground) -> None:
    now = time.time_ns() // 1000
    found = ground["rita"].delivery(now - 86_400_000_000, now)
    assert found.until - found.since <= 86_400_000_000
    assert found.total.releases == sum(row.releases for row in found.rows)
    assert found.definitions == DEFINITIONS
    for since in (now, now + 1, 0):
        with pytest.raises(Invalid, match="no period"):
            ground["rita"].delivery(since, now)


def test_a_validator_finds_the_owner_answers_with_evidence_and_the_validator_closes(ground: Ground) -> None:
    version = release(ground["dana"], models.critical("looked-at"), models.build())
    found = ground["rita"].raise_finding(version.name, Weight.HIGH, "Never tried on winter.", address("dana"), 7)
    assert ground["dana"].validation_findings("looked-at") == [found]
    (refused,) = [one for one in ground["dana"].check(version.name, "staging").judgements if one.gate == "validation"]
    assert not refused.verdict
    with pytest.raises(NotAllowed):
        ground["dana"].judge_finding(found.id, closed=True, note="Fine.")
    ground["dana"].add_evidence(version.name, Facts(kind="fairness", facts={"winter": True}))
    answered = ground["dana"].answer_finding(found.id, version.name, "fairness", "Tried on three winters.")
    assert ground["rita"].validation_finding(found.id) == answered
    closed = ground["rita"].judge_finding(found.id, closed=True, note="Read the figures of three winters.")
    assert ground["dana"].validation_findings("looked-at") == []
    assert ground["dana"].validation_findings("looked-at", closed=True) == [closed]
    word = ground["rita"].conclude_validation(version.name, "Read the code, and scored it anew.")
    assert ground["dana"].version(version.name).validation_words == (word,)
