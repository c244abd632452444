"""An experiment: a name under which runs are gathered."""

from collections.abc import Mapping
from enum import StrEnum

from lamplighter.domain.record import Record

#: The experiment of clients that name none; it is always there.
DEFAULT = "0"


class Stage(StrEnum):
    """Whether something counts."""

    #: It is listed.
    ACTIVE = "active"
    #: It was deleted and can be restored.
    DELETED = "deleted"


class Experiment(Record, frozen=True):
    """One experiment."""

    #: A number, as text.
    id: str
    #: Its name; no other experiment has it.
    name: str
    #: Whether it counts.
    stage: Stage
    #: When it was made, and when it was changed last; milliseconds.
    created_at: int
    updated_at: int
    #: Who made it; empty for the experiment that is always there.
    author: str = ""
    tags: Mapping[str, str] = {}
