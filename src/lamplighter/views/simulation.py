"""The same history under two rule books, in words."""

from lamplighter.domain.instant import lasting
from lamplighter.domain.simulation import Release, Ruled, Simulation


def sentence(found: Simulation) -> str:
    """What the new rule book would have done."""
    if not found.releases:
        return "Nothing was ever released, so there is nothing to try it on."
    told = f"Of {len(found.releases)} releases it would have blocked {len(found.newly_blocked)} more"
    let_in = f" and let in {len(found.newly_let_in)} more" if found.newly_let_in else ""
    return f"{told}{let_in}. Nothing was changed."


def facts(found: Simulation) -> list[tuple[str, str]]:
    """The two rule books and what lies between them."""
    blocked = [sum(bool(ruled.blocked) for ruled in side) for side in _sides(found)]
    words = [sum(len(ruled.sides) for ruled in side if not ruled.blocked) for side in _sides(found)]
    unknown = f"; not known of {found.unknown_waiting}, for nobody ever waited for such a word" if found.unknown_waiting else ""
    known = [f"{side} {lasting(int(middle))} ({count})" for side, (count, middle) in found.words.items()]
    return [
        ("before", f"{found.before}: {blocked[0]} blocked, {words[0]} words asked"),
        ("after", f"{found.after}: {blocked[1]} blocked, {words[1]} words asked"),
        ("approvals", f"{found.added_approvals:+d}"),
        ("waiting", f"{signed(found.added_waiting)} in all{unknown}"),
        ("rests on", f"the middle of the waiting times on record: {', '.join(known) or 'none'}"),
        ("incidents", f"{len(found.avoided)} avoided{': ' + ', '.join(found.avoided) if found.avoided else ''}"),
    ]


def _sides(found: Simulation) -> tuple[list[Ruled], list[Ruled]]:
    return [one.before for one in found.releases], [one.after for one in found.releases]


def differing(found: Simulation) -> list[Release]:
    """Releases that the two rule books treat differently."""
    return [one for one in found.releases if differs(one)]


def differs(one: Release) -> bool:
    """Whether the two rule books treat a release differently."""
    mine, other = one.before, one.after
    return (mine.tier, set(mine.blocked), mine.sides) != (other.tier, set(other.blocked), other.sides)


def signed(seconds: float) -> str:
    """A length of time that came on top, or was saved."""
    if not round(seconds):
        return "none"
    return f"{'+' if seconds > 0 else '-'}{lasting(int(abs(seconds)))}"
