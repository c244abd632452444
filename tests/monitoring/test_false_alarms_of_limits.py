"""What a limit that people set is said to cost in false alarms: a model that stands exactly at it, window by window."""

import numpy as np
import pytest

from lamplighter.domain.false_alarms import looks, of_quality
from lamplighter.domain.monitor_plan import Monitor
from lamplighter.measures import quality_measure
from lamplighter.monitoring.figure import Figure
from lamplighter.monitoring.limits import Crossing, crossed
from lamplighter.monitoring.outcomes import Outcomes, outcomes

WINDOWS, ROWS = 2_000, 500


def drawn(random: np.random.Generator, rows: int) -> Outcomes:
    """Rows of one model whose scores mean what they say."""
    scores = random.beta(1.0, 3.0, rows)
    return outcomes((random.random(rows) < scores).astype(np.float64), scores, 0.3)


@pytest.mark.parametrize("name", ["brier", "auc", "log_loss", "precision", "recall"])
def test_windows_at_the_limit_alarm_as_often_as_is_said(name: str) -> None:
    random, measure = np.random.default_rng(11), quality_measure(name)
    truth = measure.measure(drawn(random, 1_000_000))
    assert isinstance(truth, Figure)
    beyond = [crossed(measure.measure(drawn(random, ROWS)), truth.value, measure.direction) for _ in range(WINDOWS)]
    said = of_quality(Monitor()) / looks(Monitor())
    # Three standard errors of the drawing itself.
    assert beyond.count(Crossing.YES) / WINDOWS <= said + 3.0 * np.sqrt(said * (1.0 - said) / WINDOWS)
    assert beyond.count(Crossing.YES) > 0
