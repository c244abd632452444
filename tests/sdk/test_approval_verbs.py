"""Words on many versions at once, versions that the platform accepts by itself, and tiers that fall, through both doors."""

from collections.abc import Iterator

import pytest
from tests.domain import specimens
from tests.lifecycle.retrains import trained
from tests.sdk import models
from tests.sdk.cast import address
from tests.sdk.grounds import Ground
from tests.sdk.homes import until

from lamplighter.domain.acceptance import Side
from lamplighter.domain.errors import Blocked, NotFound
from lamplighter.domain.look_alike import Shown
from lamplighter.domain.project import Project
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.sdk.release import release

MODELS = ("demand-east", "demand-west")
QUICK = {"prod": {"rollout": {"steps": [100], "each": "0s", "least_requests": 0, "stop_if": {"errors": 0.5}}}}
SUMMARY = 'summary = "Serves internal teams; speed matters more than robustness."\n'
ALL = 'look_alikes = { approve = "platform", spot_checks = 1.0 }\n'


def govern(ground: Ground, *, approvals: str = "", internal: str = "") -> None:
    """Bring a rule book into force whose tier internal asks for these words in production."""
    newer, head = ground["rita"].policy().version + 1, "[tier.levels.production]\n"
    text = specimens.starter_text().replace("version = 1", f"version = {newer}", 1)
    ground.owner.set_policy(text.replace(head, head + approvals, 1).replace(SUMMARY, SUMMARY + internal, 1), "Many retrains.")


@pytest.fixture
def governed(ground: Ground) -> Iterator[Ground]:
    """A platform whose internal models go to production on the word of the business."""
    govern(ground, approvals='approvals = ["business"]\n')
    yield ground
    govern(ground)


def project(name: str) -> Project:
    return models.project(name, env=QUICK)


def asked(ground: Ground, name: str, seed: int) -> Rollout:
    rollout = ground["dana"].deploy(trained(ground, project(name), seed).name, "prod").rollout
    assert rollout is not None
    return rollout


def test_one_act_gives_a_word_on_each_and_what_the_platform_accepts_is_checked(governed: Ground) -> None:
    ground = governed
    for name in MODELS:
        first = asked(ground, name, 1)
        ground["bea"].sign(f"{name}@1", "prod", Side.BUSINESS, accepted=True)
        ground.reached(first, Phase.COMPLETED)
    waiting = [asked(ground, name, 2) for name in MODELS]
    (group,) = ground["bea"].look_alikes()
    assert {one.rollout for one in group.members} == {one.id for one in waiting}
    shown = [Shown(rollout=one.rollout, binding=one.binding) for one in group.members]
    assert len(ground["bea"].sign_look_alikes(group.key, Side.BUSINESS, shown).signed) == len(MODELS)
    for rollout in waiting:
        ground.reached(rollout, Phase.COMPLETED)

    govern(ground, approvals='approvals = ["business"]\n', internal=ALL)
    ground.reached(asked(ground, MODELS[0], 3), Phase.COMPLETED)
    check = until(lambda: ground["rita"].spot_checks(MODELS[0]))[0]
    assert (check.number, check.person) == (3, address("rita"))
    bad = ground["rita"].judge_spot_check(check.id, bad=True, note="Rows of one week.")
    assert ground["rita"].spot_check(check.id) == bad
    assert ground["rita"].lift_suspension(check.id, "It was a holiday.").lifted_by == address("rita")
    recounted = ground["rita"].recount_spot_checks()
    assert (recounted.accepted, recounted.drawn, list(recounted.differing)) == (1, 1, [])


def test_a_tier_falls_with_a_second_person(ground: Ground) -> None:
    trained(ground, models.critical("fallen"), 1)
    with pytest.raises(Blocked) as refusal:
        ground["dana"].save_project("fallen", models.project("fallen"))
    assert refusal.value.code == "E1421"
    (waits,) = ground["bea"].lowerings()
    assert (waits.model, waits.before, waits.after) == ("fallen", "mission-critical", "internal")
    assert ground["bea"].decide_lowering(waits.id, agreed=True).decided_by == address("bea")
    assert ground["bea"].lowerings() == []
    with pytest.raises(NotFound):
        ground["bea"].decide_lowering("L-99", agreed=True)


def test_what_many_projects_would_change_is_planned_and_applied(ground: Ground) -> None:
    plan = ground["dana"].plan([models.project("planned-east"), models.project("planned-west")])
    assert ground["dana"].apply_plan(plan).saved == ("planned-east", "planned-west")
    assert ground["dana"].plan([models.project("planned-east")]).planned == ()


def test_nothing_is_known_of_packages_while_no_advisories_are_here(ground: Ground) -> None:
    assert ground["rita"].vulnerabilities().load is None


def test_the_business_answers_before_it_sees_and_is_asked_by_a_link(ground: Ground) -> None:
    case = {"name": "rough-night", "inputs": {"delay": 10.0, "load": 0.9}, "expect": 1}
    owners = {**dict.fromkeys(("design", "industrialization", "deployment", "monitoring", "management"), address("dana"))}
    described = models.project("asked-first", owners={**owners, "business": address("ada")}, uat={"case": [case]})
    version = release(ground["dana"], described, models.build())
    link = ground["ines"].invite(version.name, "prod", address("ada"))
    assert link.link.startswith(f"{ground.settings.url}/sign-in?to=/uat#")
    assert ground["dana"].invitations(version.name, "prod") == [link.invitation]
    assert ground["ines"].revoke_invitation(link.invitation.id).state == "revoked"
    test = ground["ada"].begin_blind_test(version.name, "prod", agree_at_least=1)
    assert [(one.said, one.revealed) for one in test.cases] == [("", None)]
    assert ground["rita"].blind_tests(version.name, "prod")[0].id == test.id
    (answered,) = ground["ada"].answer_case(version.name, "prod", "rough-night", "yes").cases
    assert answered.revealed is not None
    assert (answered.said, answered.revealed.agrees) == ("yes", True)
