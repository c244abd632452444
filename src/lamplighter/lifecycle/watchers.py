"""The monitors are watched themselves: models that have fallen silent and figures that are not made are findings.

That no newer request or label comes is told by nobody but the clock. The incident ends by itself with the first one that does.
"""

from collections.abc import Mapping, Sequence

from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.incident import Incident, Step
from lamplighter.domain.monitor import Finding, Kind, Look
from lamplighter.domain.routing import Routing
from lamplighter.domain.watch import SILENT, STALE, UNLABELLED, Gap, Sighting, is_quiet, unseen
from lamplighter.lifecycle import incidents
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.mainstay import mainstays
from lamplighter.store.sightings import Pauses
from lamplighter.store.transaction import Transaction

#: Pauses are taken of whole hours, so that they are looked at again after so many seconds.
_HOUR = 3600.0
#: Models whose pauses are looked at in one look: a night in which a thousand fall quiet keeps nobody waiting for a second.
_AT_ONCE = 50
_Place = tuple[str, str]
#: Model, environment and measure.
_Found = tuple[str, str, str]
_OVER = {
    SILENT: "It is asked again.",
    UNLABELLED: "Newer labels have come.",
    STALE: "Everything that came in is measured.",
}


class Watchers:
    """What is seen of all live models. Forgetting it costs a few questions."""

    def __init__(self, kit: Kit, at_once: int = _AT_ONCE) -> None:
        self._kit = kit
        self._at_once = at_once
        #: The pauses of quiet models, and when each of these was looked at, seconds.
        self._pauses: Pauses = {}
        self._learnt: dict[str, float] = {}
        #: What was wrong at the look before.
        self._before: frozenset[_Found] = frozenset()

    def looks(self) -> list[Look]:
        """What is silent or stale now and was so at the look before: after a night in which nothing of ours ran, the first look
        sees what nobody could bring in. Incidents whose cause is gone are resolved."""
        now = self._kit.clock.now()
        with self._kit.store.reading() as look:
            live = [(one, one.champion) for one in mainstays(look) if one.champion is not None]
            versions = [(one.model, one.environment, served.number) for one, served in live]
            asked = look.sightings.asked(versions)
            self._learn(look, [one.model for one, _ in live if is_quiet(asked.get((one.model, one.environment), 0), now)])
            seen = look.sightings.of(versions, asked, self._pauses, now)
            projects = {project.name: project for project in look.projects.all()}
            told = [one for one in look.incidents.all(open=True) if one.finding.kind is Kind.MONITOR]
        gaps = {
            (one.model, one.environment): list(unseen(projects[one.model], one, seen[one.model, one.environment], now))
            for one, _ in live
        }
        found = [_look(one, gap, now) for one, _ in live for gap in gaps[one.model, one.environment]]
        wrong, before = frozenset(_key(one) for one in found), self._before
        self._before = wrong
        self._resolve(told, seen, wrong)
        return [one for one in found if _key(one) in before]

    def _learn(self, look: Transaction, quiet: Sequence[str]) -> None:
        """How quiet models are usually called, those first of which nothing is known. What all others do with their pauses is
        forgotten: it does not matter, and when it does it may be different."""
        now, learnt = self._kit.clock.elapsed(), {model: self._learnt.get(model, float("-inf")) for model in quiet}
        due = sorted((model for model in quiet if learnt[model] + _HOUR <= now), key=learnt.__getitem__)[: self._at_once]
        kept = {place: known for place, known in self._pauses.items() if place[0] in learnt.keys() - due}
        self._pauses = {**kept, **look.sightings.pauses(due, self._kit.clock.now())}
        self._learnt = learnt | dict.fromkeys(due, now)

    def _resolve(self, told: list[Incident], seen: Mapping[_Place, Sighting], wrong: frozenset[_Found]) -> None:
        for incident in told:
            if all(_is_over(finding, seen, wrong) for finding in incident.findings):
                incidents.move(self._kit, PLATFORM, incident.id, Step.RESOLVE, _OVER[incident.finding.measure])


def _key(one: Look | Finding) -> _Found:
    return one.model, one.environment, one.measure


def _is_over(finding: Finding, seen: Mapping[_Place, Sighting], wrong: frozenset[_Found]) -> bool:
    """Whether the cause is gone: that something is not found any more may have other reasons, such as another version."""
    sighting = seen.get((finding.model, finding.environment))
    if sighting is None:
        return True
    if _key(finding) in wrong:
        return False
    came = {SILENT: sighting.asked_at, UNLABELLED: sighting.labelled_at}
    return finding.measure not in came or came[finding.measure] > finding.start


def _look(routing: Routing, gap: Gap, now: int) -> Look:
    assert routing.champion is not None
    finding = Finding(
        model=routing.model,
        environment=routing.environment,
        number=routing.champion.number,
        kind=Kind.MONITOR,
        measure=gap.measure,
        value=gap.age,
        limit=gap.limit,
        sentence=gap.why,
        start=now - round(gap.age * 1_000_000),
        end=now,
        after_rows=0,
    )
    return Look(model=finding.model, environment=finding.environment, measure=finding.measure, finding=finding)
