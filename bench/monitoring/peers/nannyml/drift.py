"""Univariate drift with Jensen-Shannon by day."""

import json
import sys
from pathlib import Path

import nannyml
from frames import days, frames, numbers, texts, timed, told

reference, production = frames()
calculator = nannyml.UnivariateDriftCalculator(
    column_names=[*numbers(reference), *texts(reference)],
    treat_as_categorical=texts(reference),
    timestamp_column_name="at",
    chunk_period="D",
    continuous_methods=["jensen_shannon"],
    categorical_methods=["jensen_shannon"],
)
fit = timed(lambda: calculator.fit(reference))
results = []
windows = timed(lambda: results.append(calculator.calculate(production)))
day = timed(lambda: calculator.calculate(days(production, 1)[0]))
table = results[0].filter(period="analysis").to_df()
values = {
    name: table[name, "jensen_shannon", "value"].astype(float).tolist() for name in [*numbers(reference), *texts(reference)]
}
(Path(sys.argv[1]) / "nannyml.json").write_text(json.dumps(values))
told(fit=fit, windows=fit + windows, day=day, days=30)
