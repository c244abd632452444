"""Alerts of another monitoring system: they are kept as they come, and each that fires becomes a finding like ours.

What is kept is looked at again and again, so that an alert of something that is not known yet counts once it is, and a model
that goes live joins. An alert is told once for each model, however often it comes.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from lamplighter.domain.errors import Unavailable
from lamplighter.domain.external_alert import ExternalAlert, Place, finding_of, heard_again, place_of
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.incident import FELT, Incident, Step, is_outgrown
from lamplighter.domain.monitor import Finding, Look
from lamplighter.domain.notification import read_notification
from lamplighter.domain.record import Record
from lamplighter.domain.routing import Routing
from lamplighter.domain.trouble import key_of, trouble_of
from lamplighter.lifecycle import calming, findings, incidents
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.mainstay import mainstays
from lamplighter.store.transaction import Transaction

#: Alerts that are kept at most.
_MOST = 20_000
#: An open incident is told so often at most that it is still so, microseconds.
_AGAIN = 60_000_000


class Unplaced(Record, frozen=True):
    """An alert that is about nothing known here."""

    #: Its place in the notification, from 0.
    alert: int
    why: str


class Taken(Record, frozen=True):
    """What became of a notification."""

    #: Alerts that began, that ended, and that were known as they are.
    began: int
    ended: int
    known: int
    #: Alerts that this platform has sent itself; they are left out.
    ours: int
    #: Alerts that are kept and listed, and that nobody is told of as long as nothing known is named.
    unplaced: tuple[Unplaced, ...]


def receive(kit: Kit, content: bytes) -> Taken:
    """Keep the alerts of a notification; they are durable when this returns. Raises `Invalid`, and `Unavailable` for one too
    many; Alertmanager tries that again."""
    heard = read_notification(content, kit.clock.now())
    found: Counter[str] = Counter()
    unplaced = []
    with kit.store.transaction() as change:
        names = change.known()
        if change.external_alerts.count() + len(heard) > _MOST:
            raise Unavailable(
                "Too many alerts are kept.",
                why=f"At most {_MOST:,} are, and those that were told in the last 30 days stay.",
                fix="Route only alerts here that are about models, their sources and their hosts.",
                code="E1291",
            )
        before = {one.fingerprint: one for one in change.external_alerts.among("fingerprint", [a.fingerprint for a in heard])}
        for place, alert in enumerate(heard):
            if alert.is_ours:
                found["ours"] += 1
                continue
            known = before.get(alert.fingerprint)
            after = before[alert.fingerprint] = heard_again(known, alert)
            change.external_alerts.put(after)
            found[_what(known, after)] += 1
            nothing = place_of(after, kit.settings.alert_routes, names).why
            unplaced += [Unplaced(place, nothing)] if nothing else []
    return Taken(found["began"], found["ended"], found["known"], found["ours"], tuple(unplaced))


def _what(known: ExternalAlert | None, after: ExternalAlert) -> str:
    if known is not None and (known.started_at, known.ended_at) == (after.started_at, after.ended_at):
        return "known"
    return "began" if after.fires else "ended"


def watch(kit: Kit) -> None:
    """Find what fires, once for each live model that it concerns, and end incidents of which no alert fires any more."""
    with kit.store.reading() as look:
        open_ones = look.incidents.all(open=True)
        firing = look.external_alerts.all(fires=True)
        found = list(_found(kit, look, firing)) if firing else []
    felt = {key_of(one.finding): one for one in open_ones if one.state in FELT}
    for alert, finding in found:
        if trouble_of(finding) not in alert.told or _is_news(felt.get(key_of(finding)), finding, kit.clock.now()):
            _tell(kit, alert, finding)
    _end(kit, open_ones, [finding for _, finding in found])


def _found(kit: Kit, look: Transaction, firing: Sequence[ExternalAlert]) -> Iterator[tuple[ExternalAlert, Finding]]:
    names, concerned = look.known(), _Concerned(look)
    for alert in firing:
        place = place_of(alert, kit.settings.alert_routes, names)
        for routing in concerned.by(place):
            yield alert, finding_of(alert, place, routing)


class _Concerned:
    """Which live models an alert concerns, by what it is about."""

    def __init__(self, look: Transaction) -> None:
        self._live = [routing for routing in look.routings.all() if routing.champion is not None]
        self._mainstays = mainstays(look)
        self._sources: dict[str, set[str]] = {}
        for project in look.projects.all():
            for source in project.source:
                self._sources.setdefault(source.name, set()).add(project.name)

    def by(self, place: Place) -> list[Routing]:
        if place.source:
            return [one for one in self._mainstays if one.model in self._sources.get(place.source, ())]
        if place.environment:
            return [one for one in self._live if one.environment == place.environment and place.model in ("", one.model)]
        return [one for one in self._mainstays if one.model == place.model]


def _is_news(incident: Incident | None, finding: Finding, now: int) -> bool:
    """Whether an incident that is felt does not know of the finding, or has not heard of it for a while."""
    if incident is None:
        return False
    trouble = trouble_of(finding)
    knows = any(trouble_of(told) == trouble for told in incident.findings) and trouble not in incident.calm
    quiet = now - max(incident.found_at, incident.opened_at) >= _AGAIN
    return not knows or quiet or is_outgrown(incident, finding)


def _tell(kit: Kit, alert: ExternalAlert, finding: Finding) -> None:
    with kit.store.transaction() as change:
        findings.report(kit, change, finding)
        now = change.external_alerts.find(fingerprint=alert.fingerprint)
        trouble = trouble_of(finding)
        if now is not None and now.started_at == alert.started_at and trouble not in now.told:
            change.external_alerts.put(replace(now, told=(*now.told, trouble)))


def _end(kit: Kit, open_ones: Sequence[Incident], firing: Sequence[Finding]) -> None:
    """Resolve incidents that rest on alerts alone, and take alerts that have ended out of those that rest on more."""
    wrong = {(key_of(finding), trouble_of(finding)) for finding in firing}
    calm: Mapping[str, Look] = {}
    for incident in open_ones:
        over = [one for one in incident.findings if one.rule and (key_of(one), trouble_of(one)) not in wrong]
        if len(over) == len(incident.findings):
            incidents.move(kit, PLATFORM, incident.id, Step.RESOLVE, "No alert says so any more.")
        elif over and incident.state in FELT:
            calm = {**calm, **{trouble_of(one): _calm(one) for one in over}}
    if calm:
        calming.calm(kit, calm.values())


def _calm(finding: Finding) -> Look:
    assert finding.rule is not None
    return Look(
        model=finding.model,
        environment=finding.environment,
        measure=finding.measure,
        source=finding.source,
        calm=f"{finding.rule.name} does not fire any more.",
    )
