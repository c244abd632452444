"""How critical a model is: every combination of answers, and what the file declares on top."""

from itertools import product

import msgspec
import pytest
from tests.domain import specimens

from lamplighter.domain.criticality import Criticality, criticality_of, tier_of
from lamplighter.domain.errors import NotFound
from lamplighter.domain.impact import Frequency, Impact, Loss
from lamplighter.domain.policy import Policy, Tier
from lamplighter.domain.project import Model, Project

POLICY = specimens.starter()
ANSWERS = list(product((True, False), Loss, (True, False), (True, False), (Frequency.DAILY, Frequency.YEARLY)))
FLAGS = ("customers", "loss", "reversible", "automated", "updates")


def project(impact: Impact, declared: str = "") -> Project:
    return Project(model=Model(name="churn", criticality=declared), impact=impact)


def answered(answers: tuple[bool, Loss, bool, bool, Frequency]) -> Impact:
    customers, loss, reversible, automated, updates = answers
    return Impact(customers=customers, loss=loss, reversible=reversible, automated=automated, updates=updates)


def three_tiers() -> Policy:
    """The starter rule book with a tier between its two."""
    low, high = POLICY.tier
    return msgspec.structs.replace(POLICY, tier=(low, msgspec.structs.replace(low, name="important"), high))


@pytest.mark.parametrize("answers", ANSWERS, ids=lambda answers: "-".join(map(str, answers)))
def test_every_combination_of_answers_gives_the_tier_of_the_table(answers: tuple[bool, Loss, bool, bool, Frequency]) -> None:
    customers, loss, reversible, automated, _ = answers
    large = loss is Loss.LARGE
    severe = (customers and large) or (large and not reversible) or (customers and not reversible and automated)
    impact = answered(answers)
    found = criticality_of(project(impact), POLICY)
    assert found.tier == ("mission-critical" if severe else "internal")
    rule = next(rule for rule in POLICY.criticality if rule.name == found.rule)
    assert (rule.tier, rule.why) == (found.tier, found.why)
    for declared in ("internal", "mission-critical"):
        raised = criticality_of(project(impact, declared), POLICY)
        assert POLICY.rank(raised.tier) == max(POLICY.rank(found.tier), POLICY.rank(declared))


@pytest.mark.parametrize("left_out", FLAGS)
def test_a_question_without_an_answer_gives_the_strictest_tier(left_out: str) -> None:
    for answers in ANSWERS:
        impact = msgspec.structs.replace(answered(answers), **{left_out: None})
        assert criticality_of(project(impact), POLICY) == Criticality(
            tier="mission-critical",
            rule="unanswered",
            why="Questions of [impact] are not answered, so the strictest tier holds.",
        )
        assert criticality_of(project(impact, "internal"), POLICY).tier == "mission-critical"


def test_what_is_declared_only_raises() -> None:
    harmless = Impact(customers=False, loss=Loss.NONE, reversible=True, automated=False, updates=Frequency.YEARLY)
    policy = three_tiers()
    assert criticality_of(project(harmless, "important"), policy) == Criticality(
        tier="important", rule="declared", why="lamp.toml declares important; the answers alone give internal."
    )
    severe = msgspec.structs.replace(harmless, customers=True, loss=Loss.LARGE)
    assert criticality_of(project(severe, "important"), policy).tier == "mission-critical"


def test_an_unknown_tier_is_refused_with_the_known_ones() -> None:
    with pytest.raises(NotFound) as caught:
        criticality_of(project(Impact(), "mission-critcal"), POLICY)
    assert (caught.value.why, caught.value.fix) == ("Known: internal, mission-critical.", "Did you mean mission-critical?")
    tier: Tier = tier_of(POLICY, "internal")
    assert tier is POLICY.tier[0]
