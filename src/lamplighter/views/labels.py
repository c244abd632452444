"""How labels come: how many, how late, and what of them waits for a prediction that nobody knows."""

from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING

from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.late_truth import too_late
from lamplighter.domain.policy import Policy
from lamplighter.domain.record import Record

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction

#: Rows that lateness is taken of.
_ROWS = 1000


class LabelStatus(Record, frozen=True):
    """The labels of a model in one environment."""

    model: str
    environment: str
    #: Scored rows of all versions, and how many of them have a label.
    scored: int
    labelled: int
    #: The newest day of event time with a label, microseconds since the epoch; 0 for none.
    newest_day: int
    #: How long after its prediction a label of that day came, in the middle and at the latest, seconds; nothing without any.
    lag: float | None
    longest: float | None
    #: Labels of the model whose prediction is not known, wherever it would be; how long they wait, and how many did in vain.
    waiting: int
    wait: str
    expired: int
    #: The newest day of event time of which rows are not kept any more, microseconds since the epoch: labels of closed days
    #: change no figure. 0 for none.
    closed: int = 0
    #: Why labels come too late for their rows; empty if they do not.
    too_late: str = ""


def label_status(look: "Transaction", policy: Policy, model: str, environment: str) -> LabelStatus:
    """How the labels of a model come; raises `NotFound`."""
    project = look.project(model)
    wait = project.monitor.labels.wait
    scored, labelled = look.outcomes.labelled(model, environment)
    day, lags = _lags(look, model, environment)
    return LabelStatus(
        model=model,
        environment=environment,
        scored=scored,
        labelled=labelled,
        newest_day=day,
        lag=median(lags) if lags else None,
        longest=max(lags) if lags else None,
        waiting=look.labels.waiting(model),
        wait=wait,
        expired=look.labels.expired(model),
        closed=look.closed_days.newest(model, environment) or 0,
        too_late=too_late(project, tier_of(policy, criticality_of(project, policy).tier).log),
    )


def _lags(look: "Transaction", model: str, environment: str) -> tuple[int, Sequence[float]]:
    newest = look.outcomes.newest_labelled(model, environment)
    if newest is None:
        return 0, ()
    number, day = newest
    came = look.labels.came(model, environment, number, day, _ROWS)
    return day, [max(0.0, (received_at - event_at) / 1_000_000) for event_at, received_at in came]
