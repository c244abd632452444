"""What ended a job of the platform, in the causes that decide who mends it and whether another try may help."""

from lamplighter.domain.errors import Conflict, Invalid, LampError, NotAllowed, NotFound, Unauthenticated, Unavailable
from lamplighter.domain.job import Cause, Failure


def failure_of(error: Exception, rows: int = 0) -> Failure:
    """What the end of a job says to the platform; `rows` from the start had their scores."""
    if not isinstance(error, LampError):
        cause = Cause.INFRASTRUCTURE if isinstance(error, OSError) else Cause.CODE
        return Failure(cause=cause, why=f"{type(error).__name__}; the log has the story.", rows=rows)
    return Failure(cause=_cause(error), why=f"{error.what} {error.why}", code=error.code, rows=rows)


def _cause(error: LampError) -> Cause:
    match error:
        case Unavailable():
            return Cause.INFRASTRUCTURE
        case Unauthenticated() | NotAllowed():
            return Cause.CREDENTIALS
        case Invalid() | NotFound():
            return Cause.DATA
        case Conflict(code="E1529"):
            # The table is another than the one that was begun with.
            return Cause.DATA
        case _:
            return Cause.CODE
