"""Bulb: does the newest version load and score its sample?"""

from lamplighter.domain.readiness import Light, Part, Reading
from lamplighter.domain.stage import Duty
from lamplighter.probes.base import Ground


def probe(ground: Ground) -> Reading:
    """Green if it was seen to load; amber without a version; red if it did not load."""
    repairer = ground.ownership.of(Duty.VALIDATE).holder
    if ground.version is None:
        fix = "Register a version with lamp deploy."
        return Reading(part=Part.BULB, light=Light.AMBER, seen="There is no version yet.", repairer=repairer, fix=fix)
    check = ground.evidence.get("load-check")
    if check is None or not check.facts.get("passed"):
        fix = "Run lamp check to see why, then register it again."
        seen = f"v{ground.version.number} was not seen to load."
        return Reading(part=Part.BULB, light=Light.RED, seen=seen, repairer=repairer, fix=fix)
    size, time = float(check.facts.get("size_mb", 0.0)), float(check.facts.get("latency_ms", 0.0))
    return Reading(
        part=Part.BULB, light=Light.GREEN, seen=f"v{ground.version.number} loads, {size:.1f} MB, {time:.2f} ms a row."
    )
