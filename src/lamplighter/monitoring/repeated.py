"""Evidence that an alarm takes where windows that overlap are looked at without end.

For one window that grows, a bound that holds at all moments together (`sequential`) is crossed without reason with
probability `alpha` at most: its inverse is a measure of evidence whose mean stays at 1. Over all windows that may have begun
by now, these measures add up to a Shiryaev-Roberts procedure, whose mean time to a false alarm at a threshold is that
threshold, in steps of time (Shin, Ramdas and Rinaldo, E-detectors, New England Journal of Statistics in Data Science 2, 2024).
One window's measure is no more than the sum, so that asking each window for evidence of `seconds` keeps the promise for the
whole scan, whatever the lengths and however often it looks, if windows begin on whole seconds and requests are independent.
"""


def alpha_of(seconds: float) -> float:
    """The `alpha` of a guard with two bounds under which false alarms of one stream are so many seconds apart on average."""
    # A guard spends half of its alpha on each side, and only the upper side makes alarms.
    return 2.0 / seconds
