"""The same history under two rule books, as a table."""

from lamplighter.cli.instants import short, zone
from lamplighter.cli.table import Table
from lamplighter.domain.simulation import Release, Ruled, Simulation
from lamplighter.views.simulation import differs, signed


def releases(found: Simulation, *, every: bool) -> Table:
    """Each release with what changes for it."""
    rows = [
        (f"{one.model}@{one.number}", one.environment, short(one.at), _ruled(one.before), _ruled(one.after), _more(one))
        for one in found.releases
        if every or differs(one)
    ]
    return Table(rows, ("VERSION", "IN", f"AT ({zone()})", "BEFORE", "AFTER", "WAITING"))


def _ruled(ruled: Ruled) -> str:
    if ruled.blocked:
        return f"blocked: {', '.join(ruled.blocked)}"
    if ruled.auto_approved:
        return "accepted by the platform"
    return f"word of {', '.join(ruled.sides)}" if ruled.sides else "let in"


def _more(one: Release) -> str:
    avoided = f"avoids {', '.join(one.avoided)}" if one.avoided else ""
    if one.added_waiting is None:
        return "not known"
    return avoided or (signed(one.added_waiting) if one.added_waiting else "")
