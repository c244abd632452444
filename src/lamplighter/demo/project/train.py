"""Training of late-flights: gradient-boosted trees over schedule and weather, with texts and missing values as they come."""

import calendar
import json
import os
from pathlib import Path
from typing import Any

from lightgbm import LGBMClassifier
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

from lamplighter import Build, Provenance
from lamplighter.data import flights

TEXTS = ["carrier", "origin", "dest"]
NUMBERS = [name for name in flights.INPUTS if name not in TEXTS]
SEED = 7


def pipeline() -> Pipeline:
    """The model before it is fitted."""
    texts = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    columns = ColumnTransformer([("texts", texts, TEXTS), ("numbers", "passthrough", NUMBERS)])
    trees = LGBMClassifier(n_estimators=80, random_state=SEED, n_jobs=1, verbose=-1)
    return Pipeline([("columns", columns), ("trees", trees)])


def arrived() -> int:
    """The last month whose arrivals are in the warehouse."""
    file = Path(os.environ.get("LAMP_ARRIVED", Path(__file__).with_name("arrived.json")))
    return int(json.loads(file.read_text())["month"])


def build() -> Build:
    """Fit on everything that has arrived; the quality is measured on the last month, by a model that has not seen it."""
    month = arrived()
    rows, late = flights.through(month)
    known, known_late = flights.through(month - 1)
    unseen, unseen_late = flights.through(month, start=month)
    return Build(
        model=fitted(rows, late),
        sample=rows,
        labels=late,
        evaluated=fitted(known, known_late),
        evaluation=unseen,
        evaluation_labels=unseen_late,
        nullable=("temp", "precip", "visib", "wind_speed", "pressure"),
        provenance=Provenance(data_period=f"2013-01 to 2013-{month:02d}", seed=SEED),
        note=f"Trained on January to {calendar.month_name[month]} of 2013.",
    )


def fitted(rows: Any, late: Any) -> Pipeline:
    """The model, fitted."""
    return pipeline().fit(rows, late)
