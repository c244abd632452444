"""What Evidently says of windows: `verdicts.py HOME CATEGORICAL...`, two tables in each folder; JSON by folder and column."""

import json
import re
import sys
import warnings
from pathlib import Path

import pandas as pd

warnings.simplefilter("ignore")
from evidently import DataDefinition, Dataset, Report  # noqa: E402  it warns as it is imported
from evidently.presets import DataDriftPreset  # noqa: E402

home, *texts = sys.argv[1:]
kinds = dict.fromkeys(texts, str)


def said(reference: pd.DataFrame, window: pd.DataFrame) -> dict:
    numbers = [name for name in reference if name not in texts]
    definition = DataDefinition(numerical_columns=numbers, categorical_columns=texts)
    made = [Dataset.from_pandas(table, data_definition=definition) for table in (window, reference)]
    told = {}
    for metric in Report([DataDriftPreset()]).run(*made).dict()["metrics"]:
        named = re.match(r"ValueDrift\(column=([^,]+),method=([^,]+),threshold=([^,)]+)", metric["metric_name"])
        if named:
            told[named[1]] = {"method": named[2], "value": float(metric["value"]), "threshold": float(named[3])}
        else:
            told[""] = {"method": "share", "value": float(metric["value"]["share"])}
    return told


every = {}
for folder in Path(home).iterdir():
    tables = (
        pd.read_csv(folder / f"{name}.csv", dtype=kinds, float_precision="round_trip") for name in ("reference", "window")
    )
    every[folder.name] = {"": said(*tables)}
print(json.dumps(every))
