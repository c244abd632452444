"""A model that raises at a delay that no train has."""

from typing import Any

import numpy as np

import lamplighter


@lamplighter.predictor(classes=("on time", "late"))
def probability(table: Any) -> Any:
    """The later the last stop, the likelier; a delay of a thousand and more is no train."""
    if (table["delay"] >= 1000.0).any():
        raise ValueError
    return 1.0 / (1.0 + np.exp(5.0 - table["delay"]))
