"""The preset for classification on labelled rows, day by day."""

from evidently import BinaryClassification, DataDefinition, Dataset, Report
from evidently.presets import ClassificationPreset
from frames import days, frames, timed, told

DAYS = 30
_, production = frames()
definition = DataDefinition(
    classification=[BinaryClassification(target="label", prediction_probas="score", pos_label=1)],
    categorical_columns=["label"],
    numerical_columns=["score"],
)
scored, labels = production[["id", "at", "score"]], production[["id", "label"]].sample(frac=1.0, random_state=0)


def every_day() -> None:
    joined = scored.merge(labels, on="id")
    joined["label"] = joined["label"].astype(int)
    for rows in days(joined, DAYS):
        Report([ClassificationPreset()]).run(Dataset.from_pandas(rows[["label", "score"]], data_definition=definition), None)


told(quality=timed(every_day), days=DAYS)
