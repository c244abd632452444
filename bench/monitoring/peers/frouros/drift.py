"""Column by column and day by day: one test for the kind of a column, then every distance of ours that there is too."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from frames import days, frames, numbers, texts, timed, told
from frouros.detectors.data_drift import EMD, JS, PSI, ChiSquareTest, HellingerDistance, KSTest

DAYS = 3
reference, production = frames()
known = {name: reference[name].dropna().to_numpy() for name in [*numbers(reference), *texts(reference)]}


def fitted(for_numbers: tuple[Any, ...], for_texts: tuple[Any, ...]) -> Mapping[str, list[Any]]:
    """The detectors of each column, which know its reference."""
    kinds = dict.fromkeys(numbers(reference), for_numbers) | dict.fromkeys(texts(reference), for_texts)
    detectors = {name: [kind() for kind in kinds[name]] for name in known}
    for name, made in detectors.items():
        for detector in made:
            detector.fit(X=known[name])
    return detectors


def window(detectors: Mapping[str, list[Any]], rows) -> None:
    for name, made in detectors.items():
        values = rows[name].dropna().to_numpy()
        for detector in made:
            detector.compare(X=values)


one = fitted((KSTest,), (ChiSquareTest,))
every = fitted((KSTest, EMD, PSI, JS, HellingerDistance), (ChiSquareTest,))
chosen = days(production, DAYS)
seconds = [timed(lambda rows=rows: window(one, rows)) for rows in chosen]
together = timed(lambda: [window(every, rows) for rows in chosen])
told(windows=sum(seconds), day=np.median(seconds, axis=0), days=DAYS, every_measure=together)
