"""Which version answered when: a ribbon under the time axis of a plot, on the same scale."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from markupsafe import Markup

from lamplighter.web import times
from lamplighter.web.plots.scale import WIDTH, across


class Stretch(NamedTuple):
    """A version for as long as it answered, in microseconds."""

    start: int
    end: int
    number: int
    #: Colour of the style sheet, from 1.
    slot: int
    #: Whether it came by a way back.
    back: bool = False

    @property
    def name(self) -> str:
        """As it stands on the ribbon."""
        return f"↩ v{self.number}" if self.back else f"v{self.number}"


def ribbon(stretches: Iterable[Stretch], start: int, end: int) -> Markup:
    """The part of the stretches that lies in this time; nothing where none does, or the time has no length."""
    seen = [one for one in stretches if one.start < end and one.end > start]
    if not seen or end <= start:
        return Markup("")
    parts = Markup("").join(_stretch(one, start, end) for one in seen)
    return Markup('<svg class="ribbon" role="img" aria-label="{}">{}</svg>').format(told(seen, start), parts)


def told(stretches: Sequence[Stretch], start: int) -> str:
    """The same in words: `v1 at first, v2 from 12 Jul, back to v1 from 3 Aug`."""
    parts = []
    for one in stretches:
        name = f"back to v{one.number}" if one.back else f"v{one.number}"
        parts.append(f"{name} at first" if one.start <= start else f"{name} from {times.day(one.start)}")
    return ", ".join(parts)


def _stretch(one: Stretch, start: int, end: int) -> Markup:
    left, right = (across(min(max(place, start), end), start, end) / WIDTH * 100 for place in (one.start, one.end))
    note = f"{one.name}, {times.minute(one.start)} to {times.minute(one.end)}"
    return Markup(
        '<svg x="{:.2f}%" width="{:.2f}%" class="series-{}" aria-hidden="true"><title>{}</title>'
        '<rect class="band" width="100%" height="20"/>'
        '<rect class="edge" width="2" height="20"/><text x="6" y="14">{}</text></svg>'
    ).format(left, right - left, one.slot, note, one.name)
