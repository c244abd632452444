"""The change of a loss by slice: parts add up, the guilty slice comes first, and chance accuses nobody."""

import numpy as np
import pytest

from lamplighter.domain.slices import Slice, key_of
from lamplighter.monitoring.attribution import Losses, Share, shares

ORIGINS = ("EWR", "JFK", "LGA")
HOURS = ("morning", "noon", "evening")


def window(seed: int, rows: int = 6000, worse: dict[str, str] | None = None, more: str = "", mean: float = 0.2) -> Losses:
    """Losses of rows at three origins and three times of day; `worse` names where they are higher, `more` what is frequent."""
    random = np.random.default_rng(seed)
    weights = np.array([3.0 if name == more else 1.0 for name in ORIGINS])
    origin = random.choice(ORIGINS, rows, p=weights / weights.sum())
    hour = random.choice(HOURS, rows)
    keys = tuple(sorted(key_of({"origin": o, "hour": h}) for o in ORIGINS for h in HOURS))
    places = {key: place for place, key in enumerate(keys)}
    cells = np.array([places[key_of({"origin": o, "hour": h})] for o, h in zip(origin.tolist(), hour.tolist(), strict=True)])
    level = np.full(rows, mean) + 0.1 * (origin == "LGA")
    if worse:
        hit = np.ones(rows, dtype=bool)
        for name, value in worse.items():
            hit &= (origin if name == "origin" else hour) == value
        level = level + 0.15 * hit
    return Losses(random.exponential(level), cells, keys)


def first(found: list[Share]) -> dict[str, str]:
    return {one.column: one.value for one in found[0].part}


def test_the_parts_of_one_input_add_up_to_the_change() -> None:
    before, after = window(1), window(2, worse={"origin": "EWR"}, more="LGA")
    change = float(after.losses.mean() - before.losses.mean())
    found = [one for one in shares(before, after) if len(one.part) == 1]
    for column in ("origin", "hour"):
        parts = [one.part_of_change for one in found if one.part[0].column == column]
        assert sum(parts) == pytest.approx(change, abs=1e-12)


@pytest.mark.parametrize("worse", [{"origin": "EWR"}, {"hour": "noon"}, {"origin": "JFK", "hour": "evening"}])
def test_the_guilty_slice_comes_first(worse: dict[str, str]) -> None:
    found = shares(window(1), window(2, worse=worse))
    assert first(found) == worse
    assert found[0].p < 0.05
    change = found[0].part_of_change
    assert found[0].low < change < found[0].high


def test_a_slice_that_grows_is_found_by_its_share_of_the_rows() -> None:
    found = shares(window(1), window(2, more="LGA"))
    assert first(found) == {"origin": "LGA"}
    assert found[0].mix > abs(found[0].within)


def test_a_change_that_meets_all_alike_accuses_nobody() -> None:
    accused = [shares(window(seed), window(seed + 1000, mean=0.3))[0].p < 0.05 for seed in range(40)]
    # Holm keeps the probability of any false accusation under 5 %: 40 looks give more than six of them once in two thousand.
    assert sum(accused) <= 6


def test_a_value_that_was_never_there_is_compared_with_all_rows() -> None:
    before, after = window(1), window(2, worse={"origin": "EWR"})
    keys = tuple(key.replace("EWR", "(unseen)") for key in after.keys)
    found = shares(before, Losses(after.losses, after.cells, keys))
    assert found[0].part == (Slice(column="origin", value="(unseen)"),)
    assert found[0].rows_before == 0
    assert found[0].loss_before == pytest.approx(float(before.losses.mean()))


def test_too_few_rows_say_nothing() -> None:
    assert shares(window(1, rows=1), window(2, rows=1)) == []
    assert shares(window(1, rows=40), window(2, rows=40)) == []
