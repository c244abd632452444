"""What the process of a scheduled job is told."""

from lamplighter.domain.record import Record
from lamplighter.domain.version import Version


class Order(Record, frozen=True):
    """What the process of a run is told."""

    version: Version
    #: Address of serving, such as `http://127.0.0.1:7083`.
    address: str
    #: File to score.
    source: str
    #: File that takes the scores.
    target: str
    #: In the name of the file beside the target that is not whole yet.
    run: str
    #: Rows of one request.
    rows: int
