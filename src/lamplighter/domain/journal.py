"""The hash-chained journal: each entry holds the hash of the one before it, over the very bytes that are stored.

Law of change: the body of an entry is never rewritten; new entries may have more fields.
"""

from collections.abc import Iterable

import msgspec

from lamplighter.domain.decoding import from_json
from lamplighter.domain.events import AnyEvent
from lamplighter.domain.record import Record, canonical, digest_of

#: What the first entry names as its predecessor.
BEGINNING = "0" * 64


class Entry(Record, frozen=True):
    """One event and its circumstances; the canonical bytes of this are what the chain covers."""

    #: 1, 2, 3, ... without a gap.
    sequence: int
    #: Hash of the entry before.
    previous: str
    #: Who did it.
    actor: str
    #: First digits of the credential.
    credential: str
    #: Microseconds since the epoch, UTC. Order is by sequence, never by time.
    at: int
    event: AnyEvent

    @property
    def name(self) -> str:
        """Type of the event."""
        return type(self.event).__name__


def seal(entry: Entry) -> tuple[bytes, str]:
    """The bytes to store and their hash, which the next entry names."""
    body = canonical(entry)
    return body, digest_of(body)


def read(body: bytes) -> Entry:
    """The entry that was stored."""
    return from_json(body, Entry)


class Verification(Record, frozen=True):
    """Whether the chain holds."""

    entries: int
    verified: bool
    #: Hash of the last entry; what an anchor outside would keep.
    head: str
    #: The first entry that does not fit, as a sentence.
    why: str = ""


def verify(bodies: Iterable[bytes], last: str | None = None) -> Verification:
    """Follow the chain from its beginning over the stored bytes, to the hash `last` where it is known from elsewhere.

    Without it a change of the last entry, and entries taken from the end, cannot be seen.
    """
    head, count = BEGINNING, 0
    for body in bodies:
        why = _misfit(body, count, head)
        if why:
            return Verification(entries=count, verified=False, head=head, why=why)
        head, count = digest_of(body), count + 1
    if last not in (None, head):
        return Verification(entries=count, verified=False, head=head, why="The chain does not end where its head says.")
    return Verification(entries=count, verified=True, head=head)


def _misfit(body: bytes, count: int, head: str) -> str:
    """Why an entry does not follow the one before it; nothing if it does."""
    try:
        entry = read(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return f"What follows entry {count} cannot be read."
    if entry.sequence != count + 1 or entry.previous != head:
        return f"Entry {entry.sequence} does not follow entry {count}."
    return ""
