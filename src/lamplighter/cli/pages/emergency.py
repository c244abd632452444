"""Emergencies and who reviews them."""

from lamplighter.cli.instants import local
from lamplighter.domain.emergency import Emergency


def review(emergency: Emergency) -> str:
    """What is left to do about one."""
    if not emergency.open:
        return f"{emergency.id}, reviewed by {emergency.reviewed_by}, {local(emergency.reviewed_at)}: {emergency.note}"
    return f"{emergency.id}, review by {emergency.owner or 'nobody'} due {local(emergency.due_at)}"


def told(emergency: Emergency) -> str:
    """Who passed what, and why."""
    return f"{emergency.person} passed {', '.join(emergency.passed)}: {emergency.why}"
