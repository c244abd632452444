"""How often commands that wait for a token ask for it, in bounded memory: asking too often costs the database nothing."""

import threading
from collections import OrderedDict

from lamplighter.domain.device_sign_in import INTERVAL

#: Commands that are remembered, seconds by which a question may come early, and seconds that each early one adds.
_MOST, _EARLY, _MORE = 8_192, 0.5, 5.0


class Polls:
    """When each command asked last, and how long it has to wait now (RFC 8628, 3.5); after a start it knows of none."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def too_soon(self, command: str, now: float) -> bool:
        """Whether a command that was seen before asks again too soon; then its interval is longer from now on.

        `now` in seconds of a clock that never jumps back.
        """
        with self._lock:
            if command not in self._known:
                return False
            last, interval = self._known[command]
            early = now - last < interval - _EARLY
            self._known[command] = (now, interval + _MORE if early else interval)
            return early

    def seen(self, command: str, now: float) -> None:
        """Remember a command that is known to wait."""
        with self._lock:
            self._known.setdefault(command, (now, float(INTERVAL)))
            if len(self._known) > _MOST:
                self._known.popitem(last=False)

    def forget(self, command: str) -> None:
        """It waits no longer."""
        with self._lock:
            self._known.pop(command, None)
