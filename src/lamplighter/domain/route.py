"""What one serving process group answers with: the whole of what it needs beside the artifacts.

Law of change: fields may be added with a default; a serving process ignores fields it does not know.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum

import msgspec

from lamplighter.domain.caller_meter import CallerMeter
from lamplighter.domain.durability import Durability
from lamplighter.domain.expiry import Expiry
from lamplighter.domain.farewell import Farewell, Gone
from lamplighter.domain.log import Log
from lamplighter.domain.outage import Outage
from lamplighter.domain.paired import Paired, added
from lamplighter.domain.record import Record
from lamplighter.domain.sandbox import Sandbox
from lamplighter.domain.version import Badge


class Arm(StrEnum):
    """Which part of the traffic a version has."""

    #: The version that answers.
    CHAMPION = "champion"
    #: The version that answers a share of the traffic while it is on trial.
    CHALLENGER = "challenger"
    #: The version that scores the same rows without answering.
    SHADOW = "shadow"
    #: What was declared for an outage answers in place of a version that failed.
    FALLBACK = "fallback"


class Served(Record, frozen=True):
    """A version in a route."""

    number: int
    #: Digest of the manifest; checked against its bytes when loaded.
    digest: str


class ModelRoute(Record, frozen=True):
    """Who answers for one model."""

    model: str
    champion: Served
    challenger: Served | None = None
    #: Share of the requests that the challenger answers, from 0 to 1; 0 means loaded and waiting.
    share: float = 0.0
    #: A version that scores the same rows and is recorded, never answered with.
    shadow: Served | None = None
    #: Since when it scores along, microseconds since the epoch.
    shadow_since: int = 0
    #: The version a rollback returns to; kept loaded so that the way back is only a pointer.
    previous: Served | None = None
    #: Input whose value decides between champion and challenger where the caller sends no key; empty for none.
    sticky: str = ""
    #: When a prediction counts as kept.
    durability: Durability = Durability.DURABLE
    #: When the champion may not answer any more; nothing if it may for ever.
    expiry: Expiry | None = None
    #: What answers when the champion fails; nothing if its failure is told.
    outage: Outage | None = None
    #: The version that answers then, where the outage says `version`.
    fallback: Served | None = None
    #: What of the requests is written down.
    log: Log = Log()
    #: Badges of the artifacts that may be opened, as the rule book has it.
    formats: tuple[Badge, ...] = tuple(Badge)
    #: What every answer says of the model's end; nothing where none is announced.
    farewell: Farewell | None = None
    #: Since when the model is switched off, microseconds since the epoch; 0 if it is not.
    off_since: int = 0

    def versions(self) -> tuple[Served, ...]:
        """Every version that has to be loaded, the champion first."""
        parts = (self.champion, self.challenger, self.shadow, self.previous, self.fallback)
        return tuple(dict.fromkeys(part for part in parts if part is not None))

    def without(self, lacking: Collection[str]) -> "ModelRoute":
        """The same, but for versions with these digests beside the one that answers."""
        beside = {name: getattr(self, name) for name in ("challenger", "shadow", "previous", "fallback")}
        gone = {name: None for name, part in beside.items() if part is not None and part.digest in lacking}
        return msgspec.structs.replace(self, **gone, **({"share": 0.0} if "challenger" in gone else {}))


class Route(Record, frozen=True):
    """Every model of one environment."""

    environment: str
    #: Grows by one with every change; workers report the one they have adopted.
    revision: int
    models: tuple[ModelRoute, ...] = ()
    #: Models that were retired after they had answered here.
    gone: tuple[Gone, ...] = ()


class Credential(Record, frozen=True):
    """A token that may ask for predictions, as its hash."""

    #: SHA-256 of the token, hexadecimal.
    token_digest: str
    #: The consumer or person behind it.
    holder: str
    #: Models it may call; empty means all of the environment.
    models: tuple[str, ...] = ()
    #: Microseconds since the epoch, UTC.
    expires_at: int = 0
    #: Whether it may ask for the outage answer while the version is well.
    drills: bool = False


class Credentials(Record, frozen=True):
    """Who may call an environment: the snapshot that serving keeps beside its route."""

    tokens: tuple[Credential, ...] = ()


def takes_challenger(route: ModelRoute, key: str) -> bool:
    """Whether the challenger answers for this key. The same key always gives the same answer at the same share, and a key
    that has moved to the challenger stays there while the share grows."""
    if route.challenger is None or route.share <= 0.0:
        return False
    bucket = int.from_bytes(hashlib.blake2b(f"{route.model}\x00{key}".encode(), digest_size=8).digest(), "big")
    return bucket < route.share * 2**64


class ArmMeter(Record, frozen=True):
    """What one worker has counted for one version in one arm since it started."""

    model: str
    number: int
    digest: str
    arm: Arm
    #: Requests scored or tried.
    requests: int = 0
    #: Rows scored.
    rows: int = 0
    #: Requests the version itself failed: it raised, died, timed out or gave an answer that is no number.
    failures: int = 0
    #: Requests per latency bucket; the bounds are `LATENCY_BOUNDS`, the last bucket is open.
    latencies: tuple[int, ...] = ()
    #: Sum of the latencies, seconds.
    seconds: float = 0.0
    #: Requests that a shadow left out because too many were waiting.
    dropped: int = 0


#: Upper bounds of the latency buckets, seconds.
LATENCY_BOUNDS: tuple[float, ...] = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Condition(Record, frozen=True):
    """How a version does that has processes of its own, as one worker sees it."""

    digest: str
    #: How closed the processes are: `full`, `partial` or `none`.
    sandbox: str
    #: Why it is not started any more; empty if it is.
    quarantine: str = ""
    #: How many of its processes ended, by cause.
    deaths: Mapping[str, int] = {}


def latency_bucket(seconds: float) -> int:
    """Place of a latency among the buckets of `LATENCY_BOUNDS`."""
    return bisect_left(LATENCY_BOUNDS, seconds)


class WorkerReport(Record, frozen=True):
    """What a serving worker says of itself, in a file beside its route."""

    pid: int
    slot: int
    #: When the worker started, microseconds since the epoch; counters start again when it changes.
    started_at: int
    #: When this was written.
    written_at: int
    #: Revision of the route it answers by.
    revision: int
    #: Digests of the versions that are loaded and verified.
    loaded: tuple[str, ...] = ()
    #: Why a version could not be loaded, by digest.
    refused: dict[str, str] = {}
    #: Digests of the versions that are being loaded.
    loading: tuple[str, ...] = ()
    #: Seconds that loading took the last time, in this process or one that had its slot before, by digest.
    load_seconds: dict[str, float] = {}
    #: Requests refused because of the caller (4xx).
    refused_requests: int = 0
    #: Requests that were answered with an error of ours (5xx).
    failed_requests: int = 0
    #: Of these, requests refused because the worker had as many in work as it takes, by model.
    turned_away: dict[str, int] = {}
    meters: tuple[ArmMeter, ...] = ()
    #: The versions that have processes of their own.
    conditions: tuple[Condition, ...] = ()
    #: What shadows scored beside the versions that answered.
    pairs: tuple[Paired, ...] = ()
    #: How closed processes of versions are on its machine; nothing while that is not tested.
    sandbox: Sandbox | None = None
    #: What was answered to whom.
    callers: tuple[CallerMeter, ...] = ()


class WorkerPast(Record, frozen=True):
    """Counters of the processes that had a slot before, in a file beside the report of the one that has it."""

    #: Start of the last process whose counters are in here, so that none is added twice.
    started_at: int = 0
    meters: tuple[ArmMeter, ...] = ()
    pairs: tuple[Paired, ...] = ()
    callers: tuple[CallerMeter, ...] = ()


def compared(reports: Sequence[WorkerReport], pasts: Sequence[WorkerPast]) -> tuple[Paired, ...]:
    """What shadows have scored in all processes that are and were. While a process begins, the counters of the one before
    are in its past and in its report; they count once."""
    counted = {past.started_at for past in pasts}
    fresh = [pair for report in reports if report.started_at not in counted for pair in report.pairs]
    return added([*fresh, *(pair for past in pasts for pair in past.pairs)])
