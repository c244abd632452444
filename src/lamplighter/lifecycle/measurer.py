"""What is measured: figures of whole windows, rows that are old enough to go, and what is told once a week.

What sets off trainings is looked at here too: new rows with labels are counted for it.
"""

from lamplighter.lifecycle import discarding, triggers, watching, weekly
from lamplighter.lifecycle.guarding import guarded
from lamplighter.lifecycle.heart import Heart
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.pace import Pace
from lamplighter.lifecycle.turn import Turn

#: Seconds between two measurements of windows.
_GATHER = 1.0
#: Seconds between two looks at what sets off trainings.
_TRIGGER = 15.0
#: Seconds between two looks at labels that wait for their prediction.
_CLAIM = 60.0
#: Seconds between two looks whether the week is to be told.
_POST = 60.0
#: Seconds for which rows are dropped at once, and between two looks where none was old enough.
_DISCARD, _LEFT = 0.2, 60.0


class Measurer:
    """Measures what is due. Figures of a million rows take seconds, and nobody's outage waits for them."""

    def __init__(self, kit: Kit, heart: Heart) -> None:
        self._kit, self._heart, self._pace = kit, heart, Pace()
        self._measuring, self._claiming, self._triggering = Turn(kit.clock), Turn(kit.clock), Turn(kit.clock)
        self._discarding, self._posting = Turn(kit.clock), Turn(kit.clock)

    def look(self) -> None:
        """Measure once. A part that fails is logged and tried again at the next look."""
        guarded(self._measure)
        guarded(self._trigger)
        guarded(self._discard)
        guarded(self._post)

    def _measure(self) -> None:
        """Figures of whole windows: many rows are read for each, so what changed is gathered for a while."""
        if not self._measuring.due:
            return
        for step in watching.steps(self._kit, self._pace):
            # A model that cannot be measured keeps no other back.
            if guarded(step):
                self._heart.beat()
        self._measuring.pause(_GATHER)
        if self._claiming.due:
            watching.claim_labels(self._kit)
            self._claiming.pause(_CLAIM)
        self._heart.beat()

    def _trigger(self) -> None:
        """Set off the trainings that are due."""
        if self._triggering.due:
            self._triggering.pause(_TRIGGER)
            triggers.look(self._kit)

    def _discard(self) -> None:
        """Rows that are old enough, for a moment at a time: a day that is closed is read as a whole."""
        if self._discarding.due and not discarding.discard(self._kit, _DISCARD):
            self._discarding.pause(_LEFT)

    def _post(self) -> None:
        """What people read once a week; it is counted over many rows, and nobody waits for it."""
        if self._posting.due:
            self._posting.pause(_POST)
            weekly.post(self._kit)
