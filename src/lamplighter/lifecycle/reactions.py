"""Where the circle closes: what the platform does when something has happened. Read this page first.

A reaction is told the entry of the journal. It may be told the same entry again after a crash, and then changes nothing.
"""

from collections.abc import Callable, Mapping

from lamplighter.domain.events import (
    Event,
    FindingMade,
    IncidentOpened,
    JobRunMoved,
    RetrainingMoved,
    RolledBack,
    RolloutMoved,
    VersionExtended,
    VersionRegistered,
    WentLive,
    Withdrawn,
)
from lamplighter.domain.journal import Entry
from lamplighter.lifecycle import answers, management, ownership, replays, watching
from lamplighter.lifecycle.kit import Kit

Reaction = Callable[[Kit, Entry], None]

#: What the platform does when something has happened.
REACTIONS: Mapping[type[Event], tuple[Reaction, ...]] = {
    VersionRegistered: (replays.ask_everywhere,),
    RolloutMoved: (ownership.ask,),
    Withdrawn: (watching.report_withdrawal,),
    FindingMade: (watching.open_incident,),
    IncidentOpened: (ownership.notify, watching.mitigate_withdrawn, answers.roll_back, management.answer),
    RolledBack: (watching.mitigate,),
    WentLive: (watching.mitigate,),
    VersionExtended: (watching.renewed,),
    RetrainingMoved: (answers.try_out, watching.report_end),
    JobRunMoved: (watching.report_end,),
}


def react(kit: Kit, entry: Entry) -> None:
    """Run every reaction to one entry."""
    for reaction in REACTIONS.get(type(entry.event), ()):
        reaction(kit, entry)
