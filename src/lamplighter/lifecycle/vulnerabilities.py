"""Live versions that a new advisory is about: whoever watches the service hears of it."""

from collections.abc import Iterator

from lamplighter.domain.monitor import Finding, Kind, Look, Severity
from lamplighter.domain.routing import Routing
from lamplighter.domain.vulnerability import Exposure, Vulnerability, Weight
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.mainstay import mainstays
from lamplighter.store.transaction import Transaction

MEASURE = "vulnerability"
#: What is heavier is told. An advisory that does not say how bad it is stands at the version, and alarms nobody.
_MOST, _UNSTATED = Weight.MODERATE, Weight.MODERATE


class Exposures:
    """What is known of live versions, looked at again when advisories are loaded or another version is live."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._known: dict[tuple[int, str], Exposure | None] = {}

    def looks(self) -> Iterator[Look]:
        """A finding for each live version with packages that answer and are vulnerable, and calm for those without."""
        with self._kit.store.reading() as look:
            loaded = look.advisory_loads.newest()
            if loaded is None:
                return
            found = [(routing, self._exposure(look, routing, loaded.at)) for routing in mainstays(look)]
        self._known = {key: known for key, known in self._known.items() if key in {_key(one, loaded.at) for one, _ in found}}
        for routing, exposed in found:
            if exposed is not None:
                yield _look(routing, exposed, self._kit.clock.now())

    def _exposure(self, look: Transaction, routing: Routing, loaded_at: int) -> Exposure | None:
        key = _key(routing, loaded_at)
        if key not in self._known:
            assert routing.champion is not None
            version = look.versions.find(model=routing.model, number=routing.champion.number)
            is_loaded = version is not None and version.manifest.loads_packages
            self._known[key] = look.exposure(version) if version is not None and is_loaded else None
        return self._known[key]


def _key(routing: Routing, loaded_at: int) -> tuple[int, str]:
    assert routing.champion is not None
    return loaded_at, f"{routing.model}@{routing.champion.digest}"


def _look(routing: Routing, exposed: Exposure, now: int) -> Look:
    heavy = exposed.above(_MOST, _UNSTATED)
    finding = _finding(routing, heavy, exposed.newest, now) if heavy else None
    calm = "" if heavy else "No package that it loads is known to have a vulnerability that is high or critical."
    return Look(model=routing.model, environment=routing.environment, measure=MEASURE, finding=finding, calm=calm)


def _finding(routing: Routing, heavy: tuple[Vulnerability, ...], newest: int, now: int) -> Finding:
    assert routing.champion is not None
    number = routing.champion.number
    more = f", and {len(heavy) - 1} more" if len(heavy) > 1 else ""
    return Finding(
        model=routing.model,
        environment=routing.environment,
        number=number,
        kind=Kind.TECHNICAL,
        measure=MEASURE,
        value=float(len(heavy)),
        limit=0.0,
        sentence=f"{heavy[0].told}{more}. v{number} loads it where it answers.",
        start=newest,
        end=now,
        after_rows=0,
        severity=Severity.NOTICE,
    )
