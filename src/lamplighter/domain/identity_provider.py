"""Who says who people are (OpenID Connect), and whom of them this platform lets in: declared in the configuration."""

from collections.abc import Collection
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from lamplighter.domain.errors import Invalid
from lamplighter.domain.identity import Role
from lamplighter.domain.names import is_team, party_name
from lamplighter.domain.record import Settings

#: Roles that programs have: nobody signs in as a program.
_OF_PROGRAMS = frozenset({Role.APPLICATION, Role.OBSERVER, Role.ALERTING})
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
_Domain = Annotated[str, msgspec.Meta(pattern=r"\A[a-z0-9]([a-z0-9.-]{0,126}[a-z0-9])?\Z")]
#: How a client proves itself at the token endpoint, in the words of OpenID Connect.
Proof = Literal["client_secret_basic", "client_secret_post", "none"]


class Group(Settings, frozen=True):
    """What the members of a group of the provider have here."""

    #: The group, as the provider writes it in its claim.
    group: _Text
    #: Roles that its members have.
    roles: tuple[Role, ...] = ()
    #: Teams that its members are in.
    teams: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse the roles of programs, and teams that are none."""
        _check_roles(self.roles)
        try:
            if not all(is_team(party_name(team)) for team in self.teams):
                raise ValueError("`teams` of a group holds a person; write @ and a name")
        except Invalid:
            raise ValueError("`teams` of a group holds what is no name of a team, such as @it-ops") from None


class IdentityProvider(Settings, frozen=True):
    """One provider of OpenID Connect."""

    #: Name in addresses and on record, such as `example`.
    name: Annotated[str, msgspec.Meta(pattern=r"\A[a-z0-9][a-z0-9-]{0,62}\Z")]
    #: Who signs the identities: the address below which it describes itself.
    issuer: str
    #: What the provider calls this platform.
    client_id: _Text
    #: What people read on the button; the name if empty.
    title: Annotated[str, msgspec.Meta(max_length=60)] = ""
    #: File that holds the secret of this platform at the provider; a client without one is a public client.
    client_secret_file: str = ""
    #: Variable that holds it, in place of a file.
    client_secret_variable: str = ""
    #: How the secret is shown; with basic if there is one, not at all if there is none.
    client_authentication: Proof | None = None
    #: Hosts besides that of the issuer that it may send us to for keys and tokens, with the port unless that is 443.
    hosts: tuple[str, ...] = ()
    #: What is asked for; `openid` and `email` have to be among it.
    scopes: tuple[_Text, ...] = ("openid", "email", "profile")
    #: Domains of e-mail addresses that may enter; any if empty.
    domains: tuple[_Domain, ...] = ()
    #: Groups of which one lets a person enter; none is needed if empty, but then `domains` is.
    admitted_groups: tuple[_Text, ...] = ()
    #: Roles of everybody who may enter.
    roles: tuple[Role, ...] = ()
    #: What members of groups have beyond that.
    groups: tuple[Group, ...] = ()
    #: Claim that holds the verified e-mail address.
    email_claim: _Text = "email"
    #: Claim that holds the name for other people.
    name_claim: _Text = "name"
    #: Claim that holds the groups, as a list of texts.
    groups_claim: _Text = "groups"

    def __post_init__(self) -> None:
        """Refuse an issuer that anybody could pretend to be, a secret that is told twice, and one that lets everybody in."""
        place = urlsplit(self.issuer)
        if place.scheme != "https" and not (place.scheme == "http" and place.hostname in _LOOPBACK):
            raise ValueError("`issuer` of an identity provider begins with https://, for its keys come from there")
        if not place.netloc or "@" in place.netloc or place.query or place.fragment:
            raise ValueError("`issuer` of an identity provider is an address without user, query and fragment")
        if self.client_secret_file and self.client_secret_variable:
            raise ValueError("the secret of an identity provider is in a file or in a variable, not in both")
        if self.client_authentication and self.has_secret == (self.client_authentication == "none"):
            raise ValueError("`client_authentication` of an identity provider is none where there is no secret, and only there")
        if not {"openid", "email"} <= set(self.scopes):
            raise ValueError("`scopes` of an identity provider hold openid and email")
        if not self.domains and not self.admitted_groups:
            raise ValueError("an identity provider has `domains` or `admitted_groups`, for unknown people do not get in")
        _check_roles(self.roles)

    @property
    def has_secret(self) -> bool:
        """Whether this platform has a secret there."""
        return bool(self.client_secret_file or self.client_secret_variable)

    @property
    def label(self) -> str:
        """What people read on the button."""
        return self.title or self.name

    @property
    def places(self) -> frozenset[str]:
        """Hosts with their ports that may be asked for it."""
        return frozenset({urlsplit(self.issuer).netloc.lower(), *(host.lower() for host in self.hosts)})

    def why_not(self, email: str, groups: Collection[str]) -> str:
        """Why a person with this address and these groups does not get in, as a sentence; empty for one who does."""
        if self.domains and email.rpartition("@")[2] not in self.domains:
            return "The domain of the e-mail address is none that may enter."
        if self.admitted_groups and not set(self.admitted_groups) & set(groups):
            return "The person is in no group that may enter."
        return ""

    def roles_of(self, groups: Collection[str]) -> tuple[Role, ...]:
        """Roles that somebody with these groups has, each once."""
        mapped = (role for one in self.groups if one.group in groups for role in one.roles)
        return tuple(dict.fromkeys((*self.roles, *mapped)))

    def teams_of(self, groups: Collection[str]) -> tuple[str, ...]:
        """Teams that somebody with these groups is in, each once."""
        return tuple(dict.fromkeys(team for one in self.groups if one.group in groups for team in one.teams))


def _check_roles(roles: Collection[Role]) -> None:
    if forbidden := _OF_PROGRAMS & set(roles):
        raise ValueError(f"`roles` of an identity provider cannot hold {min(forbidden)}, which programs have")
