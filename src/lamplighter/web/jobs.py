"""Jobs of a model: how the newest run of each went, and the way forward where it failed."""

from collections.abc import Sequence
from typing import NamedTuple

from lamplighter.domain.job import Run, State


class Row(NamedTuple):
    """One run."""

    run: Run
    #: The command that writes down what is kept of it; empty where it did not fail, or where a newer run followed.
    fix: str


def rows(runs: Sequence[Run]) -> list[Row]:
    """Runs with the way forward; `runs` are newest first."""
    newest = _newest(runs)
    return [Row(run, f"lamp jobs fix {run.id}" if run.state is State.FAILED and run.id in newest else "") for run in runs]


def last(runs: Sequence[Run]) -> list[Row]:
    """The newest run of each job."""
    newest = _newest(runs)
    return rows([run for run in runs if run.id in newest])


def _newest(runs: Sequence[Run]) -> set[str]:
    return set({run.job: run.id for run in reversed(runs)}.values())
