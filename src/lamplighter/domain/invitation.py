"""A link with which one person accepts one version for one environment, without an account of their own."""

from lamplighter.domain.record import Record

#: Codes that are sent for one invitation, wrong ones that are looked at for each, and how long one is good, microseconds.
MOST_CODES, MOST_TRIES, CODE_LIFE = 5, 5, 10 * 60 * 1_000_000


class Invitation(Record, frozen=True):
    """One invitation. Its secret is shown once and kept as its hash."""

    #: Such as `N-7`.
    id: str
    model: str
    number: int
    #: Digest of the version.
    version: str
    environment: str
    #: E-mail address of whoever is invited.
    person: str
    #: SHA-256 of the secret, hexadecimal.
    secret: str
    #: Who sent it, and who was shown the link; nobody was where it went by e-mail.
    sent_by: str
    shown_to: str
    #: Whether it takes a code by e-mail as well.
    with_code: bool
    #: Microseconds since the epoch, UTC.
    opened_at: int
    expires_at: int
    #: When it was used to sign, and when it was revoked and by whom; 0 if it was not.
    signed_at: int = 0
    revoked_at: int = 0
    revoked_by: str = ""
    #: Keyed hash of the code that was sent last, when it ends, and how often it was guessed.
    code: str = ""
    code_expires_at: int = 0
    tries: int = 0
    #: Codes that were sent.
    codes: int = 0
    revision: int = 0

    def opens(self, now: int) -> bool:
        """Whether it still lets its person look."""
        return not self.revoked_at and now < self.expires_at

    def signs(self, now: int) -> bool:
        """Whether it still lets its person answer and sign."""
        return self.opens(now) and not self.signed_at

    def state(self, now: int) -> str:
        """In one word: open, used, revoked or expired."""
        if self.signed_at:
            return "used"
        if self.revoked_at:
            return "revoked"
        return "open" if now < self.expires_at else "expired"
