"""Spot checks: what is drawn, what that is expected to find, what halts the rule, and what the rule never covers."""

import random
from itertools import pairwise
from math import comb, sqrt
from typing import Any

import msgspec
import pytest
from tests.domain import specimens
from tests.domain.test_look_alike import facts, version

from lamplighter.domain.acceptance import Side
from lamplighter.domain.auto_approval import with_auto_approval
from lamplighter.domain.decision import AutoApproved, Judgement, Passed, Refused, Undecided, Verdict, Waived
from lamplighter.domain.errors import Invalid
from lamplighter.domain.look_alike_rule import Approver, LookAlikeRule, check_look_alikes
from lamplighter.domain.policy import Tier, read_policy
from lamplighter.domain.project import EnvironmentPlan
from lamplighter.domain.spot_check import drawn, none_seen, suspended, unseen, until_seen
from lamplighter.domain.version import Badge, DecisionRule

KEY, DAY = b"k" * 32, 86_400_000_000
WAITS = Undecided(why="The acceptance of business is missing.", fix="Ask bea.", waiting=True)


def digests(count: int) -> list[str]:
    return [f"{number:064x}" for number in range(count)]


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.5])
def test_a_draw_is_as_good_as_a_coin(rate: float) -> None:
    """Within four standard deviations of the binomial, for each of several keys and for what follows each other too."""
    for key in (b"a" * 32, b"b" * 32, b"c" * 32):
        found = [drawn(key, digest, "prod", rate) for digest in digests(20_000)]
        assert abs(sum(found) - 20_000 * rate) < 4 * sqrt(20_000 * rate * (1 - rate))
        both = sum(first and second for first, second in pairwise(found))
        assert abs(both - 20_000 * rate**2) < 4 * sqrt(20_000 * rate**2 * 3)


def test_a_draw_can_be_drawn_again_and_not_without_the_key() -> None:
    first, other = [[drawn(key, digest, "prod", 0.1) for digest in digests(2_000)] for key in (KEY, b"o" * 32)]
    assert first == [drawn(KEY, digest, "prod", 0.1) for digest in digests(2_000)]
    assert first != other
    assert first != [drawn(KEY, digest, "uat", 0.1) for digest in digests(2_000)]
    assert all(drawn(KEY, digest, "prod", 1.0) for digest in digests(2_000))


def test_what_goes_unseen_is_what_a_month_of_seeded_bad_versions_shows() -> None:
    """300 versions, 24 of them bad, many months: seen, none seen and seen first agree with the formulas."""
    rate, bad, months = 0.1, 24, 1500
    generator, left, missed, waited = random.Random(7), 0, 0, 0
    for month in range(months):
        versions = generator.sample(digests(300), bad)
        seen = [drawn(f"{month}".encode(), digest, "prod", rate) for digest in versions]
        left += bad - sum(seen)
        missed += not any(seen)
        waited += next((place for place, found in enumerate(seen, 1) if found), bad)
    assert abs(left / months - unseen(bad, rate)) < 4 * sqrt(bad * rate * (1 - rate) / months)
    assert abs(missed / months - none_seen(bad, rate)) < 4 * sqrt(none_seen(bad, rate) / months)
    # The mean over months that end after 24 lacks what would have come later: (1 - rate)^24 of 1 / rate.
    assert abs(waited / months - until_seen(rate) * (1 - none_seen(bad, rate))) < 4 * 8 / sqrt(months)
    assert (unseen(10, 0.1), until_seen(0.1), round(none_seen(10, 0.1), 4)) == (9.0, 10.0, 0.3487)
    assert unseen(10, 0.1, recognised=0.5) == 9.5
    chances = [comb(bad, k) * rate**k * (1 - rate) ** (bad - k) for k in range(bad + 1)]
    assert abs(sum(k * chance for k, chance in enumerate(chances)) - (bad - unseen(bad, rate))) < 1e-9


