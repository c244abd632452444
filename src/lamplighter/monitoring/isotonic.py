"""Rates that never fall while the score rises."""

import numpy as np

from lamplighter.monitoring.arrays import FloatArray, IntArray


def pooled(rows: IntArray, positives: IntArray) -> IntArray:
    """The block of each cell, numbered from 0: cells are joined until the rates of the blocks rise.

    Pool-adjacent-violators (Ayer, Brunk, Ewing, Reid and Silverman, Annals of Mathematical Statistics 26, 1955). A cell without
    rows joins the block before it, or the first.
    """
    blocks: list[list[int]] = []
    for cell, (n, hits) in enumerate(zip(rows.tolist(), positives.tolist(), strict=True)):
        blocks.append([n, hits, cell])
        while len(blocks) > 1 and _falls(blocks[-2], blocks[-1]):
            n, hits, _ = blocks.pop()
            blocks[-1][0] += n
            blocks[-1][1] += hits
    firsts = np.array([block[2] for block in blocks], dtype=np.int64)
    return np.searchsorted(firsts, np.arange(rows.size), side="right") - 1


def _falls(before: list[int], after: list[int]) -> bool:
    """Whether the later rate is no higher; without rows on one side there is nothing to tell the two apart."""
    return after[0] == 0 or before[0] == 0 or before[1] * after[0] >= after[1] * before[0]


def by_block(blocks: IntArray, values: FloatArray | IntArray) -> FloatArray:
    """The sum of the values of each block."""
    return np.asarray(np.bincount(blocks, weights=values, minlength=int(blocks[-1]) + 1), dtype=np.float64)
