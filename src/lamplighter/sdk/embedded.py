"""The platform in this process: every verb over an open kit, as one caller."""

from lamplighter.sdk.here.applications import Applications
from lamplighter.sdk.here.deployment import Deployment
from lamplighter.sdk.here.design import Design
from lamplighter.sdk.here.governance import Governance
from lamplighter.sdk.here.handovers import Handovers
from lamplighter.sdk.here.incidents import Incidents
from lamplighter.sdk.here.industrialization import Industrialization
from lamplighter.sdk.here.jobs import Jobs
from lamplighter.sdk.here.management import Management
from lamplighter.sdk.here.monitoring import Monitoring
from lamplighter.sdk.here.nodes import Nodes
from lamplighter.sdk.here.people import People
from lamplighter.sdk.here.questions import Questions
from lamplighter.sdk.here.retirements import Retirements
from lamplighter.sdk.here.sources import Sources
from lamplighter.sdk.here.trainings import Trainings
from lamplighter.sdk.here.validation import Validation
from lamplighter.sdk.interface import Platform


class Embedded(
    People,
    Applications,
    Design,
    Industrialization,
    Deployment,
    Governance,
    Validation,
    Handovers,
    Monitoring,
    Incidents,
    Sources,
    Management,
    Trainings,
    Retirements,
    Jobs,
    Nodes,
    Questions,
    Platform,
):
    """The verbs of one caller. Whether the caller may use a verb is asked at the door; whose turn it is, in the verb."""
