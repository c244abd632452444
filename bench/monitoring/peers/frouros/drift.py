"""Kolmogorov-Smirnov for numbers and chi-square for texts, column by column and day by day."""

import numpy as np
from frames import days, frames, numbers, texts, timed, told
from frouros.detectors.data_drift import ChiSquareTest, KSTest

DAYS = 3
reference, production = frames()
detectors = {name: KSTest() for name in numbers(reference)} | {name: ChiSquareTest() for name in texts(reference)}
for name, detector in detectors.items():
    detector.fit(X=reference[name].dropna().to_numpy())


def window(rows) -> None:
    for name, detector in detectors.items():
        detector.compare(X=rows[name].dropna().to_numpy())


seconds = [timed(lambda rows=rows: window(rows)) for rows in days(production, DAYS)]
told(windows=sum(seconds), day=np.median(seconds, axis=0), days=DAYS)
