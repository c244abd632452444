"""The check for drift of features, day by day: with its own choice of measures, then with every one that it has."""

import numpy as np
from deepchecks.tabular import Dataset
from deepchecks.tabular.checks import FeatureDrift
from frames import days, frames, numbers, texts, timed, told

DAYS = 3
reference, production = frames()
columns = [*numbers(reference), *texts(reference)]
base = Dataset(reference[columns], cat_features=texts(reference))
ONE = [FeatureDrift(n_top_columns=50)]
EVERY = [*ONE, FeatureDrift(n_top_columns=50, numerical_drift_method="EMD", categorical_drift_method="PSI")]


def window(checks: list[FeatureDrift], rows) -> None:
    for check in checks:
        check.run(base, Dataset(rows[columns], cat_features=texts(reference)), with_display=False)


chosen = days(production, DAYS)
seconds = [timed(lambda rows=rows: window(ONE, rows)) for rows in chosen]
together = timed(lambda: [window(EVERY, rows) for rows in chosen])
told(windows=sum(seconds), day=np.median(seconds, axis=0), days=DAYS, every_measure=together)
