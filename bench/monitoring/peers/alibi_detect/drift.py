"""The detector for tables, day by day; it takes no empty values, so they are filled before the clock starts."""

import numpy as np
from alibi_detect.cd import TabularDrift
from frames import days, frames, numbers, texts, timed, told

DAYS = 3
reference, production = frames()
columns = [*numbers(reference), *texts(reference)]
for name in texts(reference):
    known = {value: place for place, value in enumerate(reference[name].dropna().unique())}
    for frame in (reference, production):
        frame[name] = frame[name].map(known).fillna(len(known))
for frame in (reference, production):
    frame[columns] = frame[columns].fillna(0.0)
places = range(len(numbers(reference)), len(columns))
detector = TabularDrift(reference[columns].to_numpy(float), p_val=0.05, categories_per_feature=dict.fromkeys(places))
seconds = [
    timed(lambda rows=rows: detector.predict(rows)) for rows in [day[columns].to_numpy(float) for day in days(production, DAYS)]
]
told(windows=sum(seconds), day=np.median(seconds, axis=0), days=DAYS)
