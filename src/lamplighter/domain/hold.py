"""What holds rollouts by the calendar: a freeze, or hours outside the windows. Pure: the rules and the clock are handed in."""

from collections.abc import Sequence

from lamplighter.domain import freeze as freezes
from lamplighter.domain import hours as weeks
from lamplighter.domain.freeze import Freeze
from lamplighter.domain.hours import read_hours
from lamplighter.domain.record import Record

#: Freezes and gaps between windows that one wait goes through at most; beyond that no end is in sight.
_MOST = 200


class Hold(Record, frozen=True):
    """Why rollouts do not go on now, and until when."""

    #: Which rule: `freeze year-end`, or `window Mon-Thu 09:00-16:00 Europe/Paris`.
    rule: str
    why: str
    #: When they may go on, microseconds since the epoch, UTC; 0 where no end is in sight.
    until: int
    #: Whether it is a rule of the calendar, which an emergency passes.
    by_calendar: bool = True


def hold_of(frozen: Sequence[Freeze], windows: Sequence[Sequence[str]], now: int) -> Hold | None:
    """What holds rollouts now, if anything does: a freeze first, then windows. Of each of `windows` one has to be open."""
    held = _held(frozen, windows, now)
    if held is None:
        return None
    rule, why, until = held
    for _ in range(_MOST):
        further = _held(frozen, windows, until)
        if further is None:
            return Hold(rule=rule, why=why, until=until)
        until = further[2]
    return Hold(rule=rule, why=why, until=0)


def _held(frozen: Sequence[Freeze], windows: Sequence[Sequence[str]], now: int) -> tuple[str, str, int] | None:
    """The rule, the reason, and when this rule lets go."""
    for freeze in frozen:
        for begin, end in freezes.spans(freeze, now):
            if begin <= now < end:
                return f"freeze {freeze.name}", freeze.why, end
    for group in windows:
        found = [span for text in group for span in weeks.spans(read_hours(text), now)]
        if group and not any(begin <= now < end for begin, end in found):
            rule = f"window {' or '.join(group)}"
            return rule, "Versions go on in these hours only.", min(begin for begin, _ in found if begin > now)
    return None
