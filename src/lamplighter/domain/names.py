"""Names and references. The notation `churn@7` is parsed here and nowhere else."""

import difflib
import re
from collections.abc import Iterable

from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.record import Record

#: Names that become part of a host, label, process or unit name.
STRICT_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
#: Digest of a version or an artifact.
DIGEST = re.compile(r"[0-9a-f]{64}")
_DIGEST_PREFIX = re.compile(r"[0-9a-f]{4,64}")
_EMAIL = re.compile(r"[a-z0-9][a-z0-9._+-]{0,62}@[a-z0-9]([a-z0-9.-]{0,126}[a-z0-9])?")
_TEAM = re.compile(r"@[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_SEPARATORS = re.compile(r"[-_.]+")


class Live(Record, frozen=True, tag="live"):
    """The version that has the traffic."""

    def __str__(self) -> str:
        return "live"


class Previous(Record, frozen=True, tag="prev"):
    """The version that had the traffic before the live one."""

    def __str__(self) -> str:
        return "prev"


class Number(Record, frozen=True, tag="number"):
    """The version with this number."""

    number: int

    def __str__(self) -> str:
        return str(self.number)


class DigestPrefix(Record, frozen=True, tag="digest"):
    """The version whose digest starts with these hexadecimal digits."""

    prefix: str

    def __str__(self) -> str:
        return f"sha256:{self.prefix}"


Selector = Live | Previous | Number | DigestPrefix


class Reference(Record, frozen=True):
    """A model and, where the text says so, one of its versions."""

    #: Name of the model.
    model: str
    #: Which version; nothing means the model itself.
    selector: Selector | None = None

    def __str__(self) -> str:
        return self.model if self.selector is None else f"{self.model}@{self.selector}"


def parse_reference(text: str) -> Reference:
    """`churn`, `churn@7`, `churn@live`, `churn@prev` or `churn@sha256:ab12`; raises `Invalid` for anything else."""
    model, at, selector = text.partition("@")
    checked = model_name(model)
    return Reference(model=checked, selector=_selector(selector) if at else None)


def _selector(text: str) -> Selector:
    if text == "live":
        return Live()
    if text == "prev":
        return Previous()
    if text.isascii() and text.isdecimal() and 0 < len(text) < 10 and int(text) > 0:
        return Number(number=int(text))
    prefix = text.removeprefix("sha256:")
    if prefix != text and _DIGEST_PREFIX.fullmatch(prefix):
        return DigestPrefix(prefix=prefix)
    raise Invalid(
        "That is not a version of a model.",
        why="After the @ stands something that is neither a number, live, prev nor sha256: with 4 to 64 hexadecimal digits.",
        fix="Write name@7, name@live, name@prev or name@sha256:ab12.",
        code="E1101",
    )


def model_name(text: str) -> str:
    """The text itself if it is a lawful name of a model, environment or consumer; raises `Invalid` otherwise."""
    if STRICT_NAME.fullmatch(text):
        return text
    raise Invalid(
        "That is not a lawful name.",
        why="A name has 1 to 63 lower-case letters, digits and hyphens, and starts and ends with a letter or digit.",
        fix="Choose a name such as late-flights.",
        code="E1102",
    )


def party_name(text: str) -> str:
    """The text itself if it is an e-mail address or a team such as `@it-ops`; raises `Invalid` otherwise."""
    if _EMAIL.fullmatch(text) or _TEAM.fullmatch(text):
        return text
    raise Invalid(
        "That is neither a person nor a team.",
        why="A person is named by a lower-case e-mail address, a team by @ and a name.",
        fix="Write ada@example.com or @it-ops.",
        code="E1103",
    )


def is_team(party: str) -> bool:
    """Whether the party is a team and not a person."""
    return party.startswith("@")


def unknown(kind: str, name: str, known: Iterable[str]) -> NotFound:
    """The refusal of an unknown name, with the known ones and the nearest of them."""
    choices = sorted(known)
    near = difflib.get_close_matches(name, choices, n=1)
    shown = ", ".join(choices[:12]) or "none yet"
    return NotFound(
        f"There is no {kind} of that name.",
        why=f"Known: {shown}." + (" and more." if len(choices) > 12 else ""),
        fix=f"Did you mean {near[0]}?" if near else f"Use the name of {'an' if kind[0] in 'aeio' else 'a'} {kind} that exists.",
        code="E1201",
    )


def distribution_key(name: str) -> str:
    """The name of a distribution in the one form that all its spellings have (Python packaging, name normalization)."""
    return _SEPARATORS.sub("-", name).lower()
