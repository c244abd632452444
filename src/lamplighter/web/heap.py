"""How often the memory of the control plane is looked through for what nobody holds any more."""

import gc

#: New objects until the youngest are looked through, and looks of each generation until the next one has its turn.
_THRESHOLDS = (20_000, 20, 20)


def settle() -> None:
    """Never look again at what the start has made, and seldom at what has lived for long.

    A look at everything stops all requests for a tenth of a second on a platform of 1,000 models, and one page of them makes
    objects enough for several. What is in no cycle, and that is nearly everything, is freed at once either way.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