def test_a_bad_one_halts_until_it_is_lifted_and_an_overdue_one_until_it_is_judged() -> None:
    waits = specimens.spot_check()
    assert (waits.open, waits.waits, suspended([waits], waits.due_at)) == (True, True, "")
    assert (
        suspended([waits], waits.due_at + 1)
        == f"S-1 of v2 is overdue: {specimens.RITA} had to check it until 17 Mar 2026 13:32 UTC."
    )
    good = msgspec.structs.replace(waits, judged_at=1, judged_by=specimens.RITA)
    assert (good.open, suspended([good], waits.due_at + 1)) == (False, "")
    bad = msgspec.structs.replace(good, bad=True)
    assert (bad.open, suspended([good, bad], 0)) == (True, "S-1 found v2 bad, and nobody has lifted that yet.")
    assert suspended([msgspec.structs.replace(bad, lifted_at=9)], 0) == ""


def tier(**changes: Any) -> Tier:
    rule = LookAlikeRule(approve=Approver.PLATFORM)
    return msgspec.structs.replace(specimens.starter().tier[0], look_alikes=rule, **changes)


def said(of: Tier, *more: Judgement, verdict: Verdict = WAITS, **changes: Any) -> Verdict:
    live, candidate = version(1), changes.pop("version", version(2))
    project = msgspec.structs.replace(specimens.project(), env=changes.pop("env", {}))
    held = specimens.dossier(
        version=candidate, live=live, project=project, evidence={"performance": facts(candidate, changes.pop("auc", 0.7))},
        live_figures=facts(live), approvals=("business",), **changes,
    )  # fmt: skip
    judged = (Judgement(gate="parity", verdict=Passed()), *more, Judgement(gate="acceptance", verdict=verdict))
    return with_auto_approval(held, of, judged)[-1].verdict


def test_a_plain_retrain_of_an_internal_model_is_accepted_by_the_platform() -> None:
    found = said(tier())
    assert isinstance(found, AutoApproved)
    assert found.why == (
        "No person's word is asked for: it is a plain retrain of v1, every gate passed, and no figure moved by more than 5 %. "
        "It may be drawn for a spot check (10 % are)."
    )
    assert said(specimens.starter().tier[0]) == WAITS, "it is off unless the rule book says so"


def test_a_critical_model_never_is_whatever_its_rule_book_says() -> None:
    assert said(tier(critical=True)) == WAITS
    with pytest.raises(Invalid) as refusal:
        check_look_alikes(LookAlikeRule(approve=Approver.PLATFORM), critical=True)
    assert refusal.value.code == "E1296"
    text = specimens.starter_text().replace(
        "\ncritical = true\n", '\ncritical = true\nlook_alikes = { approve = "platform" }\n'
    )
    with pytest.raises(Invalid, match="Two people do, whatever a version looks like") as read:
        read_policy(text)
    assert read.value.code == "E1296"


@pytest.mark.parametrize("rate", [0.0, -0.1, 1.1, float("nan")])
def test_without_spot_checks_nothing_is_accepted(rate: float) -> None:
    with pytest.raises(Invalid) as refusal:
        check_look_alikes(LookAlikeRule(spot_checks=rate), critical=False)
    assert refusal.value.code == "E1294"


CODE = specimens.artifact(badge=Badge.CODE)


@pytest.mark.parametrize(
    ("why", "changes"),
    [
        ("Its threshold was 0.5, and is 0.6.", {"version": version(2, decision=DecisionRule(threshold=0.6))}),
        ("auc moved from 0.7 to 0.6 (-14.3%), more than 5 %.", {"auc": 0.6}),
        ("S-1 is overdue.", {"no_auto_approval": "S-1 is overdue."}),
        ("The project itself asks for the word of risk.", {"env": {"prod": EnvironmentPlan(approvals=(Side.RISK,))}}),
        ("Opening it runs code, and people accept what does.", {"version": version(2, artifacts=(CODE,))}),
    ],
)
def test_what_it_does_not_cover_is_asked_of_people_and_says_why(why: str, changes: dict[str, Any]) -> None:
    assert said(tier(), **changes) == msgspec.structs.replace(WAITS, why=f"{WAITS.why} {why}")


def test_a_waiver_a_refusal_and_words_of_people_stay_what_they_are() -> None:
    waived = Judgement(gate="data_checks", verdict=Waived(why="", waiver="W-1", found="", until=1))
    assert said(tier(), waived) == msgspec.structs.replace(WAITS, why=f"{WAITS.why} The gate data_checks is waived.")
    for verdict in (Refused(why="bea refused it.", fix=""), Passed(why="Accepted by bea.")):
        assert said(tier(), verdict=verdict) == verdict
