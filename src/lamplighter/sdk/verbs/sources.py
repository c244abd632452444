"""What models live on: sources, and packages."""

from typing import Protocol

from lamplighter.domain.feed import Feed
from lamplighter.domain.identity import Permission
from lamplighter.domain.lineage import Lineage
from lamplighter.domain.vulnerability import LiveExposures
from lamplighter.sdk.door import door


class Sources(Protocol):
    """The sources that models live on."""

    @door("GET", "/sources", Permission.READ)
    def feeds(self) -> list[Feed]:
        """Every source that a model needs and how it stands, those that need somebody first."""
        ...

    @door("GET", "/sources/{name}", Permission.READ)
    def feed(self, name: str) -> Feed:
        """One source and how it stands."""
        ...

    @door("GET", "/lineage", Permission.READ)
    def affected(self, what: str) -> Lineage:
        """What a change reaches: models, their live versions and the applications behind them, what is most critical first.

        `what` is a source or a model, one of its columns such as `weather.precip`, or a column of any source. Refused for what
        nothing here knows.
        """
        ...

    @door("GET", "/vulnerabilities", Permission.READ)
    def vulnerabilities(self) -> LiveExposures:
        """Live versions with packages that advisories know something about; those that load them where they answer first."""
        ...

    @door("POST", "/sources/{name}/arrivals", Permission.LABEL)
    def push_arrival(
        self,
        name: str,
        newest: int = 0,
        rows: int | None = None,
        passed: bool | None = None,
        check: str = "",
        schema: str = "",
    ) -> Feed:
        """Say what came of a source: the time of its newest row, its rows, whether the checks on it passed, and how its
        columns are, by any name that changes with them; what is left out says nothing new. Gives how it stands now."""
        ...
