"""The nine checks of a handover. Six are answered by what the platform knows, three by what the receiver has shown."""

from collections.abc import Iterator
from typing import NamedTuple

from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.duration import seconds
from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.errors import Blocked
from lamplighter.domain.handover import Check, Drill, Fact, Handover
from lamplighter.domain.incident import FELT
from lamplighter.domain.instant import minute
from lamplighter.domain.outage import Fallback
from lamplighter.domain.policy import Tier
from lamplighter.domain.project import Project
from lamplighter.domain.routing import Routing
from lamplighter.domain.stage import Duty
from lamplighter.lifecycle import handover_sides, receivers
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction

#: Earlier incidents that are told, and how far back they may lie, microseconds.
_FEW, _QUARTER = 5, 90 * 86_400_000_000
#: What each drill asks, and how it is held.
_DRILLS = {
    Drill.ACCESS: ("The receiver has access", "access"),
    Drill.ROLLBACK: ("The receiver has practised a rollback", "rollback"),
    Drill.PAGE: ("A test page was answered by the receiver", "page"),
}


class Place(NamedTuple):
    """Where a model is live for good."""

    environment: Environment
    routing: Routing


def place_of(look: Transaction, model: str) -> Place:
    """The production environment in which it is live; raises `Blocked` where it is live in none, or runs elsewhere."""
    places = {one.name: one for one in look.environments.all() if one.level is Level.PRODUCTION}
    found = [one for one in look.routings.all(model=model) if one.champion and one.environment in places]
    if not found or found[-1].elsewhere:
        raise Blocked(
            f"{model} cannot be handed over yet.",
            why="It runs elsewhere, where nobody can show a rollback." if found else "No version of it is live in production.",
            fix="Deploy a version here first." if found else f"Deploy one with lamp deploy {model}@N --env ENV.",
            code="E1417",
        )
    return Place(places[found[-1].environment], found[-1])


def of(kit: Kit, look: Transaction, handover: Handover) -> tuple[Check, ...]:
    """Every check as of now."""
    project = look.project(handover.model)
    ground = _Ground(kit, look, handover, project, place_of(look, handover.model))
    return (*ground.known(), *(ground.shown(drill) for drill in Drill))


