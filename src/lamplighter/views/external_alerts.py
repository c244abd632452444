"""Alerts of another monitoring system, and what became of each."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from lamplighter.domain.external_alert import AlertRoute, ExternalAlert, Place, place_of
from lamplighter.domain.incident import Incident
from lamplighter.domain.record import Record

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction


class AlertSeen(Record, frozen=True):
    """One alert."""

    alert: ExternalAlert
    #: What it is about, in words; empty where that is nothing known here.
    about: str
    #: Why nobody is told of it; empty if somebody is.
    why: str
    #: The open incident that says so, too; empty for none.
    incident: str


def alerts(look: "Transaction", routes: Collection[AlertRoute], limit: int) -> list[AlertSeen]:
    """Alerts by when they were told, the newest first; those that fire and are about nothing known go before all others."""
    known, open_ones = look.known(), look.incidents.all(open=True)
    kept = look.external_alerts.all(newest="heard_at", limit=limit, fires=True)
    kept += look.external_alerts.all(newest="heard_at", limit=limit - len(kept), fires=False)
    found = [_seen(alert, place_of(alert, routes, known), open_ones) for alert in kept]
    return sorted(found, key=lambda one: (not one.alert.fires, bool(one.about)))


def _seen(alert: ExternalAlert, place: Place, open_ones: Sequence[Incident]) -> AlertSeen:
    incident = next((one.id for one in open_ones if _speaks_of(one, alert, place)), "") if place.words else ""
    silent = "" if incident or not alert.fires else "No model that it concerns is live, or its incident was resolved by hand."
    return AlertSeen(alert=alert, about=place.words, why=place.why or silent, incident=incident)


def _speaks_of(incident: Incident, alert: ExternalAlert, place: Place) -> bool:
    return any(
        finding.rule is not None and (finding.measure, finding.source) == (alert.measure, place.source)
        for finding in incident.findings
        if place.model in ("", finding.model) and place.environment in ("", finding.environment)
    )
