"""What the headers of a prediction say: its id, its sticky key, when it happened."""

import os
import re
import time
from datetime import UTC, datetime
from itertools import count

import msgspec

from lamplighter.domain.route import Credential
from lamplighter.serving.accepting import ARROW, JSON, chosen
from lamplighter.serving.codecs.base import media_of
from lamplighter.serving.message import Answer, Request
from lamplighter.serving.problems import Refusal

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_KEY = re.compile(rb"[\x21-\x7e]{1,256}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")
_TRACE = re.compile(rb"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
#: What is known of a trace that there is not.
NO_TRACE = b"", ""
#: How the flags of a trace end if its caller keeps it.
_SAMPLED = b"13579bdf"
#: The header of a trace.
TRACEPARENT = b"traceparent"
#: To format a number costs as much as a call.
_THREE_DIGITS = tuple(f"{number:03x}" for number in range(0x1000))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Ids:
    """Ids of requests: unique across processes, and their order as texts is the order of time."""

    def __init__(self) -> None:
        self._process = os.urandom(5).hex()
        self._count = count()
        self._turn = ""
        #: When the turn began, nanoseconds since the epoch.
        self.began = 0

    def next(self) -> str:
        """Time in microseconds, mark of the process, counter; 30 hexadecimal digits."""
        return f"{time.time_ns() // 1000:014x}{self._process}{next(self._count) & 0xFFFFFF:06x}"

    def begin(self) -> None:
        """A turn begins: the ids of `following` bear its time."""
        self.began = time.time_ns()
        self._turn = f"{self.began // 1000:014x}{self._process}"

    def following(self) -> str:
        """The next id of this turn."""
        number = next(self._count)
        return f"{self._turn}{_THREE_DIGITS[number >> 12 & 0xFFF]}{_THREE_DIGITS[number & 0xFFF]}"


def request_id(given: str) -> str | Refusal:
    """The id a caller gives, if it is a lawful one."""
    if _ID.fullmatch(given):
        return given
    return Refusal("invalid-name", "An id has 1 to 64 letters, digits, dots, underscores and hyphens.")


class Said(msgspec.Struct):
    """The headers of a prediction request, understood."""

    #: What `Lamp-Key` says, empty if nothing.
    key: str
    #: What `Lamp-Event-Time` says, microseconds since the epoch; 0 if nothing.
    event_at: int


#: What headers say that say nothing.
UNSAID = Said("", 0)
_NO_DRILL = Refusal("forbidden", "A drill needs the token that lamp drill outage makes for it.")


def is_drill(request: Request, caller: Credential) -> bool | Refusal:
    """Whether the request asks for the answer of an outage while there is none; refused to whoever may not."""
    wanted = request.headers.get(b"lamp-drill", b"")
    if not wanted:
        return False
    if wanted != b"outage":
        return Refusal("malformed-header", "The only Lamp-Drill is outage.")
    return True if caller.drills else _NO_DRILL


def is_ordinary(request: Request) -> bool:
    """Whether the headers ask for nothing but a JSON answer to a JSON body, beside what `said` understands."""
    headers = request.headers
    if b"inference-header-content-length" in headers or media_of(request) != JSON:
        return False
    return chosen(headers.get(b"accept", b""), (JSON, ARROW)) == JSON


def said(request: Request) -> Said | Refusal:
    """What the headers say beside the id, or why the request is refused."""
    if b"lamp-key" not in request.headers and b"lamp-event-time" not in request.headers:
        return UNSAID
    key = sticky_key(request)
    if isinstance(key, Refusal):
        return key
    event_at = event_time(request)
    return event_at if isinstance(event_at, Refusal) else Said(key, event_at)


def trace_of(request: Request) -> tuple[bytes, str]:
    """`traceparent` as it came and the id of its trace (W3C Trace Context, Level 1); both empty where it has no lawful form,
    which the specification wants to be passed over."""
    given = request.headers.get(TRACEPARENT)
    found = _TRACE.fullmatch(given) if given else None
    return (given, found[1].decode()) if given and found is not None else NO_TRACE


def is_sampled(traceparent: bytes) -> bool:
    """Whether a lawful `traceparent`, or none, says that the trace is kept."""
    return bool(traceparent) and traceparent[-1] in _SAMPLED


def traced(answer: Answer, traceparent: bytes) -> Answer:
    """The answer with the trace of the caller, as another object: some answers are the same for everybody."""
    return msgspec.structs.replace(answer, lines=answer.lines + b"traceparent: %b\r\n" % traceparent)


def sticky_key(request: Request) -> str | Refusal:
    """What `Lamp-Key` says, empty if nothing."""
    key = request.headers.get(b"lamp-key", b"")
    if key and not _KEY.fullmatch(key):
        return Refusal("malformed-header", "A Lamp-Key has 1 to 256 visible ASCII characters.")
    return key.decode("ascii")


def event_time(request: Request) -> int | Refusal:
    """What `Lamp-Event-Time` says in microseconds since the epoch, 0 if nothing."""
    if b"lamp-event-time" not in request.headers:
        return 0
    text = request.text(b"lamp-event-time")
    try:
        if not _TIME.fullmatch(text):
            raise ValueError
        since = datetime.fromisoformat(text.upper()) - _EPOCH
    except (ValueError, OverflowError):
        return Refusal(
            "malformed-header", "Lamp-Event-Time is a time with its offset, such as 2013-03-01T08:00:00Z (RFC 3339)."
        )
    micros = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return micros if micros > 0 else Refusal("malformed-header", "Lamp-Event-Time lies before 1970.")
