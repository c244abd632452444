"""What a loop does in spite of whatever one part of it meets."""

import logging
from collections.abc import Callable

_log = logging.getLogger("lamplighter.reconciler")


def guarded(part: Callable[[], object]) -> bool:
    """Do it; whether it came to its end. What failed is logged, and tried again at the next look."""
    try:
        part()
    except Exception:  # the loop must survive whatever one part meets
        _log.exception("a step of the reconciler failed; it is tried again")
        return False
    return True
