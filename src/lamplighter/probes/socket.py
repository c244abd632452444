"""Socket: is the infrastructure there, and does it answer?"""

from lamplighter.domain.readiness import Light, Part, Reading
from lamplighter.probes.base import Ground


def probe(ground: Ground) -> Reading:
    """Green if serving answers or could start; red if it is dead or its port is taken."""
    repairer = ground.operators[0] if ground.operators else ""
    if ground.answers:
        seen = f"{ground.environment} answers in {ground.answer_ms:.0f} ms."
        return Reading(part=Part.SOCKET, light=Light.GREEN, seen=seen)
    if ground.answers is None and ground.port_free:
        seen = f"{ground.environment} has nothing to serve yet; its port is free."
        return Reading(part=Part.SOCKET, light=Light.GREEN, seen=seen)
    seen = (
        f"{ground.environment} does not answer." if ground.answers is False else f"The port of {ground.environment} is taken."
    )
    fix = f"Look into serving.log of {ground.environment}; lamp doctor shows who holds the port."
    return Reading(part=Part.SOCKET, light=Light.RED, seen=seen, repairer=repairer, fix=fix)
