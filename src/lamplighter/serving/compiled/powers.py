"""Powers of ten as `decimal.h` multiplies with them: the first 64 bits and the exponent of two."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

#: The furthest on either side.
FURTHEST = 290
_POWER = np.dtype([("bits", np.uint64), ("exponent", np.int64)])


@cache
def powers_of_ten() -> NDArray[np.void]:
    """From `10 ** -FURTHEST` to `10 ** FURTHEST`, cut off, never rounded up."""
    return np.array([_first_bits(exponent) for exponent in range(-FURTHEST, FURTHEST + 1)], dtype=_POWER)


def _first_bits(exponent: int) -> tuple[int, int]:
    ten: int = 10 ** abs(exponent)
    if exponent < 0:
        # 2**moved / ten has 64 bits, or 65.
        moved = ten.bit_length() + 64
        found, two = (1 << moved) // ten, -moved
    else:
        found, two = ten, 0
    further = found.bit_length() - 64
    return (found >> further if further > 0 else found << -further), two + further
