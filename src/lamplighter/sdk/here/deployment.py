"""Which version answers, on whose word, and how it comes and goes."""

from collections.abc import Sequence

from lamplighter.domain.acceptance import Side, Signature
from lamplighter.domain.blind_test import BlindTest
from lamplighter.domain.case import CaseWord
from lamplighter.domain.consent import Consent
from lamplighter.domain.decision import Decision
from lamplighter.domain.drill import OutageDrill
from lamplighter.domain.emergency import Emergency
from lamplighter.domain.expiry import Expiry
from lamplighter.domain.hold import Hold
from lamplighter.domain.look_alike import LookAlikes, Shown, Together
from lamplighter.domain.names import unknown
from lamplighter.domain.paired import ShadowRun
from lamplighter.domain.pinned import Pinned
from lamplighter.domain.rollout import Rollout, Signal
from lamplighter.domain.routing import Routing
from lamplighter.lifecycle import (
    acceptance,
    ageing,
    blind_tests,
    deployment,
    drills,
    holding,
    judging,
    returning,
    reviews,
    shadowing,
    switching,
)
from lamplighter.lifecycle import cases as examples
from lamplighter.lifecycle import consumers as applications
from lamplighter.lifecycle import emergencies as lifecycle
from lamplighter.lifecycle import invitations as links
from lamplighter.lifecycle import look_alikes as alike
from lamplighter.lifecycle import pinned as alone
from lamplighter.sdk.answers import Deployed, RolledBack
from lamplighter.sdk.here.base import Caller
from lamplighter.sdk.verbs import deployment as verbs
from lamplighter.store.transaction import Transaction
from lamplighter.views import waiting as queues
from lamplighter.views.blind_test import BlindTestState
from lamplighter.views.blind_test_state import state_of
from lamplighter.views.cases import Cases
from lamplighter.views.invitation import InvitationState, Invited, seen
from lamplighter.views.waiting import Waiting


