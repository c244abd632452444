"""The check for drift of features, day by day."""

import numpy as np
from deepchecks.tabular import Dataset
from deepchecks.tabular.checks import FeatureDrift
from frames import days, frames, numbers, texts, timed, told

DAYS = 3
reference, production = frames()
columns = [*numbers(reference), *texts(reference)]
base = Dataset(reference[columns], cat_features=texts(reference))


def window(rows) -> None:
    FeatureDrift(n_top_columns=50).run(base, Dataset(rows[columns], cat_features=texts(reference)), with_display=False)


seconds = [timed(lambda rows=rows: window(rows)) for rows in days(production, DAYS)]
told(windows=sum(seconds), day=np.median(seconds, axis=0), days=DAYS)
