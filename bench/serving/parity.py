"""What registering a model costs, and how far its served form is from the model on the reference rows.

The models are trained anew from the benchmarks' table where they are not there yet; the sample is 2,000 rows of it.
"""

import time
from statistics import median
from typing import Any

import joblib  # type: ignore[import-untyped]
from ground import ESTIMATORS, MODEL, table, trained
from lines import line

from lamplighter.packaging.draft import draft

_RUNS, _SAMPLE = 5, 2_000
_SECONDS, _DIFFERENCE = 3.0, 1e-6
#: Below what float64 can tell of a probability.
_NOTHING = 1e-17


def main() -> None:
    """Print the lines of each model."""
    frame, classes = table()
    for name in ESTIMATORS:
        model: Any = joblib.load(trained(name).pickled)
        times = []
        for _ in range(_RUNS):
            start = time.perf_counter()
            made = draft(model, MODEL, frame.head(_SAMPLE), labels=classes[:_SAMPLE])
            times.append(time.perf_counter() - start)
        (found,) = [fact.facts for fact in made.evidence if fact.kind == "parity"]
        away, unchanged = max(found["largest_difference"], _NOTHING), found["rows"] - found["changed_decisions"]
        line(f"register_{name}", median(times), "limit", _SECONDS, "s", lower_is_better=True)
        line(f"parity_{name}", away, "limit", _DIFFERENCE, "probability", lower_is_better=True)
        line(f"parity_{name}_same_decisions", unchanged, "rows", found["rows"], "rows")


if __name__ == "__main__":
    main()
