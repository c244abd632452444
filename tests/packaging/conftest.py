"""A small table with every kind of column, missing values and an outcome that depends on all of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer  # type: ignore[import-untyped]
from sklearn.impute import SimpleImputer  # type: ignore[import-untyped]
from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped]
from sklearn.preprocessing import OneHotEncoder, StandardScaler  # type: ignore[import-untyped]

from lamplighter.packaging.threads import one_thread

NUMBERS = ["delay", "distance", "wind"]
TEXTS = ["carrier", "origin"]


@dataclass(frozen=True)
class Flights:
    """Inputs and outcome."""

    table: pd.DataFrame
    late: Any
    minutes: Any

    def fitted(self, estimator: Any, *, sparse_threshold: float = 0.3, **encoding: Any) -> Any:
        """The usual pipeline around an estimator, trained on the outcome that fits it."""
        numbers = make_pipeline(SimpleImputer(add_indicator=True), StandardScaler())
        texts = make_pipeline(
            SimpleImputer(strategy="most_frequent"), OneHotEncoder(**{"handle_unknown": "ignore", **encoding})
        )
        columns = ColumnTransformer(
            [
                ("numbers", numbers, NUMBERS),
                ("texts", texts, TEXTS),
                ("rest", OneHotEncoder(handle_unknown="ignore"), ["month"]),
            ],
            remainder="passthrough",
            sparse_threshold=sparse_threshold,
        )
        target = self.late if hasattr(estimator, "predict_proba") else self.minutes
        return make_pipeline(columns, estimator).fit(self.table, target)


def make_flights(rows: int = 1_500, seed: int = 1) -> Flights:
    source = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "delay": source.normal(5, 20, rows).round(1),
            "distance": source.integers(90, 2_500, rows),
            "wind": source.gamma(2, 5, rows),
            "carrier": source.choice(["AA", "B6", "DL", "EV", "UA"], rows),
            "origin": source.choice(["EWR", "JFK", "LGA"], rows),
            "month": source.integers(1, 13, rows),
            "weekend": source.random(rows) < 0.3,
        }
    )
    table.loc[source.random(rows) < 0.1, "wind"] = np.nan
    table.loc[source.random(rows) < 0.1, "carrier"] = None
    minutes = table.delay + table.wind.fillna(0) + 8 * (table.carrier == "EV") + 4 * table.weekend + source.normal(0, 6, rows)
    return Flights(table=table, late=(minutes > 20).astype(int), minutes=minutes)


@pytest.fixture(autouse=True)
def one_native_thread() -> Iterator[None]:
    """Training waits for threads on a busy machine otherwise."""
    with one_thread():
        yield


@pytest.fixture(scope="session")
def flights() -> Flights:
    return make_flights()


@pytest.fixture(scope="session")
def flights_maker() -> Callable[[int, int], Flights]:
    return make_flights
