"""Which version answers, on whose word, and how it comes and goes."""

from collections.abc import Sequence
from typing import Protocol

from lamplighter.domain.acceptance import Side, Signature
from lamplighter.domain.case import CaseWord
from lamplighter.domain.consent import Consent
from lamplighter.domain.decision import Decision
from lamplighter.domain.drill import OutageDrill
from lamplighter.domain.emergency import Emergency
from lamplighter.domain.expiry import Expiry
from lamplighter.domain.hold import Hold
from lamplighter.domain.identity import Permission
from lamplighter.domain.look_alike import LookAlikes, Shown, Together
from lamplighter.domain.paired import ShadowRun
from lamplighter.domain.pinned import Pinned
from lamplighter.domain.rollout import Rollout
from lamplighter.domain.routing import Routing
from lamplighter.sdk.answers import Deployed, RolledBack
from lamplighter.sdk.door import door
from lamplighter.views.blind_test import BlindTestState
from lamplighter.views.cases import Cases
from lamplighter.views.invitation import InvitationState, Invited
from lamplighter.views.waiting import Waiting


class Deployment(Protocol):
    """Which version answers, on whose word, and how it comes and goes."""

    @door("GET", "/versions/{reference}/check", Permission.READ)
    def check(self, reference: str, environment: str) -> Decision:
        """What the gates would say now; changes nothing."""
        ...

    @door("GET", "/models/{model}/hold", Permission.READ)
    def hold(self, model: str, environment: str) -> Hold | None:
        """What holds rollouts of a model in an environment now, by which rule and until when; nothing if they may go on."""
        ...

    @door("GET", "/versions/{reference}/deployment", Permission.READ)
    def foretell(self, reference: str, environment: str) -> Deployed:
        """What `deploy` would answer now, with a rollout that has no key if it is yet to begin; refused where that would be."""
        ...

    @door("GET", "/versions/{reference}/pinned", Permission.READ)
    def pinned(self, reference: str, environment: str = "") -> Pinned:
        """What a server of this one version is told, with all that is declared of it where it is live; refused elsewhere."""
        ...

    @door("POST", "/versions/{reference}/deployments", Permission.DEPLOY)
    def deploy(self, reference: str, environment: str) -> Deployed:
        """Ask for a version to go live; it waits where only people's word is missing. The same again begins nothing new."""
        ...

    @door("POST", "/versions/{reference}/emergencies", Permission.DEPLOY)
    def declare_emergency(self, reference: str, environment: str, reason: str) -> Deployed:
        """Deploy past freezes, windows and missing acceptances, as whoever has the duty; a second person reviews it later.

        It opens the way for an hour. Every other gate is asked, and until the review is closed nothing else of the model is
        promoted there.
        """
        ...

    @door("GET", "/emergencies", Permission.READ)
    def emergencies(self, model: str = "", closed: bool = False) -> list[Emergency]:
        """Emergencies that nobody has reviewed, newest first; with `closed` the newest 100, reviewed or not."""
        ...

    @door("GET", "/emergencies/{key}", Permission.READ)
    def emergency(self, key: str) -> Emergency:
        """One emergency."""
        ...

    @door("POST", "/emergencies/{key}/review", Permission.APPROVE)
    def review_emergency(self, key: str, note: str) -> Emergency:
        """Close the review of an emergency; neither who declared it nor the author of the version may."""
        ...

    @door("POST", "/versions/{reference}/signatures", Permission.APPROVE)
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
        """Accept or refuse a version for an environment, on the evidence as it is now; with what has to be so as well."""
        ...

    @door("GET", "/versions/{reference}/cases", Permission.READ)
    def cases(self, reference: str, environment: str) -> Cases:
        """What a version says of the example cases of its project, and what the business said of that."""
        ...

    @door("POST", "/versions/{reference}/cases", Permission.APPROVE)
    def judge_case(self, reference: str, environment: str, case: str, as_expected: bool, note: str = "") -> CaseWord:
        """Judge, for the business, what a version says of one case; a no needs a note, and the newest word counts."""
        ...

    @door("GET", "/versions/{reference}/blind-tests", Permission.READ)
    def blind_tests(self, reference: str, environment: str) -> list[BlindTestState]:
        """Blind tests of a version, newest first; of a case that is not answered nothing is told that the version says."""
        ...

    @door("POST", "/versions/{reference}/blind-tests", Permission.APPROVE)
    def begin_blind_test(self, reference: str, environment: str, agree_at_least: int = 0) -> BlindTestState:
        """Fix what has to come out, before the first case; `agree_at_least` where the project does not say it."""
        ...

    @door("POST", "/versions/{reference}/blind-answers", Permission.APPROVE)
    def answer_case(self, reference: str, environment: str, case: str, said: str) -> BlindTestState:
        """Answer a case with yes, no, unsure or a number, before the version's answer is shown; the first answer stands."""
        ...

    @door("GET", "/versions/{reference}/invitations", Permission.READ)
    def invitations(self, reference: str, environment: str) -> list[InvitationState]:
        """Links that were sent with which the business accepts a version without an account, newest first."""
        ...

    @door("POST", "/versions/{reference}/invitations", Permission.DEPLOY)
    def invite(self, reference: str, environment: str, email: str, days: float = 7) -> Invited:
        """Send such a link to the business owner of the model; without a server of mail it is given to whoever sends it."""
        ...

    @door("POST", "/invitations/{key}/revoke", Permission.DEPLOY)
    def revoke_invitation(self, key: str) -> InvitationState:
        """Let a link open nothing any more, in browsers that hold it, too."""
        ...

    @door("POST", "/versions/{reference}/consents", Permission.CONSENT)
    def consent(self, reference: str, consumer: str, accepted: bool, environment: str = "", reason: str = "") -> Consent:
        """Accept or refuse, as the owner of a consumer, what a version changes for it; bound to what is known now."""
        ...

    @door("GET", "/waiting", Permission.READ)
    def waiting(self, model: str = "") -> list[Waiting]:
        """What waits for people."""
        ...

    @door("GET", "/look-alikes", Permission.READ)
    def look_alikes(self) -> list[LookAlikes]:
        """Waiting releases that ask the same people the same question, by group, with those that stand apart."""
        ...

    @door("POST", "/look-alikes/{key}/signatures", Permission.APPROVE)
    def sign_look_alikes(self, key: str, side: Side, members: Sequence[Shown], reason: str = "") -> Together:
        """Accept each of these members of a group as it was shown; what changed since or stands apart is left out by name."""
        ...

    @door("GET", "/rollouts", Permission.READ)
    def rollouts(self, model: str = "") -> list[Rollout]:
        """The newest 100 rollouts, newest first."""
        ...

    @door("GET", "/rollouts/{key}", Permission.READ)
    def rollout(self, key: str) -> Rollout:
        """One rollout."""
        ...

    @door("POST", "/rollouts/{key}/pause", Permission.DEPLOY)
    def pause(self, key: str) -> Rollout:
        """Stop the clock of a rollout; the share stays and the limits still hold."""
        ...

    @door("POST", "/rollouts/{key}/resume", Permission.DEPLOY)
    def resume(self, key: str) -> Rollout:
        """Let a paused rollout go on."""
        ...

    @door("POST", "/rollouts/{key}/stop", Permission.ROLL_BACK)
    def stop(self, key: str) -> Rollout:
        """Stop a rollout and give all traffic back to the version before."""
        ...

    @door("POST", "/models/{model}/rollback", Permission.ROLL_BACK)
    def roll_back(self, model: str, environment: str, to: int = 0, reason: str = "", leaving: int = 0) -> RolledBack:
        """Give all traffic to the version before, or to one that was live before; never blocked by gates.

        `leaving` is the version that the caller saw live; a rollback from another one is refused, so that of two people who
        go back at once the second does not bring the bad version live again. 0 asks for nothing.
        """
        ...

    @door("POST", "/models/{model}/off", Permission.RESPOND)
    def switch_off(self, model: str, environment: str, reason: str) -> Routing:
        """Let no version of a model answer in an environment; callers get what is declared for an outage, or are refused."""
        ...

    @door("POST", "/models/{model}/on", Permission.RESPOND)
    def switch_on(self, model: str, environment: str, reason: str) -> Routing:
        """Let the live version answer again."""
        ...

    @door("POST", "/models/{model}/shadow", Permission.DEPLOY)
    def shadow(self, model: str, environment: str, number: int) -> Routing:
        """Let a version score along without answering; 0 ends it."""
        ...

    @door("GET", "/models/{model}/shadow", Permission.READ)
    def shadow_run(self, model: str, environment: str) -> ShadowRun:
        """How the version that scores along compares with the live one so far, on the same requests."""
        ...

    @door("POST", "/models/{model}/shadow/evidence", Permission.DEPLOY)
    def keep_shadow_run(self, model: str, environment: str) -> ShadowRun:
        """Write that comparison down as evidence of the version that scores along."""
        ...

    @door("POST", "/versions/{reference}/extension", Permission.DEPLOY)
    def extend(self, reference: str, environment: str, days: int, reason: str) -> Expiry:
        """Let the live version answer for more days than its tier allows; only its owner may, with a reason."""
        ...

    @door("POST", "/versions/{reference}/outage-drills", Permission.ROLL_BACK)
    def drill_outage(self, reference: str, environment: str) -> OutageDrill:
        """Ask for what callers would be answered in an outage, with requests of the drill's own; the result is evidence."""
        ...
