"""Who can sign in, as whom, and with which secrets."""

from collections.abc import Sequence

from lamplighter.domain.identity import Credential, Person, Role, Team
from lamplighter.lifecycle import granting, people, routing, tokens
from lamplighter.sdk.answers import HeldToken, Secret
from lamplighter.sdk.here.base import Caller
from lamplighter.sdk.verbs import people as verbs


class People(Caller, verbs.People):
    """Who can sign in, as whom, and with which secrets."""

    def whoami(self) -> Person:
        return self._actor.person

    def people(self) -> list[Person]:
        with self._kit.store.reading() as look:
            return look.people.all()

    def save_person(self, email: str, name: str, roles: Sequence[Role], active: bool = True) -> Person:
        person = people.save_person(self._kit, self._actor, email, name, roles, active)
        routing.apply_everywhere(self._kit)
        return person

    def unbind(self, email: str) -> Person:
        person = granting.unbind(self._kit, self._actor, email)
        routing.apply_everywhere(self._kit)
        return person

    def teams(self) -> list[Team]:
        with self._kit.store.reading() as look:
            return look.teams.all()

    def save_team(self, name: str, members: Sequence[str]) -> Team:
        return people.save_team(self._kit, self._actor, name, members)

    def issue_token(self, email: str, label: str, days: int = 90) -> Secret:
        made = tokens.issue_token(self._kit, self._actor, email, label, days)
        routing.apply_everywhere(self._kit)
        return Secret(secret=made.secret, expires_at=made.expires_at)

    def tokens(self, email: str) -> list[HeldToken]:
        return [self._held(one) for one in tokens.tokens_of(self._kit, self._actor, email)]

    def revoke_token(self, key: str) -> HeldToken:
        revoked = tokens.revoke_token(self._kit, self._actor, key)
        routing.apply_everywhere(self._kit)
        return self._held(revoked)

    def _held(self, one: Credential) -> HeldToken:
        key = one.digest[:12]
        return HeldToken(
            key=key,
            email=one.email,
            label=one.label,
            created_at=one.created_at,
            expires_at=one.expires_at,
            current=key == self._actor.credential,
        )

    def issue_sign_in(self, email: str) -> Secret:
        made = tokens.issue_sign_in(self._kit, email)
        return Secret(secret=made.secret, expires_at=made.expires_at)
