"""Counts of traffic, and alerts of others, go away once nothing shows them any more. What was recorded of requests has its own
rule: `retention`."""

from lamplighter.lifecycle.kit import Kit

_HOUR = 3600
_DAY = 24 * _HOUR
#: How long counts are kept, seconds: those by the second, those by the hour, and those by consumer and hour.
SECONDS_KEPT, HOURS_KEPT, CONSUMERS_KEPT = 8 * _DAY, 400 * _DAY, 35 * _DAY
#: How long an alert of another system is kept after it was told last, seconds: what fires is told again every few hours.
ALERTS_KEPT = 30 * _DAY
#: At most so many seconds of one model go in one transaction: others want to write too.
_AT_ONCE = _DAY


def forget(kit: Kit) -> None:
    """Drop what is old enough, of each model in each environment by itself."""
    now = kit.clock.now() // 1_000_000
    with kit.store.transaction() as change:
        change.felt.forget(now - CONSUMERS_KEPT)
        change.version_hours.forget(now - CONSUMERS_KEPT)
        change.external_alerts.forget((now - ALERTS_KEPT) * 1_000_000)
    with kit.store.reading() as look:
        environments = [environment.name for environment in look.environments.all()]
        places = [(project.name, name) for project in look.projects.all() for name in environments]
        oldest = {place: look.traffic.oldest(*place) for place in places}
    for place, second in oldest.items():
        if second is not None and second < now - SECONDS_KEPT:
            before = min(now - SECONDS_KEPT, second + _AT_ONCE)
            with kit.store.transaction() as change:
                change.traffic.forget(*place, seconds_before=before, hours_before=now - HOURS_KEPT)
