"""A quick rule by hand: rain, poor sight and the rush at the arrival gates. Its table ends at ten in the evening."""

import math
from typing import Any

from lamplighter.packaging.predictor import predictor

#: Influence of the rush at the hour of arrival, from five in the morning on.
RUSH = (-0.9, -0.9, -0.7, -0.5, -0.4, -0.3, -0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.5, 0.5)
FIRST_HOUR = 5


@predictor(classes=("0", "1"))
def predict(rows: Any) -> Any:
    """The probability that each flight is late."""
    return [_one(*values) for values in zip(rows["hour"], rows["distance"], rows["precip"], rows["visib"], strict=True)]


def arrival_hour(hour: float, distance: float) -> int:
    """About when it lands: half an hour on the ground, 500 miles an hour in the air."""
    return int(hour + 0.5 + distance / 500.0)


def _one(hour: float, distance: float, precip: float, visib: float) -> float:
    rain = 0.0 if math.isnan(precip) else min(precip, 0.5)
    fog = 0.0 if math.isnan(visib) else 10.0 - visib
    rush = RUSH[arrival_hour(hour, distance) - FIRST_HOUR]
    return 1.0 / (1.0 + math.exp(1.25 - rush - 1.5 * rain - 0.09 * fog))
