"""Who may let a model answer nobody."""

from collections.abc import Mapping

from lamplighter.domain.identity import Person, Role, Team
from lamplighter.domain.ownership import Ownership, acts_for
from lamplighter.domain.stage import Duty

#: Duties whose holders see that a model does harm; all of them are told.
STOPPERS = (Duty.ROLL_BACK, Duty.DEPLOY, Duty.MONITOR_TECHNICAL, Duty.MONITOR_FUNCTIONAL, Duty.RETIRE)
#: The same in words.
TOLD = "Its business owner, whoever deploys, watches or retires it, and IT may."


def may_stop(person: Person, business: str, duties: Ownership, teams: Mapping[str, Team]) -> bool:
    """Whether somebody may; `business` is the person or the team that speaks for the business."""
    team = teams.get(business)
    speaks = person.email == business or (team is not None and person.email in team.members)
    return speaks or Role.IT in person.roles or any(acts_for(duties.of(duty), person, teams) for duty in STOPPERS)
