"""People, the roles they have, and what a role may do."""

from collections.abc import Mapping
from enum import StrEnum

from lamplighter.domain.errors import NotAllowed
from lamplighter.domain.record import Record


class Permission(StrEnum):
    """One verb that a route may ask for. None implies another."""

    #: See models, evidence and history.
    READ = "read"
    #: See the rows that models were asked for, as far as they are kept.
    ROWS = "rows"
    #: Write projects.
    DESIGN = "design"
    #: Register versions and evidence.
    REGISTER = "register"
    #: Ask for a deployment, steer a rollout.
    DEPLOY = "deploy"
    #: Accept or refuse a version.
    APPROVE = "approve"
    #: Return to the version before.
    ROLL_BACK = "roll-back"
    #: Say what really happened.
    LABEL = "label"
    #: Bring predictions of a model that runs elsewhere.
    PUSH = "push"
    #: Say for an application of one's own that a version may change what it changes.
    CONSENT = "consent"
    #: Ask a model for predictions.
    PREDICT = "predict"
    #: Acknowledge and resolve incidents.
    RESPOND = "respond"
    #: Start trainings and challenges.
    RETRAIN = "retrain"
    #: Collect the figures of all models for a monitoring system.
    OBSERVE = "observe"
    #: Bring alerts of another monitoring system.
    ALERT = "alert"
    #: Run the serving of an environment on a machine elsewhere: see its route and its bytes, bring what it recorded.
    SERVE = "serve"
    #: Add people, teams and tokens.
    ADMINISTER = "administer"


class Role(StrEnum):
    """What a person is in the organisation."""

    #: Knows the model.
    DATA_SCIENTIST = "data-scientist"
    #: Knows pipelines and CI.
    ML_ENGINEER = "ml-engineer"
    #: Knows outages and rollbacks.
    IT = "it"
    #: Knows the decision the model serves.
    BUSINESS = "business"
    #: Needs to know who decided what.
    RISK = "risk"
    #: Looks after the platform itself.
    ADMINISTRATOR = "administrator"
    #: An application that calls models; never approves.
    APPLICATION = "application"
    #: A monitoring system that collects figures; sees nothing else.
    OBSERVER = "observer"
    #: A monitoring system that brings its alerts; sees nothing.
    ALERTING = "alerting"


_BUILDER = frozenset(
    {
        Permission.READ,
        Permission.ROWS,
        Permission.DESIGN,
        Permission.REGISTER,
        Permission.DEPLOY,
        Permission.CONSENT,
        Permission.ROLL_BACK,
        Permission.LABEL,
        Permission.PUSH,
        Permission.PREDICT,
        Permission.RESPOND,
        Permission.RETRAIN,
        Permission.OBSERVE,
    }
)

#: What each role may do.
PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.DATA_SCIENTIST: _BUILDER,
    Role.ML_ENGINEER: _BUILDER,
    Role.IT: frozenset(
        {
            Permission.READ,
            Permission.DEPLOY,
            Permission.APPROVE,
            Permission.CONSENT,
            Permission.ROLL_BACK,
            Permission.RESPOND,
            Permission.OBSERVE,
        }
    ),
    Role.BUSINESS: frozenset({Permission.READ, Permission.APPROVE, Permission.CONSENT, Permission.PREDICT, Permission.RESPOND}),
    Role.RISK: frozenset({Permission.READ, Permission.APPROVE, Permission.CONSENT}),
    Role.ADMINISTRATOR: frozenset({Permission.READ, Permission.OBSERVE, Permission.ADMINISTER}),
    Role.APPLICATION: frozenset({Permission.PREDICT, Permission.LABEL, Permission.PUSH}),
    Role.OBSERVER: frozenset({Permission.OBSERVE}),
    Role.ALERTING: frozenset({Permission.ALERT}),
}


#: What a token for pushing carries.
PUSHING = frozenset({Permission.PUSH, Permission.LABEL})


