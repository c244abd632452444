"""What is said where rows are asked for that are not kept any more: nothing is made of what happens to be left."""

from collections.abc import Sequence

from lamplighter.domain.errors import Conflict
from lamplighter.domain.instant import rfc3339
from lamplighter.store.closed_days import ClosedDay


def refusal(closed: Sequence[ClosedDay], fix: str) -> Conflict:
    """The refusal of a window that holds closed days, of which there is one at least."""
    days = [rfc3339(one.day)[:10] for one in (closed[0], closed[-1])]
    told = days[0] if days[0] == days[1] else f"{days[0]} to {days[1]}"
    return Conflict(
        "The rows of that window are not all there.",
        why=f"Those of {told} are not kept any more ([log] keep), and no figure is made of what is left.",
        fix=fix,
        code="E1537",
    )
