"""Where the circle closes: what the platform does when something has happened. Read this page first.

A reaction is told the entry of the journal. It may be told the same entry again after a crash, and then changes nothing.
"""

from collections.abc import Callable, Mapping

from lamplighter.domain.events.base import Event
from lamplighter.domain.events.emergency import EmergencyAnnounced
from lamplighter.domain.events.handover import (
    HandoverAccepted,
    HandoverDiscussed,
    HandoverEnded,
    HandoverShown,
    HandoverStarted,
)
from lamplighter.domain.events.incident import FindingMade, IncidentJoined, IncidentMoved, IncidentOpened
from lamplighter.domain.events.lowering import LoweringAsked
from lamplighter.domain.events.retirement import RetirementFinished, RetirementTold
from lamplighter.domain.events.rollout import HookAnswered, RolloutMoved
from lamplighter.domain.events.routing import RolledBack, SwitchedOff, SwitchedOn, WentLive, Withdrawn
from lamplighter.domain.events.run import JobRunMoved, RetrainingMoved, RetrainingRefused
from lamplighter.domain.events.spot_check import SpotCheckOverdue
from lamplighter.domain.events.validation import ValidationFindingOverdue
from lamplighter.domain.events.version import VersionExtended, VersionRegistered
from lamplighter.domain.events.waiver import WaiverAnnounced, WaiverEndsSoon
from lamplighter.domain.journal import Entry
from lamplighter.lifecycle import (
    announcing,
    answers,
    finishing,
    handover_news,
    incidents,
    quarantines,
    reminding,
    replays,
    retirement_news,
    telling,
    triggers,
    watching,
)
from lamplighter.lifecycle.kit import Kit

Reaction = Callable[[Kit, Entry], None]

#: What the platform does when something has happened.
REACTIONS: Mapping[type[Event], tuple[Reaction, ...]] = {
    VersionRegistered: (replays.ask_everywhere,),
    RolloutMoved: (announcing.ask,),
    HookAnswered: (announcing.tell_of_hook,),
    EmergencyAnnounced: (reminding.announce,),
    LoweringAsked: (reminding.tell_of_lowering,),
    WaiverEndsSoon: (reminding.tell_of_waivers_end,),
    WaiverAnnounced: (reminding.tell_of_waiver,),
    ValidationFindingOverdue: (reminding.tell_of_finding,),
    SpotCheckOverdue: (reminding.tell_of_spot_check,),
    RetirementTold: (retirement_news.inform,),
    RetirementFinished: (finishing.end_work,),
    HandoverStarted: (handover_news.tell,),
    HandoverDiscussed: (handover_news.tell,),
    HandoverShown: (handover_news.end_page,),
    HandoverAccepted: (handover_news.tell,),
    HandoverEnded: (handover_news.tell,),
    Withdrawn: (watching.report_withdrawal,),
    FindingMade: (incidents.open_incident,),
    IncidentOpened: (telling.notify, incidents.mitigate_withdrawn, answers.roll_back, quarantines.withhold, triggers.answer),
    IncidentJoined: (quarantines.withhold,),
    IncidentMoved: (telling.follow, quarantines.withhold),
    RolledBack: (incidents.mitigate, announcing.release),
    WentLive: (incidents.mitigate, announcing.release),
    SwitchedOff: (announcing.tell_of_switch,),
    SwitchedOn: (announcing.tell_of_switch,),
    VersionExtended: (incidents.renewed,),
    RetrainingMoved: (answers.try_out, watching.report_end),
    RetrainingRefused: (announcing.tell_of_training,),
    JobRunMoved: (watching.report_end,),
}


def react(kit: Kit, entry: Entry) -> None:
    """Run every reaction to one entry."""
    for reaction in REACTIONS.get(type(entry.event), ()):
        reaction(kit, entry)
