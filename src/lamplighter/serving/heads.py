"""Header blocks that were parsed and admitted before.

A caller that keeps its connection sends the same block again and again: to the byte, or but for what is the request's own, as
its id or its trace, and headers that mean nothing here, such as those that a proxy adds. Equal blocks mean an equal request,
so that a block which once passed the parser and every rule of framing need not be read twice. Which lines count is told only of
blocks in the plainest form; others are parsed each time. The next block of a connection is compared with the last one line by
line, which takes a sixth of the time.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from lamplighter.serving.message import Request
from lamplighter.serving.pattern import COUNTING, OWN, Head, Pattern

#: Blocks that are kept, and the longest of them.
_MOST, _LONGEST = 1024, 2048
#: Headers that ask for more than an answer, or say how the body comes.
_UNUSUAL = frozenset((b"expect", b"transfer-encoding", b"content-encoding", b"lamp-drill"))
#: With what the names of a request's own headers may begin.
_INITIALS = b"tTlL"
_NAME = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
#: A request line and headers of visible characters and spaces: no folded line, no tabulator, nothing in front of a colon.
_PLAIN = re.compile(rb"POST [!-~]++ HTTP/1\.1\r\n(?:" + _NAME + rb":[ -~]*+\r\n)++\r\n")
_SAID = re.compile(rb"\r\n((?:" + b"|".join(sorted(COUNTING)) + rb"):[^\r]*+)", re.IGNORECASE)


class _Essence(NamedTuple):
    """The lines of a block that count, and what is the request's own."""

    lines: tuple[bytes, ...]
    own: Mapping[bytes, bytes]


class Known(msgspec.Struct):
    """A block that is known."""

    head: Head
    #: Where the body begins.
    body: int
    #: Headers that are the request's own.
    own: Mapping[bytes, bytes]
    #: For the next block of the same caller.
    pattern: Pattern | None


_NOTHING: Mapping[bytes, bytes] = {}


class Heads:
    """The blocks of all connections of a process, the oldest forgotten first."""

    def __init__(self, most_headers: int) -> None:
        """`most_headers` is how many a request may have."""
        self._known: dict[bytes | tuple[bytes, ...], Head] = {}
        self._most_headers = most_headers

    def known(self, data: bytes, last: Pattern | None = None) -> Known | None:
        """The block at the start of these bytes; nothing if they are not a known block with its body or the beginning of that.
        `last` is what came of an earlier block of the same caller."""
        end = data.find(b"\r\n\r\n") + 4
        block = data[:end]
        head, own, pattern = self._known.get(block), _NOTHING, last
        if head is None and last is not None and end <= _LONGEST and (found := last.own(block)) is not None:
            head, own = last.head, found
        if head is None:
            said = self._essence(block)
            head = None if said is None else self._known.get(said.lines)
            if said is None or head is None:
                return None
            own, pattern = said.own, Pattern(block, head)
        return Known(head, end, own, pattern) if len(data) - end <= head.length else None

    def remember(self, data: bytes, request: Request) -> None:
        """Keep the block of a request that came as one whole and was admitted."""
        end = len(data) - len(request.body)
        plain = data.find(b"\r\n\r\n") + 4 == end <= _LONGEST and not _UNUSUAL & request.headers.keys()
        if not plain or request.method != b"POST" or request.headers.get(b"content-length") != b"%d" % len(request.body):
            return
        headers = {name: value for name, value in request.headers.items() if name not in OWN}
        head = Head(Request(request.method, request.path, headers), len(request.body))
        said = self._essence(data[:end])
        if said is not None:
            self._keep(said.lines, head)
        if len(headers) == len(request.headers):
            self._keep(data[:end], head)

    def _keep(self, block: bytes | tuple[bytes, ...], head: Head) -> None:
        if len(self._known) >= _MOST:
            del self._known[next(iter(self._known))]
        self._known[block] = head

    def _essence(self, block: bytes) -> _Essence | None:
        """Nothing for a block that the parser has to look at."""
        if len(block) > _LONGEST or block.count(b"\r\n") > self._most_headers or _PLAIN.fullmatch(block) is None:
            return None
        lines, own = _SAID.findall(block), _NOTHING
        for line in [line for line in lines if line[0] in _INITIALS]:
            name, _, value = line.partition(b":")
            name = name.lower()
            if name in own:
                return None
            if name in OWN:
                own = {**own, name: value.lstrip(b" ")}
                lines.remove(line)
        return _Essence((block[: block.index(b"\r")], *lines), own)
