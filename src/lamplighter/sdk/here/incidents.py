"""What is wrong, and who has it."""

from lamplighter.domain.incident import Incident, Step
from lamplighter.lifecycle import channel_trial, incidents, responding
from lamplighter.sdk.here.base import Caller
from lamplighter.sdk.verbs import incidents as verbs
from lamplighter.views.external_alerts import AlertSeen, alerts

#: Alerts that are shown at most.
_MOST = 1_000


class Incidents(Caller, verbs.Incidents):
    """What is wrong, and who has it."""

    def incidents(self, model: str = "", closed: bool = False) -> list[Incident]:
        with self._kit.store.reading() as look:
            self._known(look, model)
            if model:
                return look.incidents.of(model, closed=closed, limit=200)
            return look.incidents.all(newest="opened_at", limit=200, equals={} if closed else {"open": True})

    def incident(self, key: str) -> Incident:
        with self._kit.store.reading() as look:
            return incidents.find(look, key)

    def acknowledge(self, key: str, note: str = "") -> Incident:
        return incidents.move(self._kit, self._actor, key, Step.ACKNOWLEDGE, note or "has it.")

    def resolve(self, key: str, note: str = "") -> Incident:
        return incidents.move(self._kit, self._actor, key, Step.RESOLVE, note or "it is over.")

    def snooze(self, key: str, duration: str, reason: str) -> Incident:
        return responding.snooze(self._kit, self._actor, key, duration, reason)

    def assign(self, key: str, to: str, note: str = "") -> Incident:
        return responding.assign(self._kit, self._actor, key, to, note)

    def note(self, key: str, text: str) -> Incident:
        return responding.note(self._kit, self._actor, key, text)

    def external_alerts(self) -> list[AlertSeen]:
        with self._kit.store.reading() as look:
            return alerts(look, self._kit.settings.alert_routes, _MOST)

    def test_channel(self, name: str) -> str:
        channel_trial.try_channel(self._kit, self._actor, name)
        return name
