"""Blind tests: cases that somebody answered before they saw what the version answers."""

from lamplighter.domain.events.base import Event


class BlindTestBegun(Event, frozen=True, tag=True):
    """Somebody of the business began to answer the cases of a version; what has to come out is fixed."""

    test: str = ""
    number: int = 0
    version: str = ""
    environment: str = ""
    person: str = ""
    cases: int = 0
    agree_at_least: int = 0
    must_agree: tuple[str, ...] = ()
    #: Digest of what was agreed, and of what the cards were made of.
    terms: str = ""
    basis: str = ""
    #: How many cases were picked, and what they were drawn with.
    picked: int = 0
    seed: int = 0


class CaseAnswered(Event, frozen=True, tag=True):
    """Somebody answered a case before they saw what the version answers."""

    test: str = ""
    number: int = 0
    version: str = ""
    environment: str = ""
    person: str = ""
    case: str = ""
    said: str = ""


BlindTestEvent = BlindTestBegun | CaseAnswered