class _Ground:
    """What the checks look at."""

    def __init__(self, kit: Kit, look: Transaction, handover: Handover, project: Project, place: Place) -> None:
        self._kit, self._look, self._handover, self._project, self._place = kit, look, handover, project, place
        self._tier: Tier = tier_of(kit.policy, criticality_of(project, kit.policy).tier)
        self._people = handover_sides.receivers(look, handover)

    def known(self) -> Iterator[Check]:
        """What the platform answers by itself."""
        yield self._version()
        yield self._way_back()
        yield self._runbook()
        yield self._alerts()
        yield self._dependencies()
        yield self._open_work()

    def _version(self) -> Check:
        live, place = self._place.routing.champion, self._place.environment.name
        assert live is not None
        version = self._look.versions.find(model=self._project.name, number=live.number)
        asked = {"model": self._project.name, "number": live.number, "environment": place}
        decisions = self._look.decisions.all(newest="at", limit=1, equals=asked)
        passed = bool(decisions) and (decisions[0].passed or decisions[0].waiting)
        facts = (
            Fact("version", f"{self._project.name}@{live.number}, {live.digest[:12]}"),
            Fact("live", f"in {place} since {minute(self._place.routing.live_since)}"),
            Fact("tier", f"{self._tier.name}: {self._tier.summary}"),
            Fact("gates", f"decision {decisions[0].digest[:12]}" if decisions else "no decision is kept"),
            *((Fact("runs as", version.manifest.runtime),) if version else ()),
        )
        fix = f"Look with lamp check {self._project.name}@{live.number} --env {place}."
        return _check("version", "The live version passed its gates", passed, facts, "No gate let it in.", fix)

    def _way_back(self) -> Check:
        previous, place = self._place.routing.previous, self._place.environment.name
        facts = (
            Fact("to", f"v{previous.number}, {previous.digest[:12]}" if previous else "nothing"),
            Fact("command", f"lamp rollback {self._project.name} --env {place}"),
        )
        why = "Only one version was ever live there, so that nobody can go back."
        return _check(
            "way-back", "There is a version to return to", previous is not None, facts, why, "Deploy another one first."
        )

    def _runbook(self) -> Check:
        project, answers = self._project, self._handover.answers
        first = project.monitor.runbook or answers.get("runbook", "")
        knows = self._look.duties(project, self._kit.clock.now()).of(Duty.MONITOR_FUNCTIONAL)
        outage = "callers are told of the failure" if project.outage.answer is Fallback.FAIL else project.outage.answer.value
        facts = (
            Fact("first", first or "nothing is written"),
            Fact(
                "by itself",
                f"at a page: {self._tier.technical}; no answer within {self._tier.escalate_after}: the next in line",
            ),
            Fact("in an outage", outage),
            Fact("good to know", " ".join(project.model.limitations) or answers.get("limits", "") or "nothing was said"),
            Fact("questions", f"{knows.holder or 'nobody'}{f', then {knows.deputy}' if knows.deputy else ''}"),
            Fact("business", project.owners.business or "nobody is named"),
        )
        fix = "Write runbook in [monitor] of lamp.toml."
        return _check("runbook", "It is written what to do first", bool(first), facts, "No runbook is written.", fix)

    def _alerts(self) -> Check:
        monitor = self._project.monitor
        channels = receivers.channels_of(self._kit, self._look, self._project.name)
        names = [person.email for person in self._people]
        enough = len(names) >= (2 if self._tier.critical else 1)
        limits = (f"errors > {monitor.errors * 100:g} %", f"p95 > {monitor.p95_ms:g} ms" if monitor.p95_ms else "")
        quality = monitor.quality
        facts = (
            Fact("pages at", ", ".join(filter(None, limits))),
            Fact(
                "quality", f"{quality.metric}, limit {quality.limit:g}" if quality.limit is not None else "no limit is declared"
            ),
            Fact("through", ", ".join(channels) or "no channel"),
            Fact("to", ", then ".join(names) or "nobody"),
        )
        why = f"{len(names)} of {self._handover.receiver} can be paged through {len(channels)} channels."
        fix = "Add people with lamp teams set, and channels to config.toml."
        return _check("alerts", "Pages reach the receiver", bool(channels) and enough, facts, why, fix)

    def _dependencies(self) -> Check:
        sources = self._project.source
        orphans = [source.name for source in sources if not source.owner]
        callers = [f"{one.name} ({one.owner or 'nobody speaks for it'})" for one in self._look.callers(self._project)]
        facts = (
            *(
                Fact(one.name, f"{one.owner or 'nobody'}{f', at most {one.freshness} old' if one.freshness else ''}")
                for one in sources
            ),
            Fact("callers", ", ".join(callers) or "none was seen or declared"),
            *(Fact(f"job {job.name}", f"{job.schedule}: {job.input} to {job.output}") for job in self._project.job),
        )
        why = f"Nobody answers for {', '.join(orphans)}."
        fix = "Name an owner of each [[source]] in lamp.toml."
        return _check("dependencies", "Every source has somebody who answers for it", not orphans, facts, why, fix)

    def _open_work(self) -> Check:
        model, now = self._project.name, self._kit.clock.now()
        incidents = self._look.incidents.of(model, closed=True, limit=100)
        left = [one.id for one in incidents if one.state in FELT]
        left += [one.id for one in self._look.rollouts.all(model=model, open=True)]
        left += [one.id for one in self._look.emergencies.all(model=model, open=True)]
        earlier = [one for one in incidents if one.id not in left and one.opened_at > now - _QUARTER]
        facts = (
            Fact("open", ", ".join(left) or "nothing"),
            Fact("incidents in 90 days", f"{len(earlier)}"),
            *(Fact(one.id, f"{one.finding.sentence} {one.notes[-1] if one.notes else ''}".strip()) for one in earlier[:_FEW]),
        )
        why = f"{', '.join(left)} would change hands half done."
        return _check("open-work", "Nothing is half done", not left, facts, why, "Finish it first.")

    def shown(self, drill: Drill) -> Check:
        """What the receiver has shown."""
        asks, word = _DRILLS[drill]
        proof = self._handover.proof(drill)
        fix = f"Somebody of {self._handover.receiver}: lamp handover drill {self._handover.id} {word}."
        if proof is None:
            return Check(name=drill, asks=asks, passed=False, facts=(), why="Nobody has shown it yet.", fix=fix)
        here = proof.person in {person.email for person in self._people}
        facts = (Fact("by", f"{proof.person}, {minute(proof.at)}"), Fact("took", f"{proof.seconds:.1f} s"), *proof.facts)
        why = proof.why if here else f"{proof.person} is not of {self._handover.receiver} any more."
        return _check(drill.value, asks, proof.passed and here, facts, why, fix)


def within(kit: Kit, drill: Drill) -> float:
    """How long a drill may take, seconds."""
    rule = kit.policy.handover
    return seconds({Drill.ROLLBACK: rule.rollback_within, Drill.PAGE: rule.answer_within}[drill])


def _check(name: str, asks: str, passed: bool, facts: tuple[Fact, ...], why: str, fix: str) -> Check:
    return Check(name=name, asks=asks, passed=passed, facts=facts, why="" if passed else why, fix="" if passed else fix)
