"""A machine that runs the serving of an environment for a control plane elsewhere.

It asks for its orders and brings what it recorded; nobody calls it but those who want predictions.

Law of change: control plane and machines are upgraded one after the other, so fields may be added with a default.
"""

import re
from collections.abc import Mapping
from enum import StrEnum

from lamplighter.domain.environment import Environment
from lamplighter.domain.observation import Observation
from lamplighter.domain.record import Record, canonical, digest_of
from lamplighter.domain.route import Credentials, Route

#: The target of an environment that machines elsewhere serve.
TARGET = "nodes"
#: Name of a segment as serving gives it: slot, start in microseconds, place in the order.
SEGMENT = re.compile(r"[0-9]{1,4}-[0-9]{1,19}-[0-9]{6,12}\.seg")
#: Bytes of a segment that are brought at once.
BITE = 8 * 1024 * 1024
#: What the control plane holds of a segment that it has whole and has put elsewhere.
WHOLE = -1


class Hearing(StrEnum):
    """How long ago a machine was heard."""

    #: It says what it does.
    HEARD = "heard"
    #: It has said nothing for seconds; what it answers with is not known, and it is waited for.
    SILENT = "silent"
    #: It has said nothing for so long that nobody waits for it.
    LOST = "lost"


#: Microseconds without a word after which a machine is silent, and after which it is lost.
SILENT_AFTER, LOST_AFTER = 5_000_000, 60_000_000


def hearing(seen_at: int, now: int) -> Hearing:
    """How a machine stands that was last heard then; microseconds."""
    silence = now - seen_at
    return Hearing.HEARD if silence < SILENT_AFTER else Hearing.SILENT if silence < LOST_AFTER else Hearing.LOST


class Package(Record, frozen=True):
    """What the processes of a machine answer with."""

    route: Route
    credentials: Credentials
    #: Public keys whose versions may run code, PEM by file name.
    keys: Mapping[str, str] = {}
    #: The secret of redacted columns, hexadecimal: equal values are equal whichever machine wrote them down.
    redaction: str = ""

    @property
    def digest(self) -> str:
        """Its address."""
        return digest_of(canonical(self))


class NodeReport(Record, frozen=True):
    """What a machine says of itself."""

    #: Drawn at its start: two machines of one name are told apart.
    instance: str
    observation: Observation
    #: Digest of the package that it has put in place; empty for none.
    holds: str = ""
    #: Bytes of each segment on its disk.
    segments: Mapping[str, int] = {}
    #: Versions whose bytes are on their way to it.
    lacking: tuple[str, ...] = ()
    #: Bytes that are free on its disk; -1 where a machine of a release before does not say.
    free: int = -1
    #: Whether it ends on purpose and has brought everything.
    leaving: bool = False


class Orders(Record, frozen=True):
    """What a machine is to do."""

    #: What it serves; nothing while nothing is to run.
    environment: Environment | None
    #: Where it is not what the machine holds.
    package: Package | None = None
    #: How many bytes of each of its segments are here; `WHOLE` for one that is needed no more.
    held: Mapping[str, int] = {}


class Node(Record, frozen=True):
    """A machine as it stands."""

    environment: str
    name: str
    #: Its place among the machines of the environment, from 0, in the order in which they came.
    number: int
    #: When it was last heard, microseconds since the epoch, UTC.
    seen_at: int
    report: NodeReport


class SeenNode(Record, frozen=True):
    """A machine, and whether it is heard."""

    node: Node
    hearing: Hearing
