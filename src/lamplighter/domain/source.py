"""Data that a model needs, as its project declares it.

Law of change: fields may be added with a default.
"""

from collections.abc import Sequence

from lamplighter.domain.errors import Invalid
from lamplighter.domain.record import Settings


class Source(Settings, frozen=True):
    """Data that the model needs."""

    name: str
    owner: str = ""
    #: How old it may be, such as 1h.
    freshness: str = ""
    #: Whether its owner is told even if nothing was ever heard of it for so long; otherwise it is watched from the first
    #: arrival on.
    watch: bool = False
    columns: tuple[str, ...] = ()


def check_source(source: Source) -> Source:
    """The source itself if it can be told of and watched as it says; raises `Invalid`."""
    if not source.name.strip():
        raise _unlawful("One has no name, so nobody could tell of it", 'Write name = "bookings"')
    if source.watch and not source.freshness:
        raise _unlawful(
            "watch has no effect where freshness does not say how old it may be",
            'Write freshness = "1h" beside it, or leave watch out',
        )
    return source


def check_sources(sources: Sequence[Source]) -> None:
    """Raise `Invalid` if two have the same name."""
    names = [source.name for source in sources]
    if len(set(names)) != len(names):
        raise _unlawful("Two have the same name, and what is told of it could be about either", "Give each a name of its own")


def _unlawful(why: str, fix: str) -> Invalid:
    return Invalid("A [[source]] of lamp.toml is not valid.", why=f"{why}.", fix=f"{fix}.", code="E1165")
