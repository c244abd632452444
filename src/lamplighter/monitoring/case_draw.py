"""Which rows people are asked about: drawn by a seed, so that nobody chooses them and everybody can draw them again.

A third each is of the rows near the decision boundary, of those that the version gets wrong, and of the rest; of the rest a
half is of the slice in which it is wrong most often, and the others come from slice to slice in turn. What one part lacks the
last one gives.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from lamplighter.domain.case_pool import Drawn, Pool
from lamplighter.domain.contract import Meaning, Output
from lamplighter.monitoring.intervals import wilson

#: Rows of a slice that can be told to be the riskiest.
_LEAST = 10


def draw(pool: Pool, output: Output, threshold: float, cases: int, by: Sequence[str], seed: int) -> tuple[Drawn, ...]:
    """So many rows of the pool, in the order in which they are asked, the same for the same seed. Fewer where it has fewer."""
    chance = random.Random(seed)  # noqa: S311  the seed is told, so that the draw can be repeated
    places = list(range(len(pool.rows)))
    chance.shuffle(places)
    slices = _slices(pool, by, places)
    wrong = _wrong(pool, output, threshold)
    third, found = cases // 3, dict[int, str]()
    if output.meaning is not Meaning.NUMBER:
        # Drawn among three times as many, so that it is not always the same few.
        near = set(sorted(places, key=lambda place: abs(pool.scores[place] - threshold))[: 3 * third])
        _take(found, [place for place in places if place in near], third, "boundary")
    _take(found, [place for place in places if place in wrong], third, "failure")
    _take(found, slices.get(_riskiest(slices, wrong), []), (cases - len(found)) // 2, "riskiest slice")
    _take(
        found,
        _in_turn([place for place in part if place not in found] for part in slices.values()),
        cases - len(found),
        "slice",
    )
    _take(found, places, cases - len(found), "any row")
    drawn = [Drawn(place=place, origin=origin) for place, origin in found.items()]
    chance.shuffle(drawn)
    return tuple(drawn)


def _take(found: dict[int, str], places: Iterable[int], most: int, origin: str) -> None:
    left = most
    for place in places:
        if left <= 0:
            return
        if place not in found:
            found[place] = origin
            left -= 1


def _wrong(pool: Pool, output: Output, threshold: float) -> set[int]:
    """Rows in which the version decides otherwise than it happened; of numbers the tenth that is furthest off."""
    rows = list(zip(pool.scores, pool.labels, strict=True))
    if output.meaning is not Meaning.NUMBER:
        return {place for place, (score, label) in enumerate(rows) if (score >= threshold) != (label >= 0.5)}
    far = sorted(range(len(rows)), key=lambda place: -abs(rows[place][0] - rows[place][1]))
    return set(far[: len(far) // 10])


def _slices(pool: Pool, by: Sequence[str], places: Sequence[int]) -> Mapping[str, list[int]]:
    """Rows by the values of these inputs, each in the order of `places`."""
    found: dict[str, list[int]] = defaultdict(list)
    for name in by:
        column = pool.names.index(name)
        for place in places:
            found[f"{name}={pool.rows[place][column]}"].append(place)
    return found


def _riskiest(slices: Mapping[str, Sequence[int]], wrong: set[int]) -> str:
    """The slice whose share of wrong rows is high for certain: by the lower end of Wilson's interval. Empty without any."""
    shares = {part: wilson(len(wrong.intersection(rows)), len(rows))[0] for part, rows in slices.items() if len(rows) >= _LEAST}
    return max(shares, key=lambda part: (shares[part], part), default="")


def _in_turn(parts: Iterable[Sequence[int]]) -> Iterable[int]:
    """The first of each part, then the second of each."""
    rows = [list(part) for part in parts]
    for turn in range(max((len(part) for part in rows), default=0)):
        yield from (part[turn] for part in rows if turn < len(part))