class Deployment(Caller, verbs.Deployment):
    """Which version answers, on whose word, and how it comes and goes."""

    def check(self, reference: str, environment: str) -> Decision:
        with self._kit.store.reading() as look:
            version = self._version(look, reference, environment)
            return judging.judge(self._kit, look, version, look.environment(environment), self._actor)

    def hold(self, model: str, environment: str) -> Hold | None:
        with self._kit.store.reading() as look:
            return holding.hold(self._kit, look.project(model), look.environment(environment))

    def foretell(self, reference: str, environment: str) -> Deployed:
        with self._kit.store.reading() as look:
            version, place = self._version(look, reference, environment), look.environment(environment)
            decision, rollout = deployment.foretell(self._kit, look, self._actor, version, place)
        return Deployed(decision=decision, rollout=rollout)

    def pinned(self, reference: str, environment: str = "") -> Pinned:
        with self._kit.store.reading() as look:
            version = self._version(look, reference, environment)
            place = look.environment(environment or self._main(look, version.model))
            return alone.pinned(self._kit, look, version, place)

    def deploy(self, reference: str, environment: str) -> Deployed:
        with self._kit.store.reading() as look:
            version, place = self._version(look, reference, environment), look.environment(environment)
        decision, rollout = deployment.deploy(self._kit, self._actor, version, place)
        return Deployed(decision=decision, rollout=rollout)

    def declare_emergency(self, reference: str, environment: str, reason: str) -> Deployed:
        with self._kit.store.reading() as look:
            version, place = self._version(look, reference, environment), look.environment(environment)
        decision, rollout, emergency = lifecycle.declare(self._kit, self._actor, version, place, reason)
        return Deployed(decision=decision, rollout=rollout, emergency=emergency)

    def emergencies(self, model: str = "", closed: bool = False) -> list[Emergency]:
        with self._kit.store.reading() as look:
            self._known(look, model)
            chosen = {"model": model} if model else {}
            wanted = chosen if closed else {**chosen, "open": True}
            return look.emergencies.all(newest="opened_at", limit=100 if closed else None, equals=wanted)

    def emergency(self, key: str) -> Emergency:
        with self._kit.store.reading() as look:
            return reviews.find(look, key)

    def review_emergency(self, key: str, note: str) -> Emergency:
        return reviews.review(self._kit, self._actor, key, note)

    def sign(
        self,
        reference: str,
        environment: str,
        side: Side,
        accepted: bool,
        reason: str = "",
        condition: str = "",
        signed_as: str = "",
    ) -> Signature:
        with self._kit.store.reading() as look:
            version, place = self._version(look, reference, environment), look.environment(environment)
        words = {"reason": reason, "condition": condition, "signed_as": signed_as}
        return acceptance.sign(self._kit, self._actor, version, place, side, accepted=accepted, **words)

    def cases(self, reference: str, environment: str) -> Cases:
        with self._kit.store.reading() as look:
            version, place = self._version(look, reference, environment), look.environment(environment)
            found = examples.of(look, version, place)
            words = look.project(version.model).uat
        return Cases(
            model=version.model,
            number=version.number,
            environment=environment,
            cases=found,
            picked=words.pick.cases if words.pick else 0,
            labels=words.labels,
            answers=words.answers,
        )

    def judge_case(self, reference: str, environment: str, case: str, as_expected: bool, note: str = "") -> CaseWord:
        with self._kit.store.reading() as look:
            version, place = self._version(look, reference, environment), look.environment(environment)
        return examples.judge(self._kit, self._actor, version, place, case, as_expected=as_expected, note=note)

    def blind_tests(self, reference: str, environment: str) -> list[BlindTestState]:
        with self._kit.store.reading() as look:
            version, place = self._version(look, reference, environment), look.environment(environment)
            found = look.blind_tests.all(newest="opened_at", version=version.digest, environment=place.name)
            return [self._state(look, test) for test in found]

    def begin_blind_test(self, reference: str, environment: str, agree_at_least: int = 0) -> BlindTestState:
        with self._kit.store.reading() as look:
            version, place = self._version(look, reference, environment), look.environment(environment)
        test = blind_tests.begin(self._kit, self._actor, version, place, agree_at_least)
        with self._kit.store.reading() as look:
            return self._state(look, test)

    def answer_case(self, reference: str, environment: str, case: str, said: str) -> BlindTestState:
        with self._kit.store.reading() as look:
            version, place = self._version(look, reference, environment), look.environment(environment)
        test = blind_tests.answer(self._kit, self._actor, version, place, case, said)
        with self._kit.store.reading() as look:
            return self._state(look, test)

    def invitations(self, reference: str, environment: str) -> list[InvitationState]:
        with self._kit.store.reading() as look:
            version, place = self._version(look, reference, environment), look.environment(environment)
            found = look.invitations.all(newest="opened_at", version=version.digest, environment=place.name)
        return [seen(one, self._kit.clock.now()) for one in found]

    def invite(self, reference: str, environment: str, email: str, days: float = 7) -> Invited:
        with self._kit.store.reading() as look:
            version, place = self._version(look, reference, environment), look.environment(environment)
        sent = links.send(self._kit, self._actor, version, place, email, days)
        return Invited(invitation=seen(sent.invitation, self._kit.clock.now()), link=sent.link)

    def revoke_invitation(self, key: str) -> InvitationState:
        return seen(links.revoke(self._kit, self._actor, key), self._kit.clock.now())

    def _state(self, look: Transaction, test: BlindTest) -> BlindTestState:
        script = look.project(test.model).uat
        voided = blind_tests.voided(test, script, look.evidence.newest(test.version))
        words = look.signatures.all(version=test.version, environment=test.environment)
        word = next((one for one in reversed(words) if one.test == test.id), None)
        return state_of(test, look.blind_answers.by_case(test.id), script, voided, word)

    def consent(self, reference: str, consumer: str, accepted: bool, environment: str = "", reason: str = "") -> Consent:
        with self._kit.store.reading() as look:
            version = self._version(look, reference, environment)
            place = look.environment(environment or self._main(look, version.model))
        return applications.consent(self._kit, self._actor, version, place, consumer, accepted=accepted, reason=reason)

    def waiting(self, model: str = "") -> list[Waiting]:
        with self._kit.store.reading() as look:
            self._known(look, model)
            return list(queues.waiting(look, model))

    def look_alikes(self) -> list[LookAlikes]:
        with self._kit.store.reading() as look:
            return list(alike.waiting(self._kit, look))

    def sign_look_alikes(self, key: str, side: Side, members: Sequence[Shown], reason: str = "") -> Together:
        return alike.sign(self._kit, self._actor, key, side, members, reason)

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
        done = returning.roll_back(self._kit, self._actor, model, place, to, reason, leaving)
        return RolledBack(
            model=done.model, environment=done.environment, before=done.before, now=done.now, seconds=done.seconds
        )

    def switch_off(self, model: str, environment: str, reason: str) -> Routing:
        with self._kit.store.reading() as look:
            place = look.environment(environment)
        return switching.off(self._kit, self._actor, model, place, reason)

    def switch_on(self, model: str, environment: str, reason: str) -> Routing:
        with self._kit.store.reading() as look:
            place = look.environment(environment)
        return switching.on(self._kit, self._actor, model, place, reason)

    def shadow(self, model: str, environment: str, number: int) -> Routing:
        with self._kit.store.reading() as look:
            place = look.environment(environment)
        return shadowing.shadow(self._kit, self._actor, model, place, number)

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
