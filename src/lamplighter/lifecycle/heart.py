"""What a loop beats with, so that others can see that it goes on."""

from lamplighter.domain.heartbeat import Heartbeat, Loop
from lamplighter.lifecycle.kit import Kit

#: Seconds between two beats that are kept.
_KEPT = 5.0


class Heart:
    """The beats of one loop of this process."""

    def __init__(self, kit: Kit, loop: Loop) -> None:
        self._kit = kit
        #: The last beat. Until the loop begins, the moment in which it was made ready.
        self.last = Heartbeat(loop=loop, at=kit.clock.now())
        self._keep_at = float("-inf")

    def beat(self) -> None:
        """Say that the loop goes on. A beat that the store does not take is none: whoever asks elsewhere would not see it."""
        now, elapsed = Heartbeat(loop=self.last.loop, at=self._kit.clock.now()), self._kit.clock.elapsed()
        if elapsed >= self._keep_at:
            with self._kit.store.transaction() as change:
                change.heartbeats.beat(now)
            self._keep_at = elapsed + _KEPT
        self.last = now
