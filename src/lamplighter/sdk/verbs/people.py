"""Who can sign in, as whom, and with which secrets."""

from collections.abc import Sequence
from typing import Protocol

from lamplighter.domain.identity import Permission, Person, Role, Team
from lamplighter.sdk.answers import HeldToken, Secret
from lamplighter.sdk.door import door


class People(Protocol):
    """Who can sign in, as whom, and with which secrets."""

    @door("GET", "/whoami", Permission.READ)
    def whoami(self) -> Person:
        """Who the caller is."""
        ...

    @door("GET", "/people", Permission.READ)
    def people(self) -> list[Person]:
        """Everybody who can sign in, and those who left."""
        ...

    @door("PUT", "/people/{email}", Permission.ADMINISTER)
    def save_person(self, email: str, name: str, roles: Sequence[Role], active: bool = True) -> Person:
        """Add somebody, or change their roles; somebody who is no longer active loses every credential."""
        ...

    @door("POST", "/people/{email}/unbind", Permission.ADMINISTER)
    def unbind(self, email: str) -> Person:
        """Let an account be bound anew, by whoever signs in with its e-mail address at an identity provider next.

        What the provider gave is taken back, and every credential is worthless. Nothing changes where nothing is bound.
        """
        ...

    @door("GET", "/teams", Permission.READ)
    def teams(self) -> list[Team]:
        """Every team with its members in the order of call."""
        ...

    @door("PUT", "/teams/{name}", Permission.ADMINISTER)
    def save_team(self, name: str, members: Sequence[str]) -> Team:
        """Set the members of a team, in the order of call."""
        ...

    @door("POST", "/people/{email}/tokens", Permission.ADMINISTER)
    def issue_token(self, email: str, label: str, days: int = 90) -> Secret:
        """Give out a token for somebody; it is shown once."""
        ...

    @door("GET", "/people/{email}/tokens", Permission.READ)
    def tokens(self, email: str) -> list[HeldToken]:
        """Tokens of a person that are good now, the newest first; those of others for administrators only."""
        ...

    @door("POST", "/tokens/{key}/revoked", Permission.READ)
    def revoke_token(self, key: str) -> HeldToken:
        """Make a token worthless, and every session and token that came from it: one's own, or anybody's as an administrator.

        `key` is what `tokens` and the journal name it by: the first 12 digits of its SHA-256.
        """
        ...

    @door("POST", "/people/{email}/sign-in-links", Permission.ADMINISTER)
    def issue_sign_in(self, email: str) -> Secret:
        """Make a one-time sign-in secret for somebody, good for 15 minutes."""
        ...
