"""One version as a server of its own answers with it, by what is declared of the model where it is live.

Law of change: fields may be added with a default; the file lies in clusters that nobody here knows.
"""

from collections.abc import Mapping

from lamplighter.domain.errors import Invalid
from lamplighter.domain.names import STRICT_NAME
from lamplighter.domain.record import Record
from lamplighter.domain.route import Route


class Pinned(Record, frozen=True):
    """What such a server is told; it holds no secret."""

    #: Such as `late-flights@7`.
    version: str
    #: The one model with this version as its champion, and nothing else.
    route: Route
    #: Public keys whose versions may run code, PEM by file name.
    keys: Mapping[str, str] = {}

    @property
    def digest(self) -> str:
        """Digest of the version; raises `Invalid` where there is not exactly one version, or a name cannot be."""
        named = {served.digest for model in self.route.models for served in model.versions()}
        # The environment is the name of a folder where this is served.
        lawful = all(
            STRICT_NAME.fullmatch(name) for name in (self.route.environment, *(one.model for one in self.route.models))
        )
        if len(self.route.models) != 1 or len(named) != 1 or not lawful:
            raise Invalid(
                "That is no pinned version.",
                why="It names several versions, or none, or has a name that no model or environment has.",
                fix="Write it anew: lamp export kserve MODEL",
                code="E1472",
            )
        return named.pop()
