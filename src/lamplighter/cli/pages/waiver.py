"""How waivers are, in words."""

from lamplighter.cli.instants import local
from lamplighter.domain.waiver import Waiver
from lamplighter.views.waivers import Waivers


def counted(found: Waivers) -> str:
    """How many there are."""
    held = sum(count.in_force for count in found.teams.values())
    over = sum(count.over for count in found.teams.values())
    given = sum(count.given for count in found.teams.values())
    if not given:
        return "Nothing was ever waived."
    told = f"{held} {'waiver is' if held == 1 else 'waivers are'} in force; {given} ever given."
    return f"{told} {over} {'is' if over == 1 else 'are'} over and not seen to." if over else told


def of_status(waiver: Waiver) -> str:
    """One line of a model that rests on it."""
    over = "over since" if waiver.lapsed_at else "until"
    return (
        f"{waiver.id} of {waiver.gate} for v{waiver.number} in {waiver.environment}, {over} {local(waiver.until)}: {waiver.why}"
    )
