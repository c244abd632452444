"""Who has which duty now: teams in the order of call, people who left, deputies and handovers."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.specimens import ADA, BEA, INA, IVO, MILO, PEOPLE, TEAMS

from lamplighter.domain.handover import STAGES, Handed
from lamplighter.domain.identity import Person
from lamplighter.domain.owners import Holder, Owners
from lamplighter.domain.ownership import Assignment, acts_for, ownership_of
from lamplighter.domain.project import Model, Project
from lamplighter.domain.stage import STAGE_OF, Duty, Stage


def project(**owners: str | Holder) -> Project:
    return Project(model=Model(name="churn"), owners=Owners(**owners))  # type: ignore[arg-type]


def without(*gone: str) -> dict[str, Person]:
    """The people, of whom these have left."""
    return {email: msgspec.structs.replace(person, active=email not in gone) for email, person in PEOPLE.items()}


def assigned(duty: Duty, held: Project, people: dict[str, Person] = PEOPLE, given: Handed | None = None) -> Assignment:
    return ownership_of(held, people, TEAMS, given).of(duty)


def test_every_duty_has_an_assignment_and_nobody_named_is_a_gap() -> None:
    found = ownership_of(project(design=ADA), PEOPLE, TEAMS, None)
    assert [assignment.duty for assignment in found.assignments] == list(Duty)
    assert found.of(Duty.DESIGN).holder == ADA
    assert set(found.gaps) == {duty for duty in Duty if STAGE_OF[duty] is not Stage.DESIGN}
    assert found.of(Duty.DEPLOY) == Assignment(duty=Duty.DEPLOY, accountable="", holder="", deputy="")


def test_the_first_of_a_team_who_is_here_is_on_call_and_the_next_stands_in() -> None:
    held = project(monitoring="@it-ops")
    duty = Duty.MONITOR_TECHNICAL
    assert assigned(duty, held) == Assignment(duty=duty, accountable="@it-ops", holder=IVO, deputy=INA)
    assert assigned(duty, held, without(IVO)) == Assignment(duty=duty, accountable="@it-ops", holder=INA, deputy="")
    assert assigned(duty, held, without(IVO, INA)) == Assignment(duty=duty, accountable="@it-ops", holder="", deputy="")


def test_a_deputy_is_the_one_named_nearest() -> None:
    own = project(monitoring=Holder(first="@it-ops", deputy=ADA), deputy=MILO)
    assert assigned(Duty.MONITOR_TECHNICAL, own).deputy == ADA
    assert assigned(Duty.MONITOR_TECHNICAL, own, without(ADA)).deputy == MILO
    general = project(monitoring="@it-ops", deputy=MILO)
    assert assigned(Duty.MONITOR_TECHNICAL, general).deputy == MILO
    later = project(deployment=Holder(first=ADA, then="@it-ops"))
    assert assigned(Duty.DEPLOY, later).deputy == IVO


def test_the_deputy_acts_when_the_holder_has_left() -> None:
    held = project(design=Holder(first=ADA, deputy=MILO))
    assert assigned(Duty.DESIGN, held, without(ADA)) == Assignment(duty=Duty.DESIGN, accountable=ADA, holder=MILO, deputy="")
    assert assigned(Duty.DESIGN, held, without(ADA, MILO)).holder == ""


def test_nobody_is_their_own_deputy() -> None:
    held = project(design=Holder(first=ADA, deputy=ADA), deputy=ADA)
    assert (assigned(Duty.DESIGN, held).holder, assigned(Duty.DESIGN, held).deputy) == (ADA, "")


GIVEN = Handed(id="H-1", stages=STAGES, giver=ADA, receiver="@it-ops", knows=ADA, co_owned=False)


def test_what_was_handed_over_is_the_receivers_whoever_the_project_names() -> None:
    for held in (project(deployment=Holder(first=ADA, then="@it-ops", deputy=MILO), deputy=MILO), project(deployment=MILO)):
        assert assigned(Duty.DEPLOY, held, given=GIVEN) == Assignment(
            duty=Duty.DEPLOY, accountable="@it-ops", holder=IVO, deputy=INA, handover="H-1"
        )
    gone = assigned(Duty.ROLL_BACK, project(deployment=ADA), without(IVO, INA), GIVEN)
    assert (gone.accountable, gone.holder, gone.deputy) == ("@it-ops", "", "")


def test_duties_that_take_knowledge_of_the_model_stay_where_they_are() -> None:
    held = project(monitoring=ADA, management=Holder(first=ADA, retraining=MILO))
    functional, training = (assigned(duty, held, given=GIVEN) for duty in (Duty.MONITOR_FUNCTIONAL, Duty.RETRAIN))
    assert (functional.accountable, functional.holder, functional.handover) == (ADA, ADA, "")
    assert (training.accountable, training.holder) == (ADA, MILO)
    assert assigned(Duty.RETIRE, held, given=GIVEN).accountable == "@it-ops"
    renamed = project(monitoring="@it-ops", management="@it-ops")
    assert assigned(Duty.MONITOR_FUNCTIONAL, renamed, given=GIVEN).holder == ADA


def test_the_giver_stands_in_for_alerts_while_both_own_it_and_for_nothing_else() -> None:
    given = msgspec.structs.replace(GIVEN, co_owned=True)
    held = project(deployment=ADA, monitoring=ADA)
    alerts = assigned(Duty.MONITOR_TECHNICAL, held, given=given)
    assert (alerts.holder, alerts.deputy) == (IVO, ADA)
    assert assigned(Duty.MONITOR_TECHNICAL, held, given=GIVEN).deputy == INA
    assert not acts_for(assigned(Duty.DEPLOY, held, given=given), PEOPLE[ADA], TEAMS)


def test_alerts_and_trainings_may_go_to_somebody_else() -> None:
    held = project(monitoring=Holder(first="@it-ops", model_alerts=ADA), management=Holder(first="@it-ops", retraining=MILO))
    found = ownership_of(held, PEOPLE, TEAMS, None)
    assert found.of(Duty.MONITOR_TECHNICAL).holder == IVO
    assert (found.of(Duty.MONITOR_FUNCTIONAL).holder, found.of(Duty.MONITOR_FUNCTIONAL).accountable) == (ADA, "@it-ops")
    assert (found.of(Duty.RETRAIN).holder, found.of(Duty.RETIRE).holder) == (MILO, IVO)


def test_people_and_teams_that_do_not_exist_hold_nothing() -> None:
    held = project(design="zoe@example.com", monitoring="@nobody")
    assert {assigned(duty, held).holder for duty in Duty} == {""}


def test_who_may_act() -> None:
    found = assigned(Duty.MONITOR_TECHNICAL, project(monitoring="@it-ops", deputy=MILO))
    assert [email for email in PEOPLE if acts_for(found, PEOPLE[email], TEAMS)] == [MILO, IVO, INA]
    gap = Assignment(duty=Duty.DEPLOY, accountable="", holder="", deputy="")
    assert not any(acts_for(gap, person, TEAMS) for person in PEOPLE.values())


PARTIES = st.sampled_from(["", ADA, MILO, IVO, BEA, "@it-ops", "zoe@example.com"])
NAMED = st.sampled_from([ADA, MILO, IVO, "@it-ops", "zoe@example.com"])


@given(first=NAMED, then=PARTIES, deputy=PARTIES, general=PARTIES, gone=st.sets(st.sampled_from(sorted(PEOPLE))))
def test_holder_and_deputy_are_two_people_who_are_here(
    first: str, then: str, deputy: str, general: str, gone: set[str]
) -> None:
    held = project(deployment=Holder(first=first, then=then, deputy=deputy), deputy=general)
    people = without(*gone)
    found = assigned(Duty.DEPLOY, held, people)
    here = {email for email in PEOPLE if email not in gone}
    named = {first, then, deputy, general} | ({IVO, INA} if "@it-ops" in {first, then, deputy, general} else set())
    assert {found.holder, found.deputy} <= (here & named) | {""}
    assert found.holder != found.deputy or not found.holder
    assert len({found.holder, found.deputy} - {""}) == min(2, len(here & named))


@pytest.mark.parametrize("duty", list(Duty))
def test_each_duty_belongs_to_a_stage(duty: Duty) -> None:
    assert STAGE_OF[duty] in Stage
