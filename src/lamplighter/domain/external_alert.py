"""An alert of another monitoring system, and what it is about here: a source, an environment, a model, or nothing known.

Law of change: fields may be added with a default.
"""

from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

import msgspec

from lamplighter.domain.alert import ALERTS
from lamplighter.domain.monitor import Finding, Kind, Rule, Severity
from lamplighter.domain.record import Record, Settings, digest_of
from lamplighter.domain.routing import Routing

#: Labels that name a model, an environment and a source, where the name is known here.
_MODEL, _ENVIRONMENT, _SOURCE = ("model",), ("env", "environment"), ("source", "feed")
#: What our channel calls its alerts, and our rules.
_OURS, _RULES = "Lamplighter", frozenset(alert.name for alert in ALERTS)
#: Figures of ours that an open incident moves: a rule about them that became an incident would keep itself alive.
_FED_BACK = ("lamp_incidents_open", "lamp_model_status")
#: In front of the name of a rule where it is a measure, and the longest name that stands as it is.
_MEASURE, _LONGEST = "alert/", 50
#: A delivery that says of what has ended that it fires is late for so long, and news after that; microseconds.
_LATE = 60_000_000


class ExternalAlert(Record, frozen=True):
    """An alert as it was told last; of each fingerprint one is kept."""

    #: What the other system knows it by; the same as long as its labels are.
    fingerprint: str
    #: Name of its rule.
    name: str
    labels: Mapping[str, str]
    #: One sentence about it; empty where its rule has none.
    summary: str
    #: Where the other system shows it, an address of the web; empty where it tells none.
    link: str
    severity: Severity
    #: When it began, when it ended (0 while it fires) and when it was told last; microseconds since the epoch, UTC.
    started_at: int
    ended_at: int
    heard_at: int
    #: Models that were told of it since it began, as `model/environment`.
    told: tuple[str, ...] = ()

    @property
    def fires(self) -> bool:
        """Whether it has not ended."""
        return not self.ended_at

    @property
    def measure(self) -> str:
        """What findings of it are known by."""
        name = self.name if len(self.name) <= _LONGEST else f"{self.name[:32]}-{digest_of(self.name.encode())[:16]}"
        return _MEASURE + name

    @property
    def is_ours(self) -> bool:
        """Whether it says what this platform has said before, so that an incident of it would never end."""
        parts = urlsplit(self.link)
        asked = " ".join(text for _, text in parse_qsl(parts.query)) if parts.query else ""
        return self.name.startswith(_OURS) or self.name in _RULES or any(name in asked for name in _FED_BACK)


class AlertRoute(Settings, frozen=True):
    """What alerts with certain labels are about, such as those of a host."""

    #: Text of each label that has to be there; `*` stands for any text.
    match: Annotated[Mapping[str, str], msgspec.Meta(min_length=1)]
    #: The source that they are about.
    source: str = ""
    #: The model that they are about, in `environment` or where it matters most.
    model: str = ""
    #: The environment that they are about, with every model in it if none is named.
    environment: str = ""

    def __post_init__(self) -> None:
        """Refuse a route that leads nowhere, or to two places."""
        if bool(self.source) == bool(self.model or self.environment):
            raise ValueError("a route of alerts leads to a source, or to a model or an environment")

    def takes(self, labels: Mapping[str, str]) -> bool:
        """Whether an alert with these labels goes this way."""
        return all(name in labels and fnmatchcase(labels[name], text) for name, text in self.match.items())


class Known(Record, frozen=True):
    """The names that an alert can mean."""

    models: Collection[str]
    environments: Collection[str]
    sources: Collection[str]


class Place(Record, frozen=True):
    """What an alert is about; all empty where nothing of it is known here."""

    source: str = ""
    model: str = ""
    #: Empty for where the model matters most.
    environment: str = ""
    #: Why it is about nothing known.
    why: str = ""

    @property
    def words(self) -> str:
        """What it is about, in words; empty for nothing."""
        if self.source:
            return f"the source {self.source}"
        inside = f" in {self.environment}" if self.environment else ""
        return f"{self.model}{inside}" if self.model else f"every model{inside}" if inside else ""


def place_of(alert: ExternalAlert, routes: Collection[AlertRoute], known: Known) -> Place:
    """What an alert is about: as the first route says that takes it, else as its own labels say."""
    route = next((one for one in routes if one.takes(alert.labels)), None)
    if route is not None:
        named = Place(source=route.source, model=route.model, environment=route.environment)
        return named if _is_known(named, known) else Place(why="The route in config.toml that takes it leads to nothing known.")
    source = _named(alert, _SOURCE, known.sources)
    if source:
        return Place(source=source)
    model = _named(alert, _MODEL, known.models)
    if not model:
        return Place(why="No label names a model or a source that is known here, and no route in config.toml takes it.")
    environment = _named(alert, _ENVIRONMENT, known.environments)
    if not environment and any(alert.labels.get(name) for name in _ENVIRONMENT):
        return Place(why="It names a model, and an environment that is not known here.")
    return Place(model=model, environment=environment)


def _named(alert: ExternalAlert, labels: Collection[str], known: Collection[str]) -> str:
    return next((alert.labels[name] for name in labels if alert.labels.get(name) in known), "")


def _is_known(place: Place, known: Known) -> bool:
    pairs = ((place.source, known.sources), (place.model, known.models), (place.environment, known.environments))
    return all(not name or name in names for name, names in pairs)


def finding_of(alert: ExternalAlert, place: Place, routing: Routing) -> Finding:
    """What an alert means for one live model."""
    assert routing.champion is not None
    said = f": {alert.summary.rstrip('.')}" if alert.summary else " fires"
    return Finding(
        model=routing.model,
        environment=routing.environment,
        number=routing.champion.number,
        kind=Kind.FEED if place.source else Kind.TECHNICAL,
        measure=alert.measure,
        value=1.0,
        limit=0.0,
        sentence=f"{alert.name}{said}.",
        start=alert.started_at,
        # What fires again with the beginning that it had is another finding.
        end=alert.heard_at,
        after_rows=0,
        severity=alert.severity,
        source=place.source,
        rule=Rule(name=alert.name, link=alert.link, everywhere=not (place.source or place.model)),
    )


def heard_again(known: ExternalAlert | None, heard: ExternalAlert) -> ExternalAlert:
    """What is kept after an alert was told once more. Deliveries come twice and late, so that only three things change more
    than when it was told: that it began later, that what fires has ended, and that it fires long after it was told to have
    ended, as after a time in which the other systems did not reach each other."""
    if known is None or heard.started_at > known.started_at:
        return heard
    if heard.fires and not known.fires and heard.heard_at - known.heard_at > _LATE:
        return heard
    ends = known.fires and not heard.fires and heard.ended_at >= known.started_at
    ended = heard.ended_at if ends else known.ended_at
    return msgspec.structs.replace(known, ended_at=ended, heard_at=max(known.heard_at, heard.heard_at))
