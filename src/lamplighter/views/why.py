"""The answer to why it got worse. Figures that go together, no causes."""

from lamplighter.domain.record import Record


class InputMoved(Record, frozen=True):
    """One input."""

    column: str
    #: The distance between both windows, and the limit that it is held against.
    distance: float
    limit: float
    moved: bool
    #: How much it moves the answers, in parts of the most important input; 1 for all where that is not known.
    importance: float
    #: Importance times s / (1 + s), for a distance of s times its limit.
    impact: float
    #: Whether it moved and can have changed the answers.
    matters: bool


class SliceShare(Record, frozen=True):
    """What one slice has to do with the extra loss."""

    #: Such as `origin=EWR`, or two of these with a comma.
    slice: str
    rows: int
    rows_before: int
    #: Mean losses of its rows.
    loss: float
    loss_before: float
    #: Its share of the extra loss, 1 for all of it, with an interval that holds for all slices at once. Slices of different
    #: inputs overlap: their shares do not add up.
    share: float
    low: float
    high: float
    #: The part of the share that is there because its rows lose more; the rest, because there are more of them.
    within: float
    #: Of chance, adjusted for the number of slices.
    p: float
    #: Whether it lost more than the rest, beyond chance.
    stands_out: bool


class Why(Record, frozen=True):
    """The answer for the newest bad window."""

    model: str
    environment: str
    number: int
    #: The measure that is watched, and how its mean loss is called.
    measure: str
    loss_name: str
    #: What the figures say, in one paragraph.
    sentence: str
    #: Since when windows are bad; 0 if none is.
    since: int
    #: The window that is explained, and the one that it is compared with: 0 for what the scores promised.
    start: int
    end: int
    base_start: int
    base_end: int
    #: Version of the window that it is compared with.
    base_number: int
    value: float
    value_before: float | None
    loss: float
    loss_before: float | None
    rows: int
    #: Mean score and mean label.
    said: float
    came: float
    slices: tuple[SliceShare, ...]
    inputs: tuple[InputMoved, ...]
