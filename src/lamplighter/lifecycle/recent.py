"""The last so many of something, in bounded memory, for threads that share it."""

import threading
from collections import OrderedDict


class Recent:
    """A set that forgets what was neither added nor asked for the longest."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, one: str) -> None:
        """Keep it, as the newest."""
        with self._lock:
            self._kept[one] = None
            self._kept.move_to_end(one)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def discard(self, one: str) -> None:
        """Forget it."""
        with self._lock:
            self._kept.pop(one, None)

    def __contains__(self, one: str) -> bool:
        """Whether it is kept; then it is the newest."""
        with self._lock:
            if one not in self._kept:
                return False
            self._kept.move_to_end(one)
            return True

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._kept)
