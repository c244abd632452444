"""Ladder: does somebody who is here hold every duty, and somebody the access to deploy?"""

from lamplighter.domain.readiness import Light, Part, Reading
from lamplighter.domain.stage import STAGE_OF, Duty
from lamplighter.probes.base import Ground


def probe(ground: Ground) -> Reading:
    """Red if a duty is nobody's; amber if one has no deputy."""
    repairer = ground.operators[0] if ground.operators else ""
    gaps = ground.ownership.gaps
    if gaps:
        stage = STAGE_OF[gaps[0]]
        fix = f"Name an active person or team as owners.{stage} in lamp.toml."
        return Reading(part=Part.LADDER, light=Light.RED, seen=f"Nobody holds {gaps[0]}.", repairer=repairer, fix=fix)
    alone = [assignment.duty for assignment in ground.ownership.assignments if not assignment.deputy]
    if alone:
        fix = "Name owners.deputy in lamp.toml."
        return Reading(part=Part.LADDER, light=Light.AMBER, seen=f"{alone[0]} has no deputy.", repairer=repairer, fix=fix)
    deployer = ground.ownership.of(Duty.DEPLOY).holder
    return Reading(part=Part.LADDER, light=Light.GREEN, seen=f"{deployer} may deploy to {ground.environment}.")
