"""Which runs of a CI may sign in here, as whom, and with which permissions: declared in the configuration, never asked for."""

import re
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec

from lamplighter.domain.identity import Permission
from lamplighter.domain.record import Settings

#: What takes the word of a person, or makes people: no pipeline has it.
_OF_PEOPLE = frozenset({Permission.APPROVE, Permission.CONSENT, Permission.ADMINISTER})
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
#: What a claim may be to be compared, and how long a text of it may be.
_PLAIN, _LONG = (str, int, bool), 1_000


class Pipeline(Settings, frozen=True):
    """Runs of a CI that are known by what their issuer says of them."""

    #: Name for the record, such as `flights-main`.
    name: Annotated[str, msgspec.Meta(pattern=r"\A[a-z0-9][a-z0-9-]{0,62}\Z")]
    #: Who signs the tokens, such as `https://token.actions.githubusercontent.com`.
    issuer: str
    #: For whom a token has to be meant; the address of this platform, if nothing speaks against it.
    audience: Annotated[str, msgspec.Meta(min_length=1)]
    #: Text of each claim that has to be there, such as `repository`; `*` stands for any text.
    claims: Annotated[Mapping[str, str], msgspec.Meta(min_length=1)]
    #: What the run may do, as far as the account may.
    permissions: Annotated[tuple[Permission, ...], msgspec.Meta(min_length=1)]
    #: The account it acts as.
    account: str = ""
    #: Instead of one account: whom each value of the claim `by` stands for; every other value is refused.
    people: Mapping[str, str] = {}
    #: The claim that says who began the run: `actor` of GitHub, `user_login` of GitLab.
    by: str = ""
    #: Minutes that a token of ours lives.
    minutes: Annotated[int, msgspec.Meta(ge=1, le=360)] = 60

    def __post_init__(self) -> None:
        """Refuse an issuer that anybody could pretend to be, permissions that only people have, and one without an account."""
        place = urlsplit(self.issuer)
        if place.scheme != "https" and not (place.scheme == "http" and place.hostname in _LOOPBACK):
            raise ValueError("`issuer` of a pipeline begins with https://, for its keys come from there")
        if forbidden := _OF_PEOPLE & set(self.permissions):
            raise ValueError(f"`permissions` of a pipeline cannot hold {min(forbidden)}, which is the word of a person")
        if bool(self.account) == bool(self.people) or bool(self.people) != bool(self.by):
            raise ValueError("a pipeline has an `account`, or `people` and the claim `by` that chooses among them")
        if "*" in self.claims.values():
            raise ValueError("a claim of a pipeline that may be anything asks for nothing; leave it out")

    def misfits(self, claims: Mapping[str, Any]) -> tuple[str, ...]:
        """Names of the claims that are not those that are trusted."""
        return tuple(name for name, text in self.claims.items() if not _fits(text, claim_text(claims.get(name))))

    def account_of(self, claims: Mapping[str, Any]) -> str:
        """Whose account a run of these claims has; empty for somebody who is not named."""
        return self.account or self.people.get(claim_text(claims.get(self.by)), "")


def _fits(wanted: str, found: str) -> bool:
    # Only the star means something: brackets are lawful in names, such as that of a bot.
    return bool(re.fullmatch(".*".join(map(re.escape, wanted.split("*"))), found, re.DOTALL)) and bool(found)


def claim_text(value: Any) -> str:
    """A claim as the configuration writes it; empty for what is no plain value, which fits nothing."""
    if not isinstance(value, _PLAIN):
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= _LONG else ""
