"""A version is ready once it has scored its golden rows as it did when it was registered, by every way that answers."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from lamplighter.domain.calibration import Calibration, calibrated
from lamplighter.domain.decoding import from_json
from lamplighter.domain.golden import ROLE, Golden
from lamplighter.domain.record import canonical
from lamplighter.domain.route import Arm, Served
from lamplighter.serving.artifacts import verified
from lamplighter.serving.codecs.base import Question
from lamplighter.serving.codecs.typed import values
from lamplighter.serving.runtimes.base import Surroundings, Unloadable
from lamplighter.serving.versions import Loaded, open_version

#: How far two ways of writing down a calibration may be apart.
_ROUNDING = 1e-12

_T = TypeVar("_T")


async def open_ready(model: str, served: Served, artifacts: Path, surroundings: Surroundings) -> Loaded:
    """Load the version and prove it; raises `Unloadable`."""
    version = await open_version(model, served, artifacts, surroundings)
    try:
        await prove(version, artifacts)
    except BaseException:
        version.retire()
        await version.closed()
        raise
    return version


async def prove(version: Loaded, artifacts: Path) -> None:
    """Score the golden rows; raises `Unloadable` if they are answered otherwise. A version without any proves nothing."""
    found = [artifact for artifact in version.manifest.artifacts if artifact.role == ROLE]
    if not found:
        return
    try:
        golden = from_json(verified(artifacts, found[0]), Golden)
    except msgspec.MsgspecError:
        raise Unloadable("Its golden rows have a form that this release does not read.") from None
    if not _fits(version, golden):
        raise Unloadable("Its golden rows do not fit its contract. Register the version again.")
    _compare(version, golden, await _asked(version, golden))
    for ask in (_asked_by_rows, _asked_by_body):
        quick = ask(version, golden)
        if quick is not None:
            _compare(version, golden, quick)


def _fits(version: Loaded, golden: Golden) -> bool:
    rows = {len(golden.scores), *(len(values) for values in golden.columns.values())}
    return len(rows) == 1 and 0 not in rows and not version.problems_of(golden.columns)


async def _asked(version: Loaded, golden: Golden) -> Sequence[float]:
    columns = {name: list(values) for name, values in golden.columns.items()}
    attempt = await version.attempt(Arm.CHAMPION, Question(columns, len(golden.scores)))
    if attempt.failed is not None:
        raise Unloadable(f"It fails on its golden rows ({attempt.failed.code}): {attempt.failed.why}")
    return attempt.scores


def _asked_by_rows(version: Loaded, golden: Golden) -> Sequence[float] | None:
    """By the short way, as a body in JSON; nothing where the version has none."""
    read, score = version.rows_of(("rows",), _body(golden)), version.score_rows
    return None if score is None or read is None else _quickly(lambda: score(values(read)))


def _asked_by_body(version: Loaded, golden: Golden) -> Sequence[float] | None:
    """The same where the version scores bodies as they come; nothing where it does not."""
    score = version.score_bodies
    done = None if score is None else _quickly(lambda: score.score(b"rows", [_body(golden)]))
    return None if done is None or not done.scores else done.scores


def _body(golden: Golden) -> bytes:
    names = tuple(golden.columns)
    return canonical({"rows": [dict(zip(names, row, strict=True)) for row in zip(*golden.columns.values(), strict=True)]})


def _quickly(ask: Callable[[], _T]) -> _T:
    try:
        return ask()
    except Exception as error:
        raise Unloadable(f"It fails on its golden rows ({type(error).__name__}).") from None


def _compare(version: Loaded, golden: Golden, scores: Sequence[float]) -> None:
    by = version.manifest.calibrates
    pairs = list(zip(golden.scores, scores, strict=True))
    # A distance that is no number compares as false.
    if by is None and max(abs(wanted - got) for wanted, got in pairs) <= golden.tolerance:
        return
    # The answers at registration are those of the files. A calibration rises, so what it makes of all lawful ones lies between
    # what it makes of the lowest and of the highest.
    if by is not None and all(_holds(by, wanted, got, golden.tolerance) for wanted, got in pairs):
        return
    away = max(abs((wanted if by is None else calibrated(by, wanted)) - got) for wanted, got in pairs)
    raise Unloadable(
        f"Its golden rows are answered up to {away:.2g} away from what it answered at registration; "
        f"{golden.tolerance:.2g} is allowed{'' if by is None else ' before its calibration'}. "
        "The machine or a library differs from where it was registered."
    )


def _holds(by: Calibration, wanted: float, got: float, tolerance: float) -> bool:
    low, high = calibrated(by, wanted - tolerance), calibrated(by, wanted + tolerance)
    return low - _ROUNDING <= got <= high + _ROUNDING
