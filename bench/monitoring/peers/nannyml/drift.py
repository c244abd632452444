"""Univariate drift by day: with Jensen-Shannon alone, and with every method there is for the kind of a column."""

import json
import sys
from pathlib import Path

import nannyml
from frames import days, frames, numbers, texts, timed, told

reference, production = frames()
names = [*numbers(reference), *texts(reference)]
ONE = ["jensen_shannon"]
NUMBERS, TEXTS = ["kolmogorov_smirnov", "wasserstein", "hellinger"], ["chi2", "hellinger", "l_infinity"]


def calculator(more_for_numbers: list[str], more_for_texts: list[str]) -> nannyml.UnivariateDriftCalculator:
    """Ready to fit."""
    return nannyml.UnivariateDriftCalculator(
        column_names=names,
        treat_as_categorical=texts(reference),
        timestamp_column_name="at",
        chunk_period="D",
        continuous_methods=ONE + more_for_numbers,
        categorical_methods=ONE + more_for_texts,
    )


one, every = calculator([], []), calculator(NUMBERS, TEXTS)
fit = timed(lambda: one.fit(reference))
results = []
windows = timed(lambda: results.append(one.calculate(production)))
day = timed(lambda: one.calculate(days(production, 1)[0]))
together = timed(lambda: every.fit(reference).calculate(production))
table = results[0].filter(period="analysis").to_df()
values = {name: table[name, "jensen_shannon", "value"].astype(float).tolist() for name in names}
(Path(sys.argv[1]) / "nannyml.json").write_text(json.dumps(values))
told(windows=fit + windows, day=day, days=30, every_measure=together)
