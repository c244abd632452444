"""The bytes of versions on the disk of this machine, before its processes are told of them."""

import logging
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from lamplighter.artifacts.local import Store
from lamplighter.domain.decoding import from_json
from lamplighter.domain.errors import Invalid, LampError, NotFound
from lamplighter.domain.version import Manifest
from lamplighter.sdk.interface import Platform

_log = logging.getLogger("lamplighter.node")
#: Versions that are brought at the same time.
_AT_ONCE = 4
#: Seconds after which a version is asked for again that could not be brought.
_PAUSE = 5.0


class Bringing:
    """What is here, and what is on its way. It comes beside the loop, which goes on telling that the machine is there."""

    def __init__(self, platform: Platform, environment: str, store: Store) -> None:
        self._platform, self._environment, self._store = platform, environment, store
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="brings")
        self._here: set[str] = set()
        self._coming: dict[str, Future[None]] = {}
        #: When what could not be brought is asked for again, on the steady clock.
        self._not_before: dict[str, float] = {}

    def lacking(self, versions: Iterable[str]) -> tuple[str, ...]:
        """Which of these, by digest, are not here yet; they are on their way from now on.

        What is gone or damaged there comes no more, so that it is not waited for: the processes refuse it and say so.
        """
        wanted = set(versions)
        for version in [one for one, coming in self._coming.items() if coming.done()]:
            self._end(version)
        for version in wanted - self._here - self._coming.keys():
            if time.monotonic() < self._not_before.get(version, 0.0):
                continue
            self._coming[version] = self._pool.submit(self._bring, version)
        return tuple(sorted(wanted - self._here))

    def close(self) -> None:
        """Begin nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _end(self, version: str) -> None:
        try:
            self._coming.pop(version).result()
            self._here.add(version)
        except (NotFound, Invalid) as error:
            _log.warning("version %s is gone or damaged: %s", version[:12], error)
            self._here.add(version)
        except (LampError, OSError) as error:
            _log.warning("version %s has not come, and is asked for again: %s", version[:12], error)
            self._not_before[version] = time.monotonic() + _PAUSE

    def _bring(self, version: str) -> None:
        self._take(version, version)
        for artifact in from_json(self._store.get(version), Manifest).artifacts:
            self._take(version, artifact.digest)

    def _take(self, version: str, digest: str) -> None:
        """What is damaged here comes anew; what comes damaged is refused by the store."""
        if not self._store.has(digest):
            self._store.remove(digest)
            self._store.put(digest, self._platform.node_file(self._environment, version, digest))
