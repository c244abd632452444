"""What a command has asked of the platform, so that an interrupted one can say what may have happened."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:  # the interface loads every noun, which help does not need
    from lamplighter.sdk.interface import Platform


def noting(platform: "Platform", note: Callable[[str], None]) -> "Platform":
    """The same platform; `note` is told the name of every deed, in words, before it is asked for. Questions are not noted."""
    return cast("Platform", _Noted(platform, note))


class _Noted:
    def __init__(self, platform: "Platform", note: Callable[[str], None]) -> None:
        self._platform, self._note = platform, note

    def __getattr__(self, name: str) -> Any:
        from lamplighter.sdk.interface import DOORS

        door = DOORS.get(name)
        if door is not None and door.method != "GET":
            self._note(name.replace("_", " "))
        return getattr(self._platform, name)
