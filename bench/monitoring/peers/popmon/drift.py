"""Histograms of every column by day, held against the reference."""

import popmon
from frames import frames, numbers, texts, timed, told
from popmon.pipeline.metrics import df_stability_metrics

reference, production = frames()
columns = ["at", *numbers(reference), *texts(reference)]
assert popmon.__version__
for frame in (reference, production):
    frame[texts(frame)] = frame[texts(frame)].astype(object)


def every_day() -> None:
    df_stability_metrics(
        production[columns],
        time_axis="at",
        features=[f"at:{name}" for name in columns[1:]],
        time_width="1d",
        time_offset=str(production["at"].min().floor("D")),
        reference_type="external",
        reference=reference[columns],
    )


told(windows=timed(every_day), days=30)
