"""Consent: the owner of a consumer says that a version may change what it changes for that consumer."""

from lamplighter.domain.consumer import Caller
from lamplighter.domain.record import Record, canonical, digest_of
from lamplighter.domain.replay import Figures


class Consent(Record, frozen=True):
    """One word about one version, for one consumer in one environment."""

    model: str
    #: Digest of the version.
    version: str
    environment: str
    #: Name of the consumer.
    consumer: str
    #: E-mail address of whoever spoke for it.
    person: str
    accepted: bool
    reason: str
    #: `basis` at the time; another value means that something changed since.
    binding: str
    #: Microseconds since the epoch, UTC.
    at: int


def basis(candidate: str, live: str, caller: Caller, figures: Figures | None) -> str:
    """What a consent is bound to: both versions by digest, what the consumer says of itself, and what its replay showed."""
    return digest_of(canonical([candidate, live, caller.declared.digest, figures]))
