"""How soon something is done again: what takes long waits as long as it took, so that others have their turn."""

#: The part of the time that one thing may take.
SHARE = 0.5
#: What takes no longer than this, seconds, is done as often as it is asked for.
_QUICK = 0.2


class Pace:
    """Remembers what took how long. Forgetting it costs nothing but one repetition too early."""

    def __init__(self) -> None:
        self._due: dict[object, float] = {}

    def due(self, key: object, now: float) -> bool:
        """Whether it is time again; `now` is in seconds on a clock that never jumps back."""
        return now >= self._due.get(key, now)

    def took(self, key: object, seconds: float, now: float) -> None:
        """Say how long it took."""
        if seconds > _QUICK:
            self._due[key] = now + seconds / SHARE
        else:
            self._due.pop(key, None)
