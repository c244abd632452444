"""Figures of labelled rows by day, and those that are expected before the labels come."""

import nannyml
from frames import frames, timed, told

reference, production = frames()
kept = ["id", "at", "score"]
for frame in (reference, production):
    frame["decision"] = (frame["score"] >= 0.5).astype(int)
metrics = ["roc_auc", "f1", "precision", "recall", "accuracy"]
common = {
    "problem_type": "classification_binary",
    "y_pred_proba": "score",
    "y_pred": "decision",
    "y_true": "label",
    "timestamp_column_name": "at",
    "chunk_period": "D",
    "metrics": metrics,
}
learned = reference[[*kept, "decision", "label"]]
scored, labels = production[[*kept, "decision"]], production[["id", "label"]].sample(frac=1.0, random_state=0)


def realized() -> None:
    calculator = nannyml.PerformanceCalculator(**common).fit(learned)
    calculator.calculate(scored.merge(labels, on="id"))


def estimated() -> None:
    estimator = nannyml.CBPE(**common).fit(learned)
    estimator.estimate(scored)


told(quality=timed(realized), estimate=timed(estimated))
