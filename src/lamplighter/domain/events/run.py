"""Trainings and scheduled jobs."""

from lamplighter.domain.events.base import Event


class RetrainingRequested(Event, frozen=True, tag=True):
    """A training was asked for."""

    retraining: str = ""
    cause: str = ""


class RetrainingMoved(Event, frozen=True, tag=True):
    """A training started, finished or failed."""

    retraining: str = ""
    state: str = ""
    number: int = 0
    why: str = ""


class RetrainingRefused(Event, frozen=True, tag=True):
    """A trigger wanted a training, and it is refused."""

    retraining: str = ""
    cause: str = ""
    #: Who is told: the holder of the duty to retrain.
    person: str = ""
    why: str = ""


class JobRunMoved(Event, frozen=True, tag=True):
    """A run of a scheduled job started, finished, failed or is tried again."""

    run: str = ""
    job: str = ""
    state: str = ""
    version: str = ""
    rows: int = 0
    cause: str = ""
    why: str = ""


RunEvent = RetrainingRequested | RetrainingRefused | RetrainingMoved | JobRunMoved
