"""What happened within a period, as far as it says how versions reach production.

The journal is asked for the period alone. What began before it is taken from what the same transactions wrote beside their
entries: rollouts, versions, words, decisions and incidents.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from lamplighter.domain.acceptance import Signature
from lamplighter.domain.decision import Decision
from lamplighter.domain.environment import Level
from lamplighter.domain.events.consumer import ConsentGiven
from lamplighter.domain.events.emergency import EmergencyDeclared, EmergencyReviewed
from lamplighter.domain.events.incident import IncidentMoved, IncidentOpened
from lamplighter.domain.events.rollout import RolloutHeld, RolloutMoved, RolloutReleased
from lamplighter.domain.events.routing import RolledBack, WentLive
from lamplighter.domain.events.spot_check import SpotCheckJudged, SuspensionLifted, VersionAutoApproved
from lamplighter.domain.events.validation import VersionValidated
from lamplighter.domain.events.version import CaseJudged, DecisionMade, VersionAccepted, VersionRefused
from lamplighter.domain.events.waiver import WaiverGiven
from lamplighter.domain.incident import Incident
from lamplighter.domain.journal import Entry
from lamplighter.domain.policy import Policy
from lamplighter.domain.rollout import Rollout
from lamplighter.views.known import Known, circle, known

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction

#: Words of people on one version, but for steps of a rollout by hand.
WORDS = (
    VersionAccepted,
    VersionRefused,
    CaseJudged,
    ConsentGiven,
    WaiverGiven,
    EmergencyDeclared,
    EmergencyReviewed,
    VersionValidated,
    SpotCheckJudged,
    SuspensionLifted,
)
_READ = (
    *WORDS,
    VersionAutoApproved,
    DecisionMade,
    IncidentMoved,
    IncidentOpened,
    RolledBack,
    RolloutHeld,
    RolloutMoved,
    RolloutReleased,
    WentLive,
)


class Period(NamedTuple):
    """One period, read."""

    #: Microseconds since the epoch, UTC; the end is not within.
    since: int
    until: int
    models: Mapping[str, Known]
    #: Environments of the level production.
    places: frozenset[str]
    #: Oldest first.
    entries: tuple[Entry, ...]
    #: To production: those that moved within the period, and those that are open.
    rollouts: Mapping[str, Rollout]
    #: When versions that went live were registered, by model and number.
    registered: Mapping[tuple[str, int], int]
    #: Words on versions of the rollouts, oldest first.
    words: tuple[Signature, ...]
    #: Decisions by their digests.
    decisions: Mapping[str, Decision]
    #: Incidents that opened within the period.
    incidents: tuple[Incident, ...]


def read(look: "Transaction", policy: Policy, since: int, until: int, now: int) -> Period:
    """Everything of a period, with a bounded number of questions for any number of models."""
    everybody, (handed, _) = circle(look, policy), look.handovers.under_way(now)
    models = {one.project.name: one for one in (known(body, everybody, handed) for body in look.projects.bodies(""))}
    places = frozenset(one.name for one in look.environments.all() if one.level is Level.PRODUCTION)
    entries = look.journal.between(since, until, [kind.__name__ for kind in _READ])
    events = [one.event for one in entries if one.event.model in models]
    named = (event.rollout for event in events if isinstance(event, RolloutMoved | RolloutHeld | RolloutReleased))
    found = {one.id: one for one in (*look.rollouts.among("id", named), *look.rollouts.all(open=True))}
    rollouts = {key: one for key, one in found.items() if one.environment in places and one.model in models}
    went = [(event.model, event.number) for event in events if isinstance(event, WentLive) and event.environment in places]
    opened = (event.incident for event in events if isinstance(event, IncidentOpened))
    made = (event.decision for event in events if isinstance(event, DecisionMade) and event.environment in places)
    words = look.signatures.among("version", (one.version for one in rollouts.values()))
    decisions = look.decisions.among("digest", {*made, *(one.decision for one in rollouts.values())})
    return Period(
        since=since,
        until=until,
        models=models,
        places=places,
        entries=tuple(one for one in entries if one.event.model in models),
        rollouts=rollouts,
        registered={(one.model, one.number): one.created_at for one in look.versions.numbered(list(dict.fromkeys(went)))},
        words=tuple(sorted((one for one in words if one.environment in places), key=lambda one: one.at)),
        decisions={one.digest: one for one in decisions},
        incidents=tuple(look.incidents.among("id", opened)),
    )
