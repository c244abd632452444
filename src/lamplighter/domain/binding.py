"""Whose account it is, by the word of an identity provider: the subject is the person, an e-mail address may change hands."""

from lamplighter.domain.identity import Role
from lamplighter.domain.record import Record, digest_of


class Claimed(Record, frozen=True):
    """What a proven identity says."""

    issuer: str
    #: The person, as the issuer never names another one.
    subject: str
    #: Verified e-mail address, in lower case.
    email: str
    #: Name for other people; empty if nothing was said.
    name: str = ""
    groups: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The key of its binding."""
        return digest_of(f"{self.issuer}\0{self.subject}".encode())


class Binding(Record, frozen=True):
    """An account belongs to one subject of one issuer."""

    #: Digest of issuer and subject.
    id: str
    #: The account; no other subject has it.
    email: str
    issuer: str
    subject: str
    #: Name of the identity provider.
    provider: str
    #: The e-mail address that the provider told last.
    told_email: str
    #: Microseconds since the epoch, UTC.
    bound_at: int
    #: Roles that the account has from the provider; it takes these back, and no others.
    roles: tuple[Role, ...] = ()
    #: Teams that the account is in because of the provider, likewise.
    teams: tuple[str, ...] = ()
