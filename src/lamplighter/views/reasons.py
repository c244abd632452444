"""Why it got worse: in which slices the loss has grown, and which inputs moved with it. Figures that go together, no causes."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from lamplighter.domain.monitor import Finding
from lamplighter.domain.version import Version
from lamplighter.monitoring.attribution import Share, shares
from lamplighter.monitoring.losses import loss_of
from lamplighter.monitoring.profile import Profile
from lamplighter.views.bad_windows import losses, promised, windows
from lamplighter.views.moved import moved
from lamplighter.views.why import SliceShare, Why
from lamplighter.views.why_words import sentence

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction

#: Slices that are told of.
_MOST = 20
#: A slice stands out beyond this probability of chance, over all slices together.
_LEVEL = 0.05


def why(
    look: "Transaction",
    model: str,
    environment: str,
    profile_of: Callable[[Version], Profile | None],
    finding: Finding | None = None,
) -> Why:
    """Explain the window of a finding, or without one the newest bad window of the live version, or its newest one; raises
    `NotFound` where none was measured."""
    bad, base, since = windows(look, model, environment, finding)
    metric, contract = bad.reading.measure, bad.version.manifest.contract
    loss = loss_of(metric)
    after = losses(bad, loss)
    before = losses(base, loss) if base else promised(bad, loss, profile_of(bad.version))
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
    return msgspec.structs.replace(told, sentence=sentence(told, contract.output.meaning, sliced=sliced))


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
