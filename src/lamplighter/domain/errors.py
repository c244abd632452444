"""The kinds of refusal that leave a verb. A leaf lives beside what raises it and holds its facts."""

import re
from typing import Self

#: A refusal at the end of a text.
_WRITTEN = re.compile(r"^(?P<what>.+) \((?P<code>E\d{4})\)\n  Why   (?P<why>.+)\n  Fix   (?P<fix>.+)\s*\Z", re.MULTILINE)


class LampError(Exception):
    """Something was refused or went wrong: what, why, and what to do about it. Never holds a caller's data."""

    #: Stable code of the error page, `E` and four digits.
    code = "E1000"

    def __init__(self, what: str, *, why: str, fix: str, code: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.fix = fix
        if code is not None:
            self.code = code

    @classmethod
    def last_in(cls, text: str) -> Self | None:
        """The refusal with which a text ends, as `str` writes one; nothing if it ends with something else."""
        found = _WRITTEN.search(text)
        return cls(found["what"], why=found["why"], fix=found["fix"], code=found["code"]) if found else None

    def __str__(self) -> str:
        return f"{self.what} ({self.code})\n  Why   {self.why}\n  Fix   {self.fix}"

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the refusal, and not the calls that led to it."""
        return str(self).splitlines()


class Invalid(LampError):
    """The input has the wrong form or a value that cannot be."""

    code = "E1100"


class NotFound(LampError):
    """The thing named does not exist, or may not be seen by the caller."""

    code = "E1200"


class NotAllowed(LampError):
    """The caller is known but may not do this."""

    code = "E1300"


class Unauthenticated(LampError):
    """The caller is not known."""

    code = "E1310"


class Blocked(LampError):
    """A check, a gate or the policy says no; waiting for people counts as no."""

    code = "E1400"


class Conflict(LampError):
    """Somebody else changed it first, or the thing is in a state from which this move does not exist."""

    code = "E1500"


class TimedOut(LampError):
    """The wait ended before the operation did; the operation continues."""

    code = "E1600"


class Unavailable(LampError):
    """Something this needs cannot be reached or is busy; trying again later is sensible."""

    code = "E1700"
