"""Two services over one model: a request is a call of the model, or requests that come together are joined."""

import os
from typing import Any

import bentoml
import joblib
import numpy
import pandas

_TRAFFIC = {"timeout": 60, "max_concurrency": 512}


@bentoml.service(traffic=_TRAFFIC)
class Plain:
    """Each request calls the model."""

    def __init__(self) -> None:
        self.model = joblib.load(os.environ["BENCH_MODEL"])

    @bentoml.api
    def predict(self, rows: list[dict[str, Any]]) -> list[float]:
        """One probability for each row."""
        answers: list[float] = self.model.predict_proba(pandas.DataFrame(rows))[:, 1].tolist()
        return answers


@bentoml.service(traffic=_TRAFFIC)
class Batching:
    """Requests that wait together are one call of the model."""

    def __init__(self) -> None:
        self.model = joblib.load(os.environ["BENCH_MODEL"])

    @bentoml.api(batchable=True, max_batch_size=128, max_latency_ms=1000)
    def predict(self, rows: list[dict[str, Any]]) -> numpy.ndarray:
        """One probability for each row."""
        return self.model.predict_proba(pandas.DataFrame(rows))[:, 1]
