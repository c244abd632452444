"""Cells of notebooks: what stands in them, with the names that their makers fill in."""

from collections.abc import Iterator
from typing import Any

LOAD = """\
from importlib.util import find_spec

import msgspec
import pandas as pd

import lamplighter

MODEL, ENVIRONMENT = {model!r}, {environment!r}
platform = lamplighter.connect()  # LAMP_URL and LAMP_TOKEN, or where you signed in with lamp login
readings = pd.DataFrame(msgspec.to_builtins(platform.readings(MODEL, ENVIRONMENT)))
for end in ("start", "end"):
    readings[end] = pd.to_datetime(readings[end], unit="us", utc=True)
readings.groupby(["aspect", "measure", "number"])["value"].describe()
"""
QUALITY = """\
quality = readings[readings["measure"].eq({measure!r}) & readings["aspect"].isin(["quality", "estimate"])]
lines = quality.pivot_table(index="start", columns=["aspect", "number"], values="value")
if find_spec("matplotlib"):
    lines.plot(marker="o", ylabel={measure!r})
quality[["start", "end", "number", "aspect", "value", "low", "high", "limit", "count", "crossed"]].sort_values("start")
"""
WORST = """\
NUMBER, START, END = {number}, {start}, {end}  # microseconds since the epoch
figures = platform.figures(MODEL, ENVIRONMENT, NUMBER, START, END)
first, last = (pd.to_datetime(at, unit="us", utc=True) for at in (START, END))
print(f"v{{NUMBER}}, {{first}} to {{last}}: {{figures.rows}} labelled rows")
pd.DataFrame({{"value": figures.values, "low": figures.low, "high": figures.high}})
"""
DRIFT = """\
drift = readings[readings["aspect"].eq("drift") & readings["number"].eq({number})]
drift = drift[drift["end"].eq(drift["end"].max())].sort_values("value", ascending=False).set_index("column")
if find_spec("matplotlib"):
    drift["value"].iloc[::-1].plot.barh(xlabel=drift["measure"].iloc[0])
drift[["measure", "value", "limit", "crossed", "count"]]
"""

BEGIN = """\
from importlib.util import find_spec

import pandas as pd

import lamplighter

model = lamplighter.model({model!r})  # LAMP_URL and LAMP_TOKEN, or where you signed in with lamp login
"""
MODEL = """\
model = lamplighter.model(MODEL, platform)
"""
_ROWS = """\
rows = model.slice({which})
print(rows.says)
frame = rows.to_pandas()
frame.head()
"""
_PART = """\
PART = {where!r}
part = model.slice({which}, where=PART)
print(part.says)
told = {{"all of them": frame, PART: part.to_pandas()}}
figures = {{name: [len(one), one["score"].mean(), one["label"].mean()] for name, one in told.items()}}
pd.DataFrame(figures, index=["rows", "mean score", "mean label"]).T
"""
_REFERENCE = """\
reference = model.reference({number}).to_pandas()
inputs = [name for name in rows.inputs if name not in rows.redacted]
numbers = list(reference[inputs].select_dtypes("number"))
shift = (frame[numbers].mean() - reference[numbers].mean()) / reference[numbers].std()
if len(frame) and numbers and find_spec("matplotlib"):
    shift.sort_values().plot.barh(xlabel="difference of the means, in standard deviations of the reference")
both = {{"rows": frame[inputs], "reference": reference[inputs]}}
summaries = {{name: one.describe(include="all").T for name, one in both.items() if inputs and len(one)}}
pd.concat(summaries, axis=1) if summaries else "Every input is redacted."
"""
#: The window of the cell before.
WINDOW = "environment=ENVIRONMENT, number=NUMBER, start=START, end=END"


def rows(begin: str, which: str, number: int, *, reference: bool, where: str = "") -> Iterator[dict[str, Any]]:
    """Cells that load rows behind `begin`, then those `where` a condition holds, and set them against a version's reference;
    `which` are arguments of `Model.slice`."""
    yield words("## The rows behind it")
    yield code(begin + _ROWS.format(which=which))
    if where:
        yield words("## The part with most of the extra loss")
        yield code(_PART.format(which=which, where=where))
    if reference:
        yield words(f"## Against the reference of v{number}")
        yield code(_REFERENCE.format(number=number))


def words(text: str) -> dict[str, Any]:
    """A cell of Markdown."""
    return {"cell_type": "markdown", "source": text.strip()}


def code(text: str) -> dict[str, Any]:
    """A cell of Python that has not run."""
    return {"cell_type": "code", "source": text.rstrip("\n"), "execution_count": None, "outputs": []}