class Person(Record, frozen=True):
    """Somebody, or an application, that can sign in."""

    #: E-mail address, the identity everywhere.
    email: str
    #: Name for other people.
    name: str
    roles: tuple[Role, ...]
    #: Whether the account may be used; a person who left stays on record.
    active: bool = True

    def may(self, permission: Permission) -> bool:
        """Whether one of the roles carries the permission."""
        return self.active and any(permission in PERMISSIONS[role] for role in self.roles)


class Team(Record, frozen=True):
    """People who share duties; the first active one is on call."""

    #: `@` and a name.
    name: str
    #: E-mail addresses in the order of call.
    members: tuple[str, ...]


class Purpose(StrEnum):
    """What a secret is for."""

    #: Calls of the CLI, the SDK and applications.
    TOKEN = "token"  # noqa: S105  a word, not a secret
    #: Calls of an application to models of one environment, and nothing else.
    PREDICT = "predict"
    #: Predictions and labels of one model that runs elsewhere, and nothing else.
    PUSH = "push"
    #: The orders of machines that serve one environment, and nothing else.
    NODE = "node"
    #: One sign-in through a link.
    SIGN_IN = "sign-in"
    #: A browser's session.
    SESSION = "session"
    #: One drill in one environment.
    DRILL = "drill"
    #: A browser that has opened an invitation, and has yet to give the code that was sent.
    LINKED = "linked"
    #: A browser that may answer and sign what one invitation is for, and nothing else.
    INVITED = "invited"
    #: One way to an identity provider and back.
    STATE = "state"
    #: Calls of one run of a CI.
    PIPELINE = "pipeline"


class Credential(Record, frozen=True):
    """A secret somebody holds, as its hash."""

    #: SHA-256 of the secret, hexadecimal.
    digest: str
    #: Who holds it: the address of a person, or the name of a consumer.
    email: str
    purpose: Purpose
    #: Microseconds since the epoch, UTC.
    created_at: int
    expires_at: int
    #: Where a token is known from, such as `ops-dashboard`.
    label: str = ""
    revoked: bool = False
    #: Models it is for, for the purposes `predict` and `push`.
    models: tuple[str, ...] = ()
    #: Environment it is for, for the purposes `predict`, `push` and `node`.
    environment: str = ""
    #: What it may be used for: of what its holder may, for the purpose `pipeline`; of itself, for the purpose `node`.
    permissions: tuple[Permission, ...] = ()
    #: Digest of the token that it came from, which it does not outlive; empty for one that came from none.
    parent: str = ""

    def valid(self, now: int) -> bool:
        """Whether it may still be used."""
        return not self.revoked and now < self.expires_at


class Actor(Record, frozen=True):
    """Who does something, and by which credential: what every verb is told."""

    person: Person
    #: First digits of the credential's digest; `platform` for the platform itself.
    credential: str = ""
    #: Models and environment that the credential is for; empty for one that is its holder's own.
    models: tuple[str, ...] = ()
    environment: str = ""
    #: What the credential may be used for; empty for one that is its holder's own.
    permissions: tuple[Permission, ...] = ()

    def may(self, permission: Permission) -> bool:
        """Whether the credential and its holder carry the permission."""
        if self.environment:
            return permission in (self.permissions or PUSHING)
        if self.permissions and permission not in self.permissions:
            return False
        return self.person.may(permission)

    def check_within(self, model: str, environment: str = "") -> None:
        """Raise `NotAllowed` where the credential is for another model or environment."""
        if self.environment and not (model in self.models and environment in ("", self.environment)):
            raise NotAllowed(
                "This token is for something else.",
                why=f"It brings predictions and labels of {', '.join(self.models)} in {self.environment}.",
                fix="Use a token of this model and environment: lamp consumers token NAME --model M --env E --push",
                code="E1262",
            )

    @property
    def email(self) -> str:
        """The identity that goes into the journal."""
        return self.person.email


#: The platform acting on its own, by a reaction or the reconciler.
PLATFORM = Actor(person=Person(email="platform@lamplighter", name="lamplighter", roles=()), credential="platform")
