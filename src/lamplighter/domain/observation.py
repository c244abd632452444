"""What the serving of an environment is seen to do.

Law of change: machines of another release send it, so fields may be added with a default.
"""

from lamplighter.domain.paired import Paired
from lamplighter.domain.record import Record
from lamplighter.domain.route import WorkerReport


class Observation(Record, frozen=True):
    """What a serving process group, or the groups of several machines, are seen to do."""

    #: Whether the group runs.
    alive: bool
    #: Revision that every process answers by; -1 while a process is missing or has adopted none.
    revision: int = -1
    #: Digests of the versions that every process has loaded and verified.
    loaded: frozenset[str] = frozenset()
    #: Why a version could not be loaded, by digest; of whichever process refused it.
    refused: dict[str, str] = {}
    #: Why a version is in quarantine, by digest; of whichever process says so.
    quarantined: dict[str, str] = {}
    #: What each running process says of itself.
    reports: tuple[WorkerReport, ...] = ()
    #: What shadows have scored beside the versions that answered, of all processes that are and were.
    pairs: tuple[Paired, ...] = ()
    #: Processes that should run; 0 for as many as the environment says.
    processes: int = 0
    #: Process id of the parent of the group; 0 where it is not known, or where there are several.
    parent: int = 0
    #: Why processes are missing, as a sentence, where whoever looks knows more than that they are.
    absence: str = ""
