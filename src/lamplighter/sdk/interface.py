"""Every verb and question of the platform, put together. HTTP paths, the remote client and permissions follow from it.

Times are integers, microseconds since the epoch, UTC. All verbs raise the kinds of `lamplighter.domain.errors`.
"""

from typing import Protocol

from lamplighter.sdk.door import doors_of
from lamplighter.sdk.verbs.applications import Applications
from lamplighter.sdk.verbs.deployment import Deployment
from lamplighter.sdk.verbs.design import Design
from lamplighter.sdk.verbs.governance import Governance
from lamplighter.sdk.verbs.handovers import Handovers
from lamplighter.sdk.verbs.incidents import Incidents
from lamplighter.sdk.verbs.industrialization import Industrialization
from lamplighter.sdk.verbs.jobs import Jobs
from lamplighter.sdk.verbs.management import Management
from lamplighter.sdk.verbs.monitoring import Monitoring
from lamplighter.sdk.verbs.nodes import Nodes
from lamplighter.sdk.verbs.people import People
from lamplighter.sdk.verbs.questions import Questions
from lamplighter.sdk.verbs.retirements import Retirements
from lamplighter.sdk.verbs.sources import Sources
from lamplighter.sdk.verbs.trainings import Trainings
from lamplighter.sdk.verbs.validation import Validation


class Platform(
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
    Protocol,
):
    """What can be done and asked. `Embedded` and `Remote` are the two ways to have one."""


#: Every verb by name.
DOORS = doors_of(Platform)
