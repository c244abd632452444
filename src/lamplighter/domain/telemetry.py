"""What became of the spans of an environment.

Law of change: fields may be added with a default.
"""

from lamplighter.domain.record import Record


class Exported(Record, frozen=True):
    """Spans since the process that exports them started."""

    #: Spans that the receiver took.
    exported: int = 0
    #: Spans that it did not take: it was not there, too slow, or answered with an error.
    refused: int = 0
    #: Spans for which there was no room on the way to it.
    dropped: int = 0
