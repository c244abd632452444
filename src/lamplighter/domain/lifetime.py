"""When a live version expires, from the policy, its project and the routing; the same for serving, status and notices."""

import msgspec

from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.duration import seconds
from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.expiry import DAY, Action, Age, Expiry, age_of, expiry_of
from lamplighter.domain.policy import Policy, Tier
from lamplighter.domain.project import Project
from lamplighter.domain.record import Record
from lamplighter.domain.routing import Routing


class Lifetime(Record, frozen=True):
    """How long the version that answers may still do so."""

    expiry: Expiry
    age: Age
    #: Whole days until it expires, or since it has, those as a negative number.
    days_left: int


def lifetime_of(policy: Policy, project: Project, environment: Environment, routing: Routing, now: int) -> Lifetime | None:
    """The lifetime of the champion as of now; nothing outside production, where versions live as long as they are wanted."""
    return lifetime_in(tier_of(policy, criticality_of(project, policy).tier), project, environment, routing, now)


def lifetime_in(tier: Tier, project: Project, environment: Environment, routing: Routing, now: int) -> Lifetime | None:
    """The same where the tier of the model is known."""
    if environment.level is not Level.PRODUCTION or routing.champion is None:
        return None
    expiry = expiry_of(
        tier.expires_after_days,
        seconds(tier.expiry.grace),
        tier.expiry.then,
        project.expiry,
        live_since=routing.live_since,
        extended_to=routing.extended_to,
    )
    if routing.elsewhere:
        # Nobody here can stop what runs elsewhere; its owner hears of it until somebody extends or replaces it.
        expiry = msgspec.structs.replace(expiry, action=Action.SERVE)
    left = (expiry.at - now) // DAY if now <= expiry.at else -((now - expiry.at) // DAY)
    return Lifetime(expiry=expiry, age=age_of(expiry, seconds(tier.expiry.warn), now), days_left=left)
