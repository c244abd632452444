"""What the reference knew of right and wrong, by cell of the score: enough to estimate a window before its labels come.

It should come from rows that the model was not trained on; a model knows its own training rows too well.
"""

from functools import cached_property

import numpy as np

from lamplighter.domain.contract import Meaning
from lamplighter.domain.record import Record
from lamplighter.monitoring.arrays import FloatArray, IntArray, Values, as_numbers
from lamplighter.monitoring.binning import NumericBins
from lamplighter.monitoring.chances import Chances
from lamplighter.monitoring.isotonic import by_block, pooled


class Truth(Record, frozen=True, eq=False, dict=True):
    """Sums by cell of the prediction's bins, in the order of the cells without the missing one.

    What every window of a version asks for is made once; nobody may write into it.
    """

    meaning: Meaning
    #: Rows with a score and a label.
    rows: IntArray
    #: Sum of the labels: positive rows, for two classes.
    labels: FloatArray
    #: Sum of the scores.
    scores: FloatArray
    #: Sums of the absolute error, of its square and of the fourth power of the error.
    errors: FloatArray
    #: The decision is positive from this score on.
    threshold: float
    #: Whether the rows were kept from the training.
    held_out: bool = False

    @cached_property
    def chances(self) -> Chances:
        """What the labels of two classes say of the chance of a row to be positive."""
        blocks = pooled(self.rows, self.labels.astype(np.int64))
        return Chances(blocks, n=by_block(blocks, self.rows), hits=by_block(blocks, self.labels))


def truth(
    bins: NumericBins, meaning: Meaning, labels: Values, scores: Values, threshold: float, *, held_out: bool
) -> Truth | None:
    """Count rows by cell of their score; nothing if no row has a label, or the labels of a probability are no classes."""
    known, given = as_numbers(labels, "label"), as_numbers(scores, "score")
    both = np.isfinite(known) & np.isfinite(given)
    known, given = known[both], given[both]
    if not known.size or (meaning is Meaning.PROBABILITY and not np.all((known == 0.0) | (known == 1.0))):
        return None
    cell = np.searchsorted(bins.edges, given, side="right")

    def summed(values: FloatArray) -> FloatArray:
        return np.asarray(np.bincount(cell, weights=values, minlength=bins.cells - 1), dtype=np.float64)

    error = np.abs(given - known)
    return Truth(
        meaning=meaning,
        rows=np.bincount(cell, minlength=bins.cells - 1).astype(np.int64),
        labels=summed(known),
        scores=summed(given),
        errors=np.stack([summed(error), summed(error**2), summed(error**4)]),
        threshold=threshold,
        held_out=held_out,
    )
