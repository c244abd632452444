"""What the story is measured by: figures by month, held against scikit-learn on the rows that the callers recorded."""

import importlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lamplighter.demo.replay import Sent, months
from lamplighter.sdk.interface import Platform

Months = Mapping[str, Mapping[str, Mapping[str, float]]]


def by_month(platform: Platform, model: str, numbers: Sequence[int]) -> tuple[Months, Months]:
    """Brier and AUC by version and month of New York time, April to September, with the number of rows."""
    brier: dict[str, dict[str, dict[str, float]]] = defaultdict(dict)
    auc: dict[str, dict[str, dict[str, float]]] = defaultdict(dict)
    for number in numbers:
        for name, start, end in months(4, 9):
            found = platform.figures(model, "prod", number, start, end)
            if found.rows:
                brier[f"v{number}"][name] = {"value": found.values["brier"], "rows": found.rows}
                auc[f"v{number}"][name] = {"value": found.values["auc"], "rows": found.rows}
    return dict(brier), dict(auc)


def largest_disagreement(platform: Platform, model: str, sent: Sequence[Sent]) -> float:
    """The largest difference of Brier and AUC from scikit-learn's, over the months in which one version answered all."""
    # By name, so that the platform can be read and checked where scikit-learn is not installed.
    sklearn: Any = importlib.import_module("sklearn.metrics")
    worst = 0.0
    for _, start, end in months(4, 9):
        rows = [row for row in sent if start <= row.at * 1_000_000 < end]
        versions = {row.version for row in rows}
        if len(versions) != 1:
            continue
        number = int(versions.pop().partition("@")[2])
        labels, scores = np.array([row.late for row in rows]), np.array([row.score for row in rows])
        found: Any = platform.figures(model, "prod", number, start, end)
        worst = max(worst, abs(found.values["brier"] - sklearn.brier_score_loss(labels, scores)))
        worst = max(worst, abs(found.values["auc"] - sklearn.roc_auc_score(labels, scores)))
    return float(worst)
