"""What NannyML says of windows: `verdicts.py HOME METHOD,... CATEGORICAL...`, two tables a folder; JSON of all that."""

import json
import sys
import warnings
from pathlib import Path

import pandas as pd

warnings.simplefilter("ignore")
import nannyml  # noqa: E402  it warns as it is imported
from nannyml.chunk import SizeBasedChunker  # noqa: E402

home, methods, *texts = sys.argv[1:]
kinds = dict.fromkeys(texts, str)
usual = "jensen_shannon"


def said(reference: pd.DataFrame, window: pd.DataFrame, method: str) -> dict:
    calculator = nannyml.UnivariateDriftCalculator(
        column_names=list(reference),
        treat_as_categorical=texts,
        continuous_methods=[method if method in ("hellinger", "kolmogorov_smirnov") else usual],
        categorical_methods=[method if method in ("hellinger", "l_infinity", "chi2") else usual],
    )
    calculator.fit(reference)
    # Thresholds come from ten chunks of the reference; the window is looked at as a whole.
    calculator.chunker = SizeBasedChunker(chunk_size=len(window))
    table = calculator.calculate(window).filter(period="analysis").to_df(multilevel=True)
    told = {}
    for column, name, what in table.columns:
        if column in reference and what in ("value", "upper_threshold", "alert"):
            value = table[column, name, what].iloc[0]
            told.setdefault(column, {"method": name})[what] = None if value is None else float(value)
    return told


every = {}
for folder in Path(home).iterdir():
    reference, window = (
        pd.read_csv(folder / f"{name}.csv", dtype=kinds, float_precision="round_trip") for name in ("reference", "window")
    )
    every[folder.name] = {method: said(reference, window, method) for method in methods.split(",")}
print(json.dumps(every))
