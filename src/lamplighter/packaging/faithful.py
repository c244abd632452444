"""Whether the typed table of the contract means to the model what the sample itself means."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lamplighter.domain.contract import Meaning
from lamplighter.domain.errors import Invalid
from lamplighter.packaging.sources.base import Captured
from lamplighter.serving.worker.scorers import Scorer

#: Rows compared at most.
ROWS = 1_000
_TOLERANCE = 1e-7


def check(captured: Captured, table: Any, columns: Mapping[str, Sequence[Any]], truth: Scorer) -> int:
    """Rows on which the model scores the sample as it was handed over like the typed columns; 0 if it cannot take it as it is.

    Raises `Invalid` if the scores differ: what a caller sends would then be scored otherwise than in training.
    """
    asked = _as_it_is(captured, table)
    if asked is None:
        return 0
    rows = {name: values[:ROWS] for name, values in columns.items()}
    count = len(next(iter(rows.values())))
    typed = np.array(truth(rows, count))
    if asked.shape != typed.shape:
        return 0
    distance = float(np.max(np.abs(asked - typed) / np.maximum(1.0, np.abs(asked))))
    if distance > _TOLERANCE:
        raise Invalid(
            "The model scores the sample otherwise than the same values sent by a caller.",
            why=f"The largest difference is {distance:.2g}: the sample has types or marks for missing values that a request"
            " does not have.",
            fix="Train on plain numbers and texts with not-a-number for missing values, and hand over a sample like that.",
            code="E1157",
        )
    return count


def _as_it_is(captured: Captured, table: Any) -> Any:
    model = captured.model
    method = getattr(model, "predict_proba" if captured.output.meaning is Meaning.PROBABILITY else "predict", None)
    if not hasattr(model, "feature_names_in_") or method is None or not hasattr(table, "columns"):
        return None
    try:
        answer = np.asarray(method(table[list(captured.inputs or table.columns)][:ROWS]), dtype=np.float64)
    except Exception:  # whatever the model raises: it does not take the table as it is
        return None
    return answer[:, 1] if answer.ndim == 2 and answer.shape[1] == 2 else answer.reshape(-1)
