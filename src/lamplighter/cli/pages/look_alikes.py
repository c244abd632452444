"""Look-alikes, in words."""

from collections.abc import Iterator

from lamplighter.cli.table import Table
from lamplighter.domain.acceptance import Side
from lamplighter.domain.look_alike import Asked, LookAlikes, Spread


def summary(group: LookAlikes) -> str:
    """What waits, for whose word, and how much of it is read by itself."""
    words = " and ".join(Side(side).word for side in group.sides)
    apart = f"; {len(group.apart)} more of the kind {_stand(len(group.apart))} apart" if group.apart else ""
    return f"{len(group.members)} look-alike retrains wait in {group.environment} for the word of {words}{apart}."


def _stand(count: int) -> str:
    return "stands" if count == 1 else "stand"


def facts(group: LookAlikes) -> list[tuple[str, str]]:
    """Those that stand apart first, then why the others look alike and how far each figure moved."""
    told = [("apart", f"{one.name} ({one.rollout}): {one.apart}") for one in group.apart]
    return [*told, ("alike", group.why), *((f"{one.name} moved", spread(one)) for one in group.spread)]


def spread(one: Spread) -> str:
    """From the least to the most, with the one in the middle."""
    return f"{one.low:+.2%} to {one.high:+.2%}, {one.middle:+.2%} in the middle"


def table(group: LookAlikes) -> Table:
    """One row a member."""
    return Table([*_rows(group)], ("KEY", "VERSION", "REPLACES", "FIGURES"))


def _rows(group: LookAlikes) -> Iterator[tuple[str, str, str, str]]:
    for one in group.members:
        yield one.rollout, one.name, f"v{one.replaces}", figures(one)


def figures(one: Asked) -> str:
    """Each figure before and after."""
    return ", ".join(f"{figure.name} {figure.before:.4g} → {figure.after:.4g}" for figure in one.figures)
