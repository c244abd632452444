"""Wiring: does every data source have an owner, and does every input come from one?"""

from lamplighter.domain.readiness import Light, Part, Reading
from lamplighter.domain.stage import Duty
from lamplighter.probes.base import Ground


def probe(ground: Ground) -> Reading:
    """Red for a source without an owner or no source at all; amber for inputs that no source declares."""
    sources = ground.project.source
    orphans = [source.name for source in sources if not source.owner]
    repairer = ground.ownership.of(Duty.DESIGN).holder
    if not sources:
        fix = "Add [[source]] to lamp.toml."
        return Reading(part=Part.WIRING, light=Light.RED, seen="No data source is declared.", repairer=repairer, fix=fix)
    if orphans:
        fix = f"Name the owner of {orphans[0]} in lamp.toml."
        return Reading(part=Part.WIRING, light=Light.RED, seen=f"{orphans[0]} has no owner.", repairer=repairer, fix=fix)
    if ground.unfed:
        seen = f"No source declares {', '.join(ground.unfed[:3])}."
        fix = "Name these columns in the source that brings them."
        return Reading(part=Part.WIRING, light=Light.AMBER, seen=seen, repairer=repairer, fix=fix)
    return Reading(part=Part.WIRING, light=Light.GREEN, seen=f"{len(sources)} sources, each with an owner.")
