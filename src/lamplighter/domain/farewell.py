"""What serving tells callers of a model that is being taken out of use, and what it answers in place of one that is.

Law of change: both stand in the route file, so fields may be added with a default.
"""

from email.utils import formatdate

from lamplighter.domain.instant import day
from lamplighter.domain.record import Record


class Farewell(Record, frozen=True):
    """The model still answers, and every answer says that this ends."""

    #: When the retirement was announced, microseconds since the epoch, UTC.
    since: int
    #: When it is to end; 0 where no day is set.
    sunset: int = 0
    #: Name of the model that takes its place; empty for none.
    successor: str = ""

    @property
    def lines(self) -> bytes:
        """Header lines: `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and a link to the successor (RFC 5829)."""
        sunset = f"Sunset: {formatdate(self.sunset // 1_000_000, usegmt=True)}\r\n" if self.sunset else ""
        return f"Deprecation: @{self.since // 1_000_000}\r\n{sunset}".encode() + link(self.successor)


class Gone(Record, frozen=True):
    """The model was retired and answers nobody."""

    model: str
    #: Since when, microseconds since the epoch, UTC.
    since: int
    #: Why, in the words of whoever retired it.
    why: str = ""
    successor: str = ""

    @property
    def detail(self) -> str:
        """Why nobody is answered, and whom to ask instead."""
        way = f"Ask {self.successor} instead: {_path(self.successor)}" if self.successor else "Remove the call."
        return f"{self.model} was retired on {day(self.since)}. {self.why} {way}"


def link(successor: str) -> bytes:
    """The header line that leads to a successor; empty without one. A name of a model holds nothing that ends a line."""
    return f'Link: <{_path(successor)}>; rel="successor-version"\r\n'.encode() if successor else b""


def _path(successor: str) -> str:
    return f"/v2/models/{successor}"
