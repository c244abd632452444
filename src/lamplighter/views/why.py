"""Why it got worse: in which slices the loss has grown, and which inputs moved with it. Figures that go together, no causes."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec
import numpy as np

from lamplighter.domain.contract import Meaning
from lamplighter.domain.errors import NotFound
from lamplighter.domain.monitor import Finding, Reading
from lamplighter.domain.record import Record
from lamplighter.domain.version import Version
from lamplighter.measures import watched
from lamplighter.monitoring.attribution import Losses, Share, shares
from lamplighter.monitoring.labelled import Labelled, labelled_from, together
from lamplighter.monitoring.losses import Loss, loss_of
from lamplighter.monitoring.profile import Profile
from lamplighter.store.transaction import Transaction
from lamplighter.views.moved import InputMoved, moved

#: Slices that are told of.
_MOST = 20
#: Inputs that a sentence names.
_FEW = 5
#: A slice stands out beyond this probability of chance, over all slices together.
_LEVEL = 0.05


class SliceShare(Record, frozen=True):
    """What one slice has to do with the extra loss."""

    #: Such as `origin=EWR`, or two of these with a comma.
    slice: str
    rows: int
    rows_before: int
    #: Mean losses of its rows.
    loss: float
    loss_before: float
    #: Its share of the extra loss, 1 for all of it, with an interval that holds for all slices at once. Slices of different
    #: inputs overlap: their shares do not add up.
    share: float
    low: float
    high: float
    #: The part of the share that is there because its rows lose more; the rest, because there are more of them.
    within: float
    #: Of chance, adjusted for the number of slices.
    p: float
    #: Whether it lost more than the rest, beyond chance.
    stands_out: bool


class Why(Record, frozen=True):
    """The answer for the newest bad window."""

    model: str
    environment: str
    number: int
    #: The measure that is watched, and how its mean loss is called.
    measure: str
    loss_name: str
    #: What the figures say, in one paragraph.
    sentence: str
    #: Since when windows are bad; 0 if none is.
    since: int
    #: The window that is explained, and the one that it is compared with: 0 for what the scores promised.
    start: int
    end: int
    base_start: int
    base_end: int
    #: Version of the window that it is compared with.
    base_number: int
    value: float
    value_before: float | None
    loss: float
    loss_before: float | None
    rows: int
    #: Mean score and mean label.
    said: float
    came: float
    slices: tuple[SliceShare, ...]
    inputs: tuple[InputMoved, ...]


class _Window(NamedTuple):
    reading: Reading
    version: Version
    rows: Labelled


def why(
    look: Transaction,
    model: str,
    environment: str,
    profile_of: Callable[[Version], Profile | None],
    finding: Finding | None = None,
) -> Why:
    """Explain the window of a finding, or without one the newest bad window of the live version, or its newest one; raises
    `NotFound` where none was measured."""
    bad, base, since = _windows(look, model, environment, finding)
    metric, contract = bad.reading.measure, bad.version.manifest.contract
    loss = loss_of(metric)
    after = _losses(bad, loss)
    before = _losses(base, loss) if base else _promised(bad, loss, profile_of(bad.version))
    mean, earlier = float(np.mean(after.losses)), float(np.mean(before.losses)) if before else None
    found = _slices(shares(before, after), mean - earlier) if before and earlier is not None else ()
    inputs = moved(look, bad.reading, base.reading if base else None, bad.version, profile_of)
    told = Why(
        model=model,
        environment=environment,
        number=bad.version.number,
        measure=metric,
        loss_name=loss.name,
        sentence="",
        since=since,
        start=bad.reading.start,
        end=bad.reading.end,
        base_start=base.reading.start if base else 0,
        base_end=base.reading.end if base else 0,
        base_number=base.version.number if base else bad.version.number,
        value=bad.reading.value,
        value_before=base.reading.value if base else None,
        loss=mean,
        loss_before=earlier,
        rows=bad.rows.n,
        said=float(np.mean(bad.rows.scores)),
        came=float(np.mean(bad.rows.labels)),
        slices=found,
        inputs=inputs,
    )
    sliced = any(key for key in bad.rows.keys)
    return _with_sentence(told, contract.output.meaning, sliced=sliced)


# The windows


def _windows(look: Transaction, model: str, environment: str, finding: Finding | None) -> tuple[_Window, _Window | None, int]:
    """The newest bad window, or that which has most in common with the one of a finding; the last good one before it, and
    since when they are bad."""
    quality = look.project(model).monitor.quality
    live = look.routings.of(model, environment).champion
    versions = {version.number: version for version in look.versions.all(model=model)}
    every = look.readings.of({"model": model, "environment": environment, "aspect": "quality"}, sliced=False)
    metrics = {n: watched(quality.metric, one.manifest.contract.output.meaning) for n, one in versions.items()}
    every = sorted((r for r in every if r.measure == metrics.get(r.number)), key=lambda r: (r.end, r.number))
    number = finding.number if finding else live.number if live else 0
    mine = [r for r in every if number in (0, r.number)] or ([] if finding else every)
    meant = [r for r in mine if finding is None or _common(r, finding) > 0]
    if not meant:
        raise _unmeasured(model)
    bad = max(meant, key=lambda r: _common(r, finding)) if finding else next((r for r in reversed(mine) if r.crossed), mine[-1])
    base = _good_before(mine, bad) or _good_before(every, bad)
    first = next((r for r in mine if r.crossed and r.end <= bad.end and (base is None or r.end > base.end)), None)
    window = _read(look, bad, versions)
    if not window.rows.n:
        raise _unmeasured(model)
    return window, _read(look, base, versions) if base else None, first.start if first and bad.crossed else 0


def _common(reading: Reading, finding: Finding) -> int:
    """Microseconds that both windows hold."""
    return min(reading.end, finding.end) - max(reading.start, finding.start)


def _unmeasured(model: str) -> NotFound:
    return NotFound(
        f"No window of {model} has been measured there.",
        why="What got worse is told of rows whose truth is known, and no window has enough of them.",
        fix=f"See with lamp labels status {model} how labels come.",
        code="E1233",
    )


def _good_before(readings: Sequence[Reading], bad: Reading) -> Reading | None:
    return next((r for r in reversed(readings) if not r.crossed and r.end <= bad.start), None)


def _read(look: Transaction, reading: Reading, versions: dict[int, Version]) -> _Window:
    kept = look.outcomes.between(reading.model, reading.environment, reading.number, reading.start, reading.end)
    return _Window(reading, versions[reading.number], together(map(labelled_from, kept.values())))


def _losses(window: _Window, loss: Loss) -> Losses:
    rows, threshold = window.rows, window.version.manifest.decision.threshold
    return Losses(loss.of(rows.labels, rows.scores, threshold), rows.cells, rows.keys)


def _promised(window: _Window, loss: Loss, profile: Profile | None) -> Losses | None:
    """The loss to expect of the same rows: by their own scores, or for numbers as the reference had on average."""
    rows, version = window.rows, window.version
    if version.manifest.contract.output.meaning is Meaning.PROBABILITY:
        return Losses(loss.promised(rows.scores, version.manifest.decision.threshold), rows.cells, rows.keys)
    truth = profile.truth if profile else None
    if truth is None or not truth.rows.sum():
        return None
    error = truth.errors[0 if "absolute" in loss.name else 1].sum() / truth.rows.sum()
    return Losses(np.full(rows.n, error), rows.cells, rows.keys)


# The answer


def _slices(found: Sequence[Share], extra: float) -> tuple[SliceShare, ...]:
    if extra <= 0.0:
        return ()
    return tuple(
        SliceShare(
            slice=", ".join(map(str, one.part)),
            rows=one.rows,
            rows_before=one.rows_before,
            loss=one.loss,
            loss_before=one.loss_before,
            share=one.part_of_change / extra,
            low=one.low / extra,
            high=one.high / extra,
            within=one.within / extra,
            p=one.p,
            stands_out=one.p < _LEVEL and one.excess > 0.0,
        )
        for one in found[:_MOST]
    )


def _with_sentence(told: Why, meaning: Meaning, *, sliced: bool) -> Why:
    form = ".0%" if meaning is Meaning.PROBABILITY else ".4g"
    often = "" if meaning is Meaning.PROBABILITY else " on average"
    said = f"it said {told.said:{form}}{often} and {told.came:{form}} came true"
    parts = [f"Since {_day(told.since)}: {said}." if told.since else f"In the newest window {said}."]
    parts += [_where(told, sliced=sliced), *_which(told.inputs)]
    return msgspec.structs.replace(told, sentence=" ".join(parts).replace("%", " %"))


def _where(told: Why, *, sliced: bool) -> str:
    if told.loss_before is None:
        return "There is no earlier window to compare it with."
    if told.loss <= told.loss_before:
        return f"It did not get worse: the {told.loss_name} is {told.loss:.4g} and was {told.loss_before:.4g}."
    if not sliced:
        return "Rows are not told apart: name slices in [monitor] to see where it is."
    first = next((one for one in told.slices if one.stands_out), None)
    if first is None:
        return "No slice stands out: the extra loss is spread as the rows are."
    share = f"{first.share:.0%}" if first.share < 1.0 else "All"
    return f"{share} of the extra loss goes together with {words(first.slice)}."


def _which(inputs: Sequence[InputMoved]) -> list[str]:
    matter = [one.column for one in inputs if one.matters]
    harmless = [one.column for one in inputs if one.moved and not one.matters]
    told = [f"Inputs that moved and matter: {_some(matter)}."] if matter else []
    if inputs and not matter:
        told = ["No input that matters moved."]
    return told + ([f"Moved, harmless: {_some(harmless)}."] if harmless else [])


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_FEW]) + (f" and {len(names) - _FEW} more" if len(names) > _FEW else "")


def words(name: str) -> str:
    """A slice as people write it: `origin = EWR, hour = 17 to 20`."""
    return ", ".join(part.replace("=", " = ", 1) for part in name.split(", "))


def _day(instant: int) -> str:
    moment = datetime.fromtimestamp(instant / 1_000_000, UTC)
    return f"{moment.day} {moment:%b %Y}"
