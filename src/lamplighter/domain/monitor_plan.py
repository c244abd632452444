"""What `lamp.toml` says about watching: labels, quality, alarms and who hears of them."""

import msgspec

from lamplighter.domain.digest import DigestPlan
from lamplighter.domain.errors import Invalid
from lamplighter.domain.record import Settings
from lamplighter.domain.route import LATENCY_BOUNDS

#: The last bound of the latency buckets, milliseconds.
_LONGEST_MS = LATENCY_BOUNDS[-1] * 1000.0
#: Characters of a runbook at most.
_LONGEST_RUNBOOK = 2000


class Labels(Settings, frozen=True):
    """Where the truth comes from."""

    origin: str = msgspec.field(name="from", default="")
    expected_after: str = "0s"
    #: How long a label waits for a prediction that nobody knows, such as 30d; then it is dropped and counted.
    wait: str = "30d"


class Quality(Settings, frozen=True):
    """The figure that is watched."""

    metric: str = "brier"
    #: The limit it may not cross; the metric says on which side it is bad.
    limit: float | None = None
    #: Length of a window, such as 7d.
    window: str = "7d"
    #: Rows with labels that a window needs before it is judged.
    least_rows: int = 500


class Monitor(Settings, frozen=True):
    """What is watched in production."""

    labels: Labels = Labels()
    quality: Quality = Quality()
    #: Share of failed requests that pages.
    errors: float = 0.01
    #: How long nobody may ask the model, such as 15m, before that is a finding; twice its longest pause if left out.
    silent_after: str = ""
    #: How long it may take until what came in is measured, such as 15m.
    stale_after: str = "15m"
    #: Milliseconds that 19 of 20 requests may take at most; nothing is asked of it if none are given.
    p95_ms: float | None = None
    #: Whose rules call a window drifted: ours, which keep a rate of false alarms, or those of a well-known library by its name.
    preset: str = "lamplighter"
    #: Drift measure for the inputs.
    measure: str = "jensen_shannon"
    #: False alarms of drift that are allowed a month, over all inputs together; the policy's number if left out.
    false_alarms: float | None = None
    #: Inputs whose values have quality figures of their own: categories, and numbers by tenths of the reference.
    slices: tuple[str, ...] = ()
    #: The words in which the business owner hears how it does.
    digest: DigestPlan = DigestPlan()
    #: Channels by the names of the settings, such as webhook.
    notify: tuple[str, ...] = ()
    #: What to do when something is wrong: an address, a path in the repository, or words.
    runbook: str = ""


def check_least_rows(rows: int) -> int:
    """The number itself if a window can need so many rows; raises `Invalid`."""
    if rows < 1:
        raise Invalid(
            "That is not a number of rows.",
            why="A window without any row has no quality.",
            fix="Write least_rows = 500.",
            code="E1176",
        )
    return rows


def check_errors(share: float) -> float:
    """The share itself if requests can fail so often; raises `Invalid`."""
    if not 0.0 <= share <= 1.0:
        raise Invalid(
            "That is not a share of requests.",
            why="It lies from 0, for none, to 1, for all.",
            fix="Write errors = 0.01 for one in a hundred.",
            code="E1176",
        )
    return share


def check_latency(milliseconds: float | None) -> float | None:
    """The limit itself if the latency buckets can tell what is above it; raises `Invalid`."""
    if milliseconds is not None and not 0.0 < milliseconds < _LONGEST_MS:
        raise Invalid(
            "That is no limit of a latency.",
            why=f"It lies above 0 and below {_LONGEST_MS:g} milliseconds: longer ones are not told apart.",
            fix="Write p95_ms = 200.",
            code="E1235",
        )
    return milliseconds


def check_false_alarms(number: float | None) -> float | None:
    """The number itself if so many false alarms a month can be allowed; raises `Invalid`."""
    if number is not None and not 0.0 < number <= 31.0:
        raise Invalid(
            "That is not a number of false alarms.",
            why="It is how many a month are allowed: above 0, because no alarm is always right, and at most one a day.",
            fix="Write false_alarms = 1.0, or leave it out.",
            code="E1225",
        )
    return number


def check_runbook(text: str) -> str:
    """It stands in every message, so it has to be short."""
    if len(text) > _LONGEST_RUNBOOK:
        raise Invalid(
            "The runbook is too long for a message.",
            why=f"It may have {_LONGEST_RUNBOOK} characters.",
            fix="Write its address, or its path in the repository.",
            code="E1570",
        )
    return text
