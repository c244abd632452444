"""A version that is calibrated: whatever its runtime scores, by whatever way, passes one function before anybody sees it.

Scores are mapped one by one by the same arithmetic, so that a row has the same bits alone, in a batch, and in a table.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from lamplighter.domain.calibration import Calibration, all_calibrated
from lamplighter.domain.sandbox import Level
from lamplighter.serving.compiled.model import BodyScorer
from lamplighter.serving.compiled.rows import Row
from lamplighter.serving.runtimes.base import Isolated, Runtime, Unloadable

#: From this many rows on others are answered while scores are mapped.
_MANY_ROWS = 4_096


def calibrated(runtime: Runtime, by: Calibration | None) -> Runtime:
    """The runtime whose scores are calibrated; the runtime itself where nothing calibrates. Raises `Unloadable`."""
    if by is None:
        return runtime
    if not by.is_lawful:
        raise Unloadable("Its calibration does not rise, or is not finite.")
    return _Isolated(runtime, runtime, by) if isinstance(runtime, Isolated) else _Calibrated(runtime, by)


class _Calibrated:
    """A runtime whose scores are calibrated on each way that the runtime has."""

    def __init__(self, runtime: Runtime, by: Calibration) -> None:
        self._runtime, self._by = runtime, by
        self._rows = getattr(runtime, "score_rows", None)
        #: Scores rows at once, where the runtime can.
        self.score_rows = None if self._rows is None else self._score_rows
        bodies: BodyScorer | None = getattr(runtime, "score_bodies", None)
        #: Scores requests in JSON as they came, where the runtime can.
        self.score_bodies = None if bodies is None else bodies.then(self._mapped)

    async def score(self, columns: Mapping[str, Sequence[Any]], rows: int) -> list[float]:
        """One finite score a row, in order. The columns fit the contract. Raises `Failed`."""
        scores = await self._runtime.score(columns, rows)
        return self._mapped(scores) if rows < _MANY_ROWS else await asyncio.to_thread(self._mapped, scores)

    async def close(self) -> None:
        """Give back what the version holds; idempotent."""
        await self._runtime.close()

    def _score_rows(self, rows: Sequence[Row]) -> list[float]:
        assert self._rows is not None
        return self._mapped(self._rows(rows))

    def _mapped(self, scores: list[float]) -> list[float]:
        return all_calibrated(self._by, scores)


class _Isolated(_Calibrated):
    """The same of a runtime with processes of its own."""

    def __init__(self, runtime: Runtime, isolated: Isolated, by: Calibration) -> None:
        """Both are the same runtime."""
        super().__init__(runtime, by)
        self._isolated = isolated

    @property
    def sandbox(self) -> Level:
        """How closed they are."""
        return self._isolated.sandbox

    @property
    def quarantine(self) -> str:
        """Why the version is not started any more; empty if it is."""
        return self._isolated.quarantine

    @property
    def deaths(self) -> Mapping[str, int]:
        """How many of them ended, by cause."""
        return self._isolated.deaths
