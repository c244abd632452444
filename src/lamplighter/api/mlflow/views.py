"""What a search takes beside its conditions: whether deleted things count, and how long a page is."""

from collections.abc import Mapping
from enum import StrEnum

from lamplighter.domain.errors import Invalid
from lamplighter.domain.tracking import limits
from lamplighter.domain.tracking.experiment import Stage


class View(StrEnum):
    """Which of them are looked at."""

    #: Those that count.
    ACTIVE_ONLY = "ACTIVE_ONLY"
    #: Those that were deleted.
    DELETED_ONLY = "DELETED_ONLY"
    #: All of them.
    ALL = "ALL"


_STAGES: Mapping[View, tuple[Stage, ...]] = {
    View.ACTIVE_ONLY: (Stage.ACTIVE,),
    View.DELETED_ONLY: (Stage.DELETED,),
    View.ALL: (Stage.ACTIVE, Stage.DELETED),
}


def stages_of(view: View) -> tuple[Stage, ...]:
    """The stages that are looked at."""
    return _STAGES[view]


def limit_of(asked: int) -> int:
    """How many a page has at most; a client that wants more goes on with the token. Raises `Invalid` for less than nothing."""
    if asked < 0:
        raise Invalid(
            "That is no number of results.", why="It is below 0.", fix="Leave it out, or ask for 1 or more.", code="E1812"
        )
    return min(asked or limits.DEFAULT_PAGE, limits.PAGE)
