"""What has happened, in the past tense, in the file of what it is about. The journal stores events and reactions answer them.

Law of change: a stored event names its type by the name of the class, and the file that the class stands in does not count.
A type is never removed or renamed; fields may be added with a default.
"""

from lamplighter.domain.events.advisory import AdvisoryEvent
from lamplighter.domain.events.blind_test import BlindTestEvent
from lamplighter.domain.events.challenge import ChallengeEvent
from lamplighter.domain.events.consumer import ConsumerEvent
from lamplighter.domain.events.design import DesignEvent
from lamplighter.domain.events.emergency import EmergencyEvent
from lamplighter.domain.events.handover import HandoverEvent
from lamplighter.domain.events.identity import IdentityEvent
from lamplighter.domain.events.incident import IncidentEvent
from lamplighter.domain.events.invitation import InvitationEvent
from lamplighter.domain.events.lowering import LoweringEvent
from lamplighter.domain.events.node import NodeEvent
from lamplighter.domain.events.notification import NotificationEvent
from lamplighter.domain.events.policy import PolicyEvent
from lamplighter.domain.events.prediction import PredictionEvent
from lamplighter.domain.events.quarantine import QuarantineEvent
from lamplighter.domain.events.retirement import RetirementEvent
from lamplighter.domain.events.rollout import RolloutEvent
from lamplighter.domain.events.routing import RoutingEvent
from lamplighter.domain.events.run import RunEvent
from lamplighter.domain.events.spot_check import SpotCheckEvent
from lamplighter.domain.events.validation import ValidationEvent
from lamplighter.domain.events.version import VersionEvent
from lamplighter.domain.events.waiver import WaiverEvent

#: Every event that there is. What is not among these cannot be stored or read.
AnyEvent = (
    AdvisoryEvent
    | BlindTestEvent
    | ChallengeEvent
    | ConsumerEvent
    | DesignEvent
    | EmergencyEvent
    | HandoverEvent
    | IdentityEvent
    | IncidentEvent
    | InvitationEvent
    | LoweringEvent
    | NodeEvent
    | NotificationEvent
    | PolicyEvent
    | PredictionEvent
    | QuarantineEvent
    | RetirementEvent
    | RolloutEvent
    | RoutingEvent
    | RunEvent
    | SpotCheckEvent
    | ValidationEvent
    | VersionEvent
    | WaiverEvent
)
