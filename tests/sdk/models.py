"""Small real models over two numbers, and the projects they belong to."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.pipeline import Pipeline, make_pipeline  # type: ignore[import-untyped]
from sklearn.preprocessing import StandardScaler  # type: ignore[import-untyped]

from lamplighter.domain.project import Project
from lamplighter.domain.project_file import project_from
from lamplighter.sdk.answers import Label
from lamplighter.sdk.build import Build

#: The people of the tests, see `cast`.
OWNER, DEPUTY, REQUESTER = "dana@trains.example", "milo@trains.example", "bea@trains.example"
#: Rows of a sample; gates want a thousand.
ROWS = 1200


def rows(count: int, seed: int = 1) -> tuple[pd.DataFrame, pd.Series]:
    """Delay at the last stop and load of the train, and whether it comes late."""
    generator = np.random.default_rng(seed)
    table = pd.DataFrame({"delay": generator.normal(5.0, 3.0, count), "load": generator.uniform(0.0, 1.0, count)})
    chance = 1.0 / (1.0 + np.exp(-(table["delay"] - 5.0 + 2.0 * table["load"] - 1.0)))
    return table, pd.Series((generator.random(count) < chance).astype(int), name="late")


@lru_cache
def fitted(*, blind: bool = False) -> Pipeline:
    """A logistic regression; a blind one has learned from shuffled answers, so that its scores say nothing."""
    sample, late = rows(ROWS)
    answers = late.sample(frac=1.0, random_state=3).to_numpy() if blind else late
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(sample, answers)


def build(*, threshold: float = 0.5, blind: bool = False, note: str = "") -> Build:
    """A build of the model; another threshold makes another version of the same artifact."""
    sample, late = rows(ROWS)
    return Build(model=fitted(blind=blind), sample=sample, labels=late, threshold=threshold, note=note)


def columns(count: int, seed: int = 2) -> tuple[dict[str, list[float]], list[int]]:
    """Rows by column as callers send them, and what really happened."""
    table, late = rows(count, seed)
    return {name: table[name].tolist() for name in ("delay", "load")}, late.tolist()


def label(prediction: str, value: int, revision: int = 0) -> Label:
    """What really happened to one row."""
    return Label(id=prediction, value=float(value), revision=revision)


def project(name: str, **more: Any) -> Project:
    """A model of little risk: it may go straight into production, without anybody's word."""
    impact = {"customers": False, "loss": "small", "reversible": True, "automated": False, "updates": "monthly"}
    return project_from({"model": {"name": name}, "owners": _owners(), "impact": impact, **more})


def critical(name: str, *, steps: Mapping[str, Any] | None = None, **more: Any) -> Project:
    """A model of the strictest tier: every gate, every environment in order, and two keys."""
    quick = {"steps": [50, 100], "each": "0s", "least_requests": 1}
    impact = {"customers": True, "loss": "large", "reversible": False, "automated": True, "updates": "monthly"}
    problem = {
        "statement": "Passengers learn too late that a connection is lost.",
        "requester": REQUESTER,
        "success": {"metric": "brier", "operator": "<=", "bound": 0.25},
    }
    return project_from(
        {
            "model": {"name": name, "summary": "Warns of trains that come late."},
            "problem": problem,
            "owners": {**_owners(), "business": REQUESTER},
            "impact": impact,
            "requirement": [{"metric": "auc", "operator": ">=", "bound": 0.6}],
            "fairness": {"none": "It judges trains, and treats all people on one alike."},
            "source": [{"name": "timetable", "owner": OWNER, "columns": ["delay", "load"]}],
            "env": {"prod": {"rollout": steps or quick}},
            **more,
        }
    )


def _owners() -> dict[str, Any]:
    stages = ("design", "industrialization", "deployment", "management")
    monitoring = {"first": "@it-ops", "model_alerts": OWNER}
    return {**dict.fromkeys(stages, OWNER), "monitoring": monitoring, "deputy": DEPUTY}
