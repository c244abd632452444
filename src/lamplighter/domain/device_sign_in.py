"""A command that asks for a token of whoever allows it in a browser (RFC 8628). A table of moves.

Law of change: one is kept for about an hour, so fields may be added with a default, and none may be taken away.
"""

import secrets
from collections.abc import Mapping
from enum import StrEnum

import msgspec

from lamplighter.domain.errors import Conflict
from lamplighter.domain.record import Record, digest_of

#: Letters of a code that people type: no vowels, so that it spells nothing, and none that look alike (RFC 8628, 6.1).
ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
#: Letters of a code: 20^8 is 34.5 bits, for a code that lives for 10 minutes and at which few guesses are let through.
LETTERS = 8
#: Seconds that somebody has to allow it, and seconds between two questions of the command.
LIFE, INTERVAL = 600, 5
#: Characters of the name of a machine that are kept.
_NAME = 64


class Standing(StrEnum):
    """Where it stands."""

    #: Nobody has said anything.
    ASKED = "asked"
    #: Somebody allowed it; the command has not come for its token.
    ALLOWED = "allowed"
    #: Somebody refused it, or lost the account that it was allowed for.
    REFUSED = "refused"
    #: The command has its token; there is no second one.
    REDEEMED = "redeemed"


class Step(StrEnum):
    """What happens to it."""

    ALLOW = "allow"
    REFUSE = "refuse"
    REDEEM = "redeem"
    #: Every secret of the person who allowed it is made worthless.
    WITHDRAW = "withdraw"


#: The whole machine. A pair that is not here is a move that does not exist.
MOVES: Mapping[tuple[Standing, Step], Standing] = {
    (Standing.ASKED, Step.ALLOW): Standing.ALLOWED,
    (Standing.ASKED, Step.REFUSE): Standing.REFUSED,
    (Standing.ALLOWED, Step.REDEEM): Standing.REDEEMED,
    (Standing.ALLOWED, Step.WITHDRAW): Standing.REFUSED,
}


class DeviceSignIn(Record, frozen=True):
    """One command that asks."""

    #: SHA-256 of the code that the command holds, hexadecimal.
    id: str
    #: SHA-256 of the code that the person types, without its hyphen.
    user_code: str
    #: What the machine says of itself.
    machine: str
    #: Where the command came from: an address, a network of IPv6, or words for what a proxy hides.
    sender: str
    #: Microseconds since the epoch, UTC.
    asked_at: int
    expires_at: int
    standing: Standing = Standing.ASKED
    #: Who allowed or refused it; empty as long as nobody did.
    email: str = ""
    #: Digest of the token that the session of this person came from; empty for a person who signed in otherwise.
    parent: str = ""
    revision: int = 0

    def waits(self, now: int) -> bool:
        """Whether somebody can still allow it."""
        return self.standing is Standing.ASKED and now < self.expires_at

    def moved(self, step: Step, email: str = "", parent: str = "") -> "DeviceSignIn":
        """The next state; raises `Conflict` for a move that does not exist."""
        standing = MOVES.get((self.standing, step))
        if standing is None:
            raise Conflict(
                "This sign-in was answered before.",
                why=f"It is {self.standing} already.",
                fix="Begin another with lamp login.",
                code="E1465",
            )
        named = {"email": email, "parent": parent} if email else {}
        return msgspec.structs.replace(self, standing=standing, revision=self.revision + 1, **named)


def new_code() -> str:
    """A code that people type, of eight letters without the hyphen."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LETTERS))


def shown_code(code: str) -> str:
    """A code as people read it: two groups of four."""
    return f"{code[:4]}-{code[4:]}"


def typed_code(text: str) -> str:
    """The code that somebody typed, whatever its case and what stands between the letters; empty if it cannot be one."""
    code = "".join(letter for letter in text.upper() if letter.isalnum())
    return code if len(code) == LETTERS and set(code) <= set(ALPHABET) else ""


def code_digest(code: str) -> str:
    """What is kept of a code that people type."""
    return digest_of(f"user code {code}".encode())


def machine_name(text: str) -> str:
    """What a machine says of itself, as the name of a host: it must not be able to write sentences onto the page."""
    kept = "".join(letter for letter in text if letter.isascii() and (letter.isalnum() or letter in ".-_"))
    return kept.strip(".-_")[:_NAME] or "unnamed-machine"
