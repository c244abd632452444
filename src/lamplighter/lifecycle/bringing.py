"""The bytes of versions on the disk that serving reads, before a route names them.

They come beside the loops: a store may be far away, or away altogether, and nobody's outage waits for it.
"""

import logging
import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait

from lamplighter.artifacts.base import Stock
from lamplighter.domain.decoding import from_json
from lamplighter.domain.errors import Invalid, LampError, NotFound
from lamplighter.domain.version import Manifest
from lamplighter.lifecycle.clock import Clock

_log = logging.getLogger("lamplighter.reconciler")
#: Versions that are brought at the same time.
_AT_ONCE = 4
#: Seconds after which a version is asked for again that could not be brought.
_PAUSE = 5.0


class Bringing:
    """What this process knows to be on the disk, and what is on its way."""

    def __init__(self, artifacts: Stock, clock: Clock) -> None:
        self._artifacts = artifacts
        self._clock = clock
        self._lock = threading.Lock()
        self._here: set[str] = set()
        self._coming: dict[str, Future[None]] = {}
        self._not_before: dict[str, float] = {}
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="brings")
        #: What each environment's route names and the disk did not have when it was written, by environment.
        self.awaited: dict[str, list[str]] = {}

    def lacking(self, versions: Iterable[str], patience: float = 0.0) -> list[str]:
        """Which of these, by digest, are not on the disk yet; they are on their way from now on. What is gone from the store
        or damaged there comes no more, so that it is not waited for: serving refuses it and says so."""
        wanted = set(versions)
        with self._lock:
            coming = [self._ask(digest) for digest in wanted - self._here if self._is_due(digest)]
        wait(coming, patience)
        with self._lock:
            return sorted(wanted - self._here)

    def bring(self, version: str) -> None:
        """Have a version here before going on; raises `Unavailable` where the store is away."""
        if version not in self._here:
            self._bring(version)

    def close(self) -> None:
        """Begin nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _is_due(self, digest: str) -> bool:
        return digest in self._coming or self._clock.elapsed() >= self._not_before.get(digest, 0.0)

    def _ask(self, digest: str) -> Future[None]:
        if digest not in self._coming:
            self._coming[digest] = self._pool.submit(self._try, digest)
        return self._coming[digest]

    def _try(self, digest: str) -> None:
        try:
            self._bring(digest)
        except (LampError, OSError):
            _log.exception("version %s could not be brought to this disk; it is tried again", digest[:12])
        with self._lock:
            self._not_before[digest] = self._clock.elapsed() + _PAUSE
            del self._coming[digest]

    def _bring(self, version: str) -> None:
        try:
            self._artifacts.bring(version)
            for artifact in from_json(self._artifacts.get(version), Manifest).artifacts:
                self._artifacts.bring(artifact.digest)
        except (NotFound, Invalid):
            _log.warning("bytes of version %s are gone or damaged", version[:12])
        with self._lock:
            self._here.add(version)
