"""What an Alertmanager sends: the notification of its webhooks, version 4, and its alerts as they are kept here."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from lamplighter.domain.decoding import from_json
from lamplighter.domain.errors import Invalid
from lamplighter.domain.external_alert import ExternalAlert
from lamplighter.domain.monitor import Severity

#: Alerts of one notification at most, and labels of one alert that are kept.
MOST_ALERTS, _LABELS = 2_000, 64
#: Longest text of a label, of a sentence and of an address that is kept.
_LABEL, _SENTENCE, _ADDRESS = 500, 400, 2_000
#: Words of the label `severity` that wake nobody. Every other one, and none, is a page: what is not known may be urgent.
_QUIET = frozenset({"warning", "warn", "info", "information", "informational", "notice", "none", "low", "minor", "ticket"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Key = Annotated[str, msgspec.Meta(pattern=r"\A[0-9A-Za-z_-]{1,64}\Z")]


class Alerted(msgspec.Struct, frozen=True, rename="camel"):
    """One alert of a notification. Members that this release does not know are left out."""

    status: Literal["firing", "resolved"]
    labels: Mapping[str, str]
    #: When it began to fire. When it ended stands in `endsAt`, and a year before 1970 means not yet.
    starts_at: Annotated[datetime, msgspec.Meta(tz=True)]
    #: Stays the same as long as its labels do.
    fingerprint: _Key
    ends_at: Annotated[datetime, msgspec.Meta(tz=True)] = _EPOCH
    annotations: Mapping[str, str] = {}
    #: Page of the rule in the system that found it.
    generator_url: str = msgspec.field(name="generatorURL", default="")


class Notification(msgspec.Struct, frozen=True, rename="camel"):
    """The body of one delivery: a group of alerts."""

    version: Literal["4"]
    status: Literal["firing", "resolved"]
    group_key: str
    alerts: Annotated[tuple[Alerted, ...], msgspec.Meta(max_length=MOST_ALERTS)]


def read_notification(content: bytes, now: int) -> tuple[ExternalAlert, ...]:
    """The alerts of a notification that came at `now`, microseconds since the epoch; raises `Invalid` saying what does not
    fit, and where."""
    try:
        notification = from_json(content, Notification)
    except (msgspec.DecodeError, RecursionError) as error:
        # What is wrong with a value is said; the value is not.
        what, _, place = str(error).rpartition(" - at ")
        said = "Invalid value" if what.startswith("Invalid enum value") else what
        raise Invalid(
            "That is no notification of an Alertmanager.",
            why=f"{said or 'It is not JSON of that form'}{f' - at {place}' if what else ''}. Nothing of it was kept.",
            fix=f"Send webhooks of version 4 with at most {MOST_ALERTS} alerts: max_alerts in the webhook_config.",
            code="E1290",
        ) from None
    return tuple(_kept(one, now) for one in notification.alerts)


def _kept(one: Alerted, now: int) -> ExternalAlert:
    labels = {_clean(name, _LABEL): _clean(text, _LABEL) for name, text in sorted(one.labels.items())[:_LABELS]}
    said = one.annotations.get("summary") or one.annotations.get("description") or one.annotations.get("message") or ""
    is_quiet = one.labels.get("severity", "").lower() in _QUIET
    over = max(_instant(one.ends_at), 0) or now
    return ExternalAlert(
        fingerprint=one.fingerprint,
        name=_clean(one.labels.get("alertname", ""), _LABEL) or "an alert without a name",
        labels=labels,
        summary=_clean(said, _SENTENCE),
        link=_link(one.generator_url),
        severity=Severity.NOTICE if is_quiet else Severity.PAGE,
        started_at=_instant(one.starts_at),
        ended_at=over if one.status == "resolved" else 0,
        heard_at=now,
    )


def _instant(moment: datetime) -> int:
    return (moment - _EPOCH) // (datetime.resolution)


def _clean(text: str, longest: int) -> str:
    """The text in one line, without what could act on a terminal."""
    flat = " ".join("".join(one if one.isprintable() else " " for one in text[: 4 * longest]).split())
    return flat if len(flat) <= longest else f"{flat[: longest - 1]}…"


def _link(address: str) -> str:
    """The address if a browser may be sent there; another scheme could run code, and an account in it is somebody's secret."""
    try:
        parts = urlsplit(address)
        lawful = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return ""
    return address if lawful and len(address) <= _ADDRESS and address.isprintable() and " " not in address else ""
