"""Scores with the truth that came later, in an order of their own, so that figures do not depend on how labels arrived."""

import numpy as np

from lamplighter.domain.record import Record
from lamplighter.monitoring.arrays import FloatArray, Values, as_numbers
from lamplighter.monitoring.figure import Missing
from lamplighter.monitoring.refusals import UnequalLengths


class Outcomes(Record, frozen=True, eq=False):
    """Rows with both a score and a label, ordered by label and then by score."""

    #: 0 or 1 for a probability, a number otherwise.
    labels: FloatArray
    scores: FloatArray
    #: The decision is positive from this score on.
    threshold: float = 0.5

    @property
    def n(self) -> int:
        """Number of rows."""
        return int(self.labels.size)

    @property
    def positives(self) -> FloatArray:
        """Scores of the rows with label 1, rising."""
        return self.scores[np.searchsorted(self.labels, 1.0) :]

    @property
    def negatives(self) -> FloatArray:
        """Scores of the rows with label 0, rising."""
        return self.scores[: np.searchsorted(self.labels, 1.0)]

    def without_classes(self) -> Missing | None:
        """Why no figure for two classes can be given, or nothing if it can."""
        if self.n == 0:
            return Missing(why="No row has both a score and a label.")
        zeros, below_one = np.searchsorted(self.labels, 0.0, "right"), np.searchsorted(self.labels, 1.0)
        if self.labels[0] < 0.0 or self.labels[-1] > 1.0 or zeros < below_one:
            return Missing(why="The labels are not 0 and 1.")
        return None

    def without_probabilities(self) -> Missing | None:
        """Why no figure for probabilities can be given, or nothing if it can."""
        if self.n and (self.scores.min() < 0.0 or self.scores.max() > 1.0):
            return Missing(why="The scores are not probabilities.")
        return self.without_classes()


def outcomes(labels: Values, scores: Values, threshold: float = 0.5) -> Outcomes:
    """Pair labels and scores row by row; a row that lacks either is left out.

    Raises `UnequalLengths` and `UnreadableColumn`.
    """
    truth, given = as_numbers(labels, "label"), as_numbers(scores, "score")
    if truth.size != given.size:
        raise UnequalLengths
    both = np.isfinite(truth) & np.isfinite(given)
    truth, given = truth[both], given[both]
    if np.all((truth == 0.0) | (truth == 1.0)):
        negatives, positives = np.sort(given[truth == 0.0]), np.sort(given[truth == 1.0])
        ordered = np.repeat([0.0, 1.0], [negatives.size, positives.size])
        return Outcomes(labels=ordered, scores=np.concatenate([negatives, positives]), threshold=threshold)
    order = np.lexsort((given, truth))
    return Outcomes(labels=truth[order], scores=given[order], threshold=threshold)
