"""Histograms of every column by day, held against the reference."""

from frames import frames, numbers, texts, timed, told
from popmon.hist.filling import make_histograms
from popmon.pipeline.metrics import df_stability_metrics

reference, production = frames()
columns = ["at", *numbers(reference), *texts(reference)]
for frame in (reference, production):
    frame[texts(frame)] = frame[texts(frame)].astype(object)
# A reference that is a frame is refused by this version, whatever its documents say; one of histograms is taken.
axis = {"time_axis": "at", "time_width": "1d", "time_offset": str(production["at"].min().floor("D"))}
known = make_histograms(reference[columns], features=[f"at:{name}" for name in columns[1:]], **axis)


def every_day() -> None:
    df_stability_metrics(production[columns], time_axis="at", reference_type="external", reference=known)


told(windows=timed(every_day), days=30)
