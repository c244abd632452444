"""The platform in this process: every verb over an open kit, as one caller."""

from collections.abc import Sequence
from functools import partial
from math import isfinite

from lamplighter.domain.acceptance import Side, Signature
from lamplighter.domain.challenge import Challenge
from lamplighter.domain.consent import Consent
from lamplighter.domain.consumer import Account
from lamplighter.domain.decision import Decision
from lamplighter.domain.digest import Digest
from lamplighter.domain.drill import OutageDrill
from lamplighter.domain.environment import Environment
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.expiry import Expiry
from lamplighter.domain.feed import Feed
from lamplighter.domain.identity import Actor, Person, Role, Team
from lamplighter.domain.incident import Incident, Step
from lamplighter.domain.job import KeptRun, Run
from lamplighter.domain.journal import Entry, Verification
from lamplighter.domain.monitor import Reading
from lamplighter.domain.monitored import Monitored
from lamplighter.domain.names import parse_reference, unknown
from lamplighter.domain.paired import ShadowRun
from lamplighter.domain.project import Project
from lamplighter.domain.pushed import Kept, Pushed, own_id
from lamplighter.domain.recounted import Recounted
from lamplighter.domain.retraining import Retraining
from lamplighter.domain.rollout import Rollout, Signal
from lamplighter.domain.routing import Routing
from lamplighter.domain.rows import USUAL_ROWS, Rows
from lamplighter.domain.version import Manifest, Version
from lamplighter.domain.watch import Watched
from lamplighter.domain.who import Who
from lamplighter.lifecycle import (
    acceptance,
    ageing,
    deployment,
    design,
    digests,
    drills,
    elsewhere,
    feeds,
    identity,
    incidents,
    industrialization,
    jobs,
    judging,
    management,
    ownership,
    profiles,
    pushing,
    recounting,
    responding,
    routing,
    shadowing,
    telling,
    watching,
)
from lamplighter.lifecycle import consumers as applications
from lamplighter.lifecycle import rows as asked
from lamplighter.lifecycle.kit import Kit
from lamplighter.sdk.interface import Deployed, Facts, Figures, Label, Platform, RolledBack, Secret
from lamplighter.store.transaction import Transaction
from lamplighter.views import answering, history, labels, live
from lamplighter.views import consumers as callers
from lamplighter.views import false_alarms as alarming
from lamplighter.views import feeds as sources
from lamplighter.views import fleet as fleets
from lamplighter.views import monitored as watched
from lamplighter.views import status as statuses
from lamplighter.views import version as inside
from lamplighter.views import waiting as queues
from lamplighter.views import watched as watches
from lamplighter.views import why as reasons
from lamplighter.views.answering import Service
from lamplighter.views.consumers import Consumed
from lamplighter.views.false_alarms import FalseAlarms
from lamplighter.views.fleet import Fleet
from lamplighter.views.history import AsOf
from lamplighter.views.labels import LabelStatus
from lamplighter.views.status import ModelStatus
from lamplighter.views.version import VersionView
from lamplighter.views.waiting import Waiting
from lamplighter.views.why import Why


