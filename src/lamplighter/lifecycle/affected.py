"""Who felt it: callers of the last hour."""

from lamplighter.domain.consumer import Caller
from lamplighter.domain.project import Project
from lamplighter.domain.traffic import CallerHour
from lamplighter.store.transaction import Transaction

_HOUR = 3_600_000_000


def callers(look: Transaction, project: Project, environment: str, now: int) -> tuple[str, ...]:
    """Who called in the last hour, with the party that speaks for each and how many of its requests failed meanwhile; whoever
    felt most comes first."""
    felt = look.felt.since(project.name, environment, (now - _HOUR) // 1_000_000)
    found = [
        (felt[caller.name].failures if caller.name in felt else 0, calls.requests, caller)
        for caller in look.callers(project)
        for calls in caller.calls
        if calls.environment == environment and calls.last_at > now - _HOUR
    ]
    found.sort(key=lambda one: (one[0], one[1], one[2].name), reverse=True)
    return tuple(_told(caller, felt.get(caller.name)) for _, _, caller in found[:12])


def _told(caller: Caller, felt: CallerHour | None) -> str:
    failed = f"{felt.failures} of {felt.requests} failed" if felt is not None and felt.failures > 0 else ""
    about = ", ".join(part for part in (caller.owner, failed) if part)
    return f"{caller.name} ({about})" if about else caller.name
