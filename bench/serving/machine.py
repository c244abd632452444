"""How much of this machine is at work."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Places of `idle` and `iowait` in the first line of `/proc/stat`, behind its name; see proc(5).
_IDLE = (3, 4)


class Busy:
    """The share of all cores that were at work, from 0 to 1."""

    share = 0.0


@contextmanager
def busy() -> Iterator[Busy]:
    """Fill in the share of everything on this machine, over the time of the block."""
    found, before = Busy(), _ticks()
    yield found
    spent = [after - since for after, since in zip(_ticks(), before, strict=True)]
    found.share = 1 - sum(spent[place] for place in _IDLE) / sum(spent)


def _ticks() -> list[int]:
    # Guests are counted as users too, so what stands behind `steal` would be counted twice.
    return [int(ticks) for ticks in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
