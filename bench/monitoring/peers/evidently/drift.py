"""The preset for drift, on the last day."""

import numpy as np
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset
from frames import days, frames, numbers, texts, timed, told

DAYS = 1
reference, production = frames()
definition = DataDefinition(numerical_columns=numbers(reference), categorical_columns=texts(reference))
columns = [*numbers(reference), *texts(reference)]
base = Dataset.from_pandas(reference[columns], data_definition=definition)


def window(rows) -> None:
    Report([DataDriftPreset()]).run(Dataset.from_pandas(rows[columns], data_definition=definition), base)


seconds = [timed(lambda rows=rows: window(rows)) for rows in days(production, DAYS)]
told(windows=sum(seconds), day=np.median(seconds, axis=0), days=DAYS)
