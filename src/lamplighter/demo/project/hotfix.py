"""A quick rule by hand: late in the day, rain and poor sight. It knows the temperatures of one winter only."""

import math
from typing import Any

from lamplighter.packaging.predictor import predictor

#: Influence of heat on the aprons, for each eight degrees Fahrenheit from 12 up.
HEAT = (0.10, 0.08, 0.05, 0.00, -0.05, -0.05, 0.00, 0.02, 0.05)


@predictor(classes=("0", "1"))
def predict(rows: Any) -> Any:
    """The probability that each flight is late."""
    return [_one(*values) for values in zip(rows["hour"], rows["precip"], rows["visib"], rows["temp"], strict=True)]


def _one(hour: float, precip: float, visib: float, temp: float) -> float:
    rain = 0.0 if math.isnan(precip) else min(precip, 0.5)
    fog = 0.0 if math.isnan(visib) else 10.0 - visib
    heat = 0.0 if math.isnan(temp) else HEAT[max(0, int((temp - 12.0) // 8.0))]
    return 1.0 / (1.0 + math.exp(2.6 - 0.085 * hour - 1.5 * rain - 0.09 * fog - heat))
