"""When something that is done again and again is due."""

from lamplighter.lifecycle.clock import Clock


class Turn:
    """It is due at once, and then whenever the pause that was last asked for is over."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at = float("-inf")

    @property
    def due(self) -> bool:
        """Whether the pause is over."""
        return self._clock.elapsed() >= self._at

    def pause(self, seconds: float) -> None:
        """Be due again after so long, from now."""
        self._at = self._clock.elapsed() + seconds
