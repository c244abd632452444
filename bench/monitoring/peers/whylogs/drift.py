"""A profile of each of the last days, held against that of the reference."""

import numpy as np
import whylogs
from frames import days, frames, numbers, texts, timed, told
from whylogs.viz.drift.column_drift_algorithms import calculate_drift_scores

DAYS = 3
reference, production = frames()
columns = [*numbers(reference), *texts(reference)]
base = whylogs.log(reference[columns]).view()


def window(rows) -> None:
    calculate_drift_scores(target_view=whylogs.log(rows[columns]).view(), reference_view=base, with_thresholds=True)


seconds = [timed(lambda rows=rows: window(rows)) for rows in days(production, DAYS)]
told(windows=sum(seconds), day=np.median(seconds, axis=0), days=DAYS)