class Embedded(Platform):
    """The verbs of one caller. Whether the caller may use a verb is asked at the door; whose turn it is, in the verb."""

    def __init__(self, kit: Kit, actor: Actor) -> None:
        self._kit = kit
        self._actor = actor

    def _version(self, look: Transaction, reference: str, environment: str) -> Version:
        parsed = parse_reference(reference)
        place = environment or self._main(look, parsed.model)
        return inside.resolve(look, parsed, place)

    def _known(self, look: Transaction, model: str, environment: str = "") -> None:
        """Raise `NotFound` for a name that is given and that nothing has: a misspelt one must not look like an empty answer."""
        if model:
            look.project(model)
        if environment:
            look.environment(environment)

    def _main(self, look: Transaction, model: str) -> str:
        """The most protected environment in which a model is live; empty if it is live nowhere."""
        found = live.live_versions(look, model)
        return found[-1].environment if found else ""

    # People

    def whoami(self) -> Person:
        return self._actor.person

    def people(self) -> list[Person]:
        with self._kit.store.reading() as look:
            return look.people.all()

    def save_person(self, email: str, name: str, roles: Sequence[Role], active: bool = True) -> Person:
        person = identity.save_person(self._kit, self._actor, email, name, roles, active)
        routing.apply_everywhere(self._kit)
        return person

    def teams(self) -> list[Team]:
        with self._kit.store.reading() as look:
            return look.teams.all()

    def save_team(self, name: str, members: Sequence[str]) -> Team:
        return identity.save_team(self._kit, self._actor, name, members)

    def issue_token(self, email: str, label: str, days: int = 90) -> Secret:
        made = identity.issue_token(self._kit, self._actor, email, label, days)
        routing.apply_everywhere(self._kit)
        return Secret(secret=made.secret, expires_at=made.expires_at)

    def issue_sign_in(self, email: str) -> Secret:
        made = identity.issue_sign_in(self._kit, email)
        return Secret(secret=made.secret, expires_at=made.expires_at)

    # Applications

    def consumer_accounts(self) -> list[Account]:
        with self._kit.store.reading() as look:
            return look.consumers.all()

    def save_consumer(self, name: str, owner: str, models: Sequence[str] = (), active: bool = True) -> Account:
        account = applications.save(self._kit, self._actor, name, owner, models, active)
        routing.apply_everywhere(self._kit)
        return account

    def issue_consumer_token(self, name: str, model: str, environment: str, days: int = 90) -> Secret:
        made = identity.issue_predict_token(self._kit, self._actor, name, model, environment, days)
        routing.apply(self._kit, environment)
        return Secret(secret=made.secret, expires_at=made.expires_at)

    def issue_push_token(self, name: str, model: str, environment: str, days: int = 90) -> Secret:
        made = identity.issue_push_token(self._kit, self._actor, name, model, environment, days)
        return Secret(secret=made.secret, expires_at=made.expires_at)

    def consumers(self, model: str) -> list[Consumed]:
        with self._kit.store.reading() as look:
            return list(callers.consumers(look, model, self._kit.clock.now()))

    # Environments

    def environments(self) -> list[Environment]:
        with self._kit.store.reading() as look:
            return look.environments.all()

    def save_environment(self, name: str, environment: Environment) -> Environment:
        saved = design.save_environment(self._kit, self._actor, name, environment)
        routing.apply(self._kit, name)
        return saved

    # Design

    def save_project(self, model: str, project: Project) -> Project:
        return design.save_project(self._kit, self._actor, model, project)

    def project(self, model: str) -> Project:
        with self._kit.store.reading() as look:
            return look.project(model)

    def who(self, model: str) -> Who:
        return ownership.who(self._kit, model)

    # Industrialization

    def missing_artifacts(self, digests: Sequence[str]) -> list[str]:
        return industrialization.missing_artifacts(self._kit, digests)

    def put_artifact(self, digest: str, content: bytes) -> str:
        return industrialization.put_artifact(self._kit, digest, content)

    def artifact(self, digest: str) -> bytes:
        return self._kit.artifacts.get(digest)

    def register(self, model: str, manifest: Manifest, evidence: Sequence[Facts] = (), note: str = "") -> Version:
        brought = [(facts.kind, facts.facts) for facts in evidence]
        return industrialization.register(self._kit, self._actor, model, manifest, brought, note)

    def versions(self, model: str) -> list[Version]:
        with self._kit.store.reading() as look:
            look.project(model)
            return look.versions.all(model=model)

    def version(self, reference: str, environment: str = "") -> VersionView:
        with self._kit.store.reading() as look:
            parsed = parse_reference(reference)
            return inside.version_view(look, parsed, environment or self._main(look, parsed.model))

    def add_evidence(self, reference: str, evidence: Facts) -> Evidence:
        with self._kit.store.reading() as look:
            version = self._version(look, reference, "")
        return industrialization.add_evidence(self._kit, self._actor, version, evidence.kind, evidence.facts)

    # Deployment

    def check(self, reference: str, environment: str) -> Decision:
        with self._kit.store.reading() as look:
            version = self._version(look, reference, environment)
            return judging.judge(self._kit, look, version, look.environment(environment), self._actor)

    def deploy(self, reference: str, environment: str) -> Deployed:
        with self._kit.store.reading() as look:
            version, place = self._version(look, reference, environment), look.environment(environment)
        decision, rollout = deployment.deploy(self._kit, self._actor, version, place)
        return Deployed(decision=decision, rollout=rollout)

    def sign(self, reference: str, environment: str, side: Side, accepted: bool, reason: str = "") -> Signature:
        with self._kit.store.reading() as look:
            version, place = self._version(look, reference, environment), look.environment(environment)
        return acceptance.sign(self._kit, self._actor, version, place, side, accepted=accepted, reason=reason)

    def consent(self, reference: str, consumer: str, accepted: bool, environment: str = "", reason: str = "") -> Consent:
        with self._kit.store.reading() as look:
            version = self._version(look, reference, environment)
            place = look.environment(environment or self._main(look, version.model))
        return applications.consent(self._kit, self._actor, version, place, consumer, accepted=accepted, reason=reason)

    def waiting(self, model: str = "") -> list[Waiting]:
        with self._kit.store.reading() as look:
            self._known(look, model)
            return list(queues.waiting(look, model))

    def rollouts(self, model: str = "") -> list[Rollout]:
        with self._kit.store.reading() as look:
            self._known(look, model)
            chosen = {"model": model} if model else {}
            return look.rollouts.all(newest="opened_at", limit=100, equals=chosen)

    def rollout(self, key: str) -> Rollout:
        with self._kit.store.reading() as look:
            found = look.rollouts.find(id=key)
            if found is None:
                raise unknown("rollout", key, (rollout.id for rollout in look.rollouts.all(newest="opened_at", limit=12)))
            return found

    def pause(self, key: str) -> Rollout:
        return deployment.steer(self._kit, self._actor, key, Signal.PAUSED, f"Paused by {self._actor.email}.")

    def resume(self, key: str) -> Rollout:
        return deployment.steer(self._kit, self._actor, key, Signal.RESUMED, f"Resumed by {self._actor.email}.")

    def stop(self, key: str) -> Rollout:
        return deployment.steer(self._kit, self._actor, key, Signal.STOPPED, f"Stopped by {self._actor.email}.")

    def roll_back(self, model: str, environment: str, to: int = 0, reason: str = "", leaving: int = 0) -> RolledBack:
        with self._kit.store.reading() as look:
            place = look.environment(environment)
        done = deployment.roll_back(self._kit, self._actor, model, place, to, reason, leaving)
        return RolledBack(
            model=done.model, environment=done.environment, before=done.before, now=done.now, seconds=done.seconds
        )

    def shadow(self, model: str, environment: str, number: int) -> Routing:
        with self._kit.store.reading() as look:
            place = look.environment(environment)
        return deployment.shadow(self._kit, self._actor, model, place, number)

    def shadow_run(self, model: str, environment: str) -> ShadowRun:
        with self._kit.store.reading() as look:
            place = look.environment(environment)
        return shadowing.run(self._kit, model, place)

    def keep_shadow_run(self, model: str, environment: str) -> ShadowRun:
        with self._kit.store.reading() as look:
            place = look.environment(environment)
        return shadowing.write_down(self._kit, self._actor, model, place)

    def extend(self, reference: str, environment: str, days: int, reason: str) -> Expiry:
        with self._kit.store.reading() as look:
            version, place = self._version(look, reference, environment), look.environment(environment)
        return ageing.extend(self._kit, self._actor, version, place, days, reason)

    def drill_outage(self, reference: str, environment: str) -> OutageDrill:
        with self._kit.store.reading() as look:
            version, place = self._version(look, reference, environment), look.environment(environment)
        return drills.outage(self._kit, self._actor, version, place)

    # Monitoring

    def push_predictions(self, model: str, environment: str, predictions: Sequence[Pushed]) -> Kept:
        self._actor.check_within(model, environment)
        with self._kit.store.reading() as look:
            look.project(model)
            place = look.environment(environment)
        return pushing.push(self._kit, self._actor, model, place, predictions)

    def push_labels(self, model: str, labels: Sequence[Label]) -> int:
        self._actor.check_within(model)
        with self._kit.store.reading() as look:
            look.project(model)
            away = elsewhere.runs_elsewhere(look, model)
        brought = [
            watching.Label(id=own_id(model, label.id) if away else label.id, value=label.value, revision=label.revision)
            for label in labels
        ]
        return watching.push_labels(self._kit, model, brought)

    def readings(
        self, model: str, environment: str, aspect: str = "", measure: str = "", sliced: bool = False
    ) -> list[Reading]:
        wanted = {"model": model, "environment": environment, "aspect": aspect, "measure": measure}
        with self._kit.store.reading() as look:
            self._known(look, model, environment)
            found = look.readings.of({name: value for name, value in wanted.items() if value}, sliced=sliced)
        return sorted(found, key=lambda reading: (reading.start, reading.number, reading.slice))

    def label_status(self, model: str, environment: str) -> LabelStatus:
        with self._kit.store.reading() as look:
            self._known(look, model, environment)
            return labels.label_status(look, model, environment)

    def why(self, model: str, environment: str = "") -> Why:
        with self._kit.store.reading() as look:
            self._known(look, model, environment)
            place = environment or self._main(look, model)
            return reasons.why(look, model, place, partial(profiles.profile_of, self._kit))

    def digest(self, model: str) -> Digest:
        with self._kit.store.reading() as look:
            return digests.digest(look, model, self._kit.clock.now())

    def recount(self, model: str, environment: str, since: int = 0) -> Recounted:
        with self._kit.store.reading() as look:
            self._known(look, model, environment)
        return recounting.recount(self._kit, self._actor, model, environment, since)

    def monitored(self, model: str, environment: str = "") -> Monitored:
        with self._kit.store.reading() as look:
            return watched.monitored(look, model, now=self._kit.clock.now(), environment=environment)

    def watched(self, model: str = "") -> list[Watched]:
        with self._kit.store.reading() as look:
            self._known(look, model)
            return watches.watched(look, policy=self._kit.policy, now=self._kit.clock.now(), model=model)

    def figures(self, model: str, environment: str, number: int, start: int, end: int) -> Figures:
        with self._kit.store.reading() as look:
            self._known(look, model, environment)
        found = watching.figures(self._kit, model, environment, number, start, end)
        return Figures(
            number=number,
            start=start,
            end=end,
            rows=max((figure.n for figure in found.values()), default=0),
            values={name: figure.value for name, figure in found.items()},
            low={name: figure.low for name, figure in found.items() if isfinite(figure.low)},
            high={name: figure.high for name, figure in found.items() if isfinite(figure.high)},
        )

    def rows(
        self,
        model: str,
        environment: str = "",
        incident: str = "",
        condition: str = "",
        number: int = 0,
        start: int = 0,
        end: int = 0,
        limit: int = USUAL_ROWS,
    ) -> Rows:
        if not (environment or incident):
            with self._kit.store.reading() as look:
                look.project(model)
                environment = self._main(look, model)
        return asked.rows(self._kit, asked.Asked(model, environment, incident, condition, number, start, end, limit))

    def service(self, model: str, environment: str, seconds: int = 86400) -> Service:
        with self._kit.store.reading() as look:
            self._known(look, model, environment)
            return answering.service(look, model, environment, now=self._kit.clock.now(), seconds=max(60, seconds))

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

    def test_channel(self, name: str) -> str:
        telling.try_channel(self._kit, self._actor, name)
        return name

    def feeds(self) -> list[Feed]:
        with self._kit.store.reading() as look:
            return sources.feeds(look, self._kit.clock.now())

    def feed(self, name: str) -> Feed:
        with self._kit.store.reading() as look:
            return sources.feed(look, name, self._kit.clock.now())

    def push_arrival(
        self, name: str, newest: int = 0, rows: int | None = None, passed: bool | None = None, check: str = ""
    ) -> Feed:
        feeds.push(self._kit, self._actor, name, newest, rows, passed, check)
        return self.feed(name)

    # Management

    def retrain(self, model: str, cause: str = "") -> Retraining:
        return management.retrain(self._kit, self._actor, model, cause)

    def trainings(self, model: str) -> list[Retraining]:
        with self._kit.store.reading() as look:
            self._known(look, model)
            return look.retrainings.all(newest="requested_at", model=model)

    def run_job(self, model: str, name: str) -> Run:
        return jobs.ask(self._kit, self._actor, model, name)

    def job_runs(self, model: str) -> list[Run]:
        with self._kit.store.reading() as look:
            self._known(look, model)
            return look.job_runs.all(newest="due_at", model=model)

    def job_run(self, key: str) -> Run:
        with self._kit.store.reading() as look:
            run = look.job_runs.find(id=key)
            if run is None:
                raise unknown("run", key, (found.id for found in look.job_runs.all(newest="due_at", limit=1000)))
            return run

    def kept_run(self, key: str) -> KeptRun:
        return jobs.kept(self._kit, key)

    def kept_rows(self, key: str) -> bytes:
        return jobs.kept_rows(self._kit, key)

    def rerun(self, key: str, table: str = "") -> Run:
        return jobs.rerun(self._kit, self._actor, key, table)

    def challenge(self, reference: str, environment: str, metric: str = "brier", least_rows: int = 1000) -> Challenge:
        with self._kit.store.reading() as look:
            version, place = self._version(look, reference, environment), look.environment(environment)
        trial = management.challenge(self._kit, self._actor, version, place, metric, least_rows)
        deployment.shadow(self._kit, self._actor, version.model, place, version.number)
        return trial

    def decide(self, key: str, start: int, end: int) -> Challenge:
        return management.decide(self._kit, self._actor, key, start, end)

    def challenges(self, model: str) -> list[Challenge]:
        with self._kit.store.reading() as look:
            self._known(look, model)
            return look.challenges.all(newest="opened_at", model=model)

    # Questions

    def fleet(self, search: str = "", only: str = "", page: int = 1, tier: str = "", needs: str = "", gap: str = "") -> Fleet:
        wanted = fleets.Filter(search=search, only=only, tier=tier, needs=needs, gap=gap)
        person, policy, now = self._actor.person, self._kit.policy, self._kit.clock.now()
        with self._kit.store.reading() as look:
            return fleets.fleet(look, wanted, person=person, policy=policy, now=now, page=page)

    def false_alarms(self) -> FalseAlarms:
        with self._kit.store.reading() as look:
            return alarming.false_alarms(look, policy=self._kit.policy, allowed=self._kit.settings.false_alarms)

    def status(self, model: str) -> ModelStatus:
        with self._kit.store.reading() as look:
            return statuses.status(look, model, policy=self._kit.policy, now=self._kit.clock.now())

    def at(self, model: str, environment: str, instant: int) -> AsOf:
        with self._kit.store.reading() as look:
            self._known(look, model, environment)
            return history.at(look, model, environment, instant)

    def journal(self, model: str = "", limit: int = 100) -> list[Entry]:
        with self._kit.store.reading() as look:
            self._known(look, model)
            return look.journal.newest(model=model, limit=max(1, min(limit, 10_000)))

    def verify_journal(self) -> Verification:
        with self._kit.store.reading() as look:
            return look.journal.verify()
