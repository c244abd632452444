"""The same history under two rule books, in words."""

from lamplighter.domain.instant import lasting
from lamplighter.domain.simulation import Release, Ruled, Simulation
from lamplighter.domain.spot_check import unseen, until_seen


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
    alone = [one.after for one in found.releases if one.after.auto_approved]
    by_itself = [("by itself", _by_itself(alone))] if alone else []
    return [
        ("before", f"{found.before}: {blocked[0]} blocked, {words[0]} words asked"),
        ("after", f"{found.after}: {blocked[1]} blocked, {words[1]} words asked"),
        ("approvals", f"{found.added_approvals:+d}"),
        *by_itself,
        ("waiting", f"{signed(found.added_waiting)} in all{unknown}"),
        ("rests on", f"the middle of the waiting times on record: {', '.join(known) or 'none'}"),
        ("incidents", f"{len(found.avoided)} avoided{': ' + ', '.join(found.avoided) if found.avoided else ''}"),
    ]


def _by_itself(alone: list[Ruled]) -> str:
    drawn = sum(one.spot_checks for one in alone)
    rate = drawn / len(alone)
    told = f"{len(alone)} accepted by the platform, of which spot checks draw {drawn:.1f}"
    return f"{told}; of 10 bad ones {unseen(10, rate):.1f} go unseen, of one model {until_seen(rate):.0f} until one is seen"


def _sides(found: Simulation) -> tuple[list[Ruled], list[Ruled]]:
    return [one.before for one in found.releases], [one.after for one in found.releases]


def differing(found: Simulation) -> list[Release]:
    """Releases that the two rule books treat differently."""
    return [one for one in found.releases if differs(one)]


def differs(one: Release) -> bool:
    """Whether the two rule books treat a release differently."""
    mine, other = one.before, one.after
    return _treated(mine) != _treated(other)


def _treated(ruled: Ruled) -> tuple[str, set[str], tuple[str, ...], bool]:
    return ruled.tier, set(ruled.blocked), ruled.sides, ruled.auto_approved


def signed(seconds: float) -> str:
    """A length of time that came on top, or was saved."""
    if not round(seconds):
        return "none"
    return f"{'+' if seconds > 0 else '-'}{lasting(int(abs(seconds)))}"
