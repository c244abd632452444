"""What is wrong, and who has it."""

from typing import Protocol

from lamplighter.domain.identity import Permission
from lamplighter.domain.incident import Incident
from lamplighter.sdk.door import door
from lamplighter.views.external_alerts import AlertSeen


class Incidents(Protocol):
    """What is wrong, and who has it."""

    @door("GET", "/incidents", Permission.READ)
    def incidents(self, model: str = "", closed: bool = False) -> list[Incident]:
        """Open incidents, newest first; closed ones too if asked for."""
        ...

    @door("GET", "/incidents/{key}", Permission.READ)
    def incident(self, key: str) -> Incident:
        """One incident."""
        ...

    @door("POST", "/incidents/{key}/acknowledge", Permission.RESPOND)
    def acknowledge(self, key: str, note: str = "") -> Incident:
        """Say that you have it; nobody else is told any more."""
        ...

    @door("POST", "/incidents/{key}/resolve", Permission.RESPOND)
    def resolve(self, key: str, note: str = "") -> Incident:
        """Say that it is over."""
        ...

    @door("POST", "/incidents/{key}/snooze", Permission.RESPOND)
    def snooze(self, key: str, duration: str, reason: str) -> Incident:
        """Be quiet about an incident for a time such as `4h`, at most 14 days; then it is told again if it is still wrong."""
        ...

    @door("POST", "/incidents/{key}/assign", Permission.RESPOND)
    def assign(self, key: str, to: str, note: str = "") -> Incident:
        """Give an incident to a person or a team; who is there is told, and the clock begins anew."""
        ...

    @door("POST", "/incidents/{key}/notes", Permission.RESPOND)
    def note(self, key: str, text: str) -> Incident:
        """Write down what was seen or done about an incident."""
        ...

    @door("GET", "/alerts", Permission.READ)
    def external_alerts(self) -> list[AlertSeen]:
        """Alerts of another monitoring system, those first that fire and are about nothing known here; 1,000 at most."""
        ...

    @door("POST", "/channels/{name}/tests", Permission.RESPOND)
    def test_channel(self, name: str) -> str:
        """Send a message of no meaning through a channel of the configuration, at once; gives the name of the channel."""
        ...
