"""What models live on: sources, and packages."""

from lamplighter.domain.feed import Feed
from lamplighter.domain.lineage import Lineage
from lamplighter.domain.vulnerability import LiveExposures
from lamplighter.lifecycle import feeds
from lamplighter.sdk.here.base import Caller
from lamplighter.sdk.verbs import sources as verbs
from lamplighter.views import feeds as sources
from lamplighter.views import lineage
from lamplighter.views import vulnerabilities as views


class Sources(Caller, verbs.Sources):
    """The sources that models live on."""

    def feeds(self) -> list[Feed]:
        with self._kit.store.reading() as look:
            return sources.feeds(look, self._kit.clock.now())

    def feed(self, name: str) -> Feed:
        with self._kit.store.reading() as look:
            return sources.feed(look, name, self._kit.clock.now())

    def affected(self, what: str) -> Lineage:
        with self._kit.store.reading() as look:
            return lineage.lineage(look, what, policy=self._kit.policy, now=self._kit.clock.now())

    def vulnerabilities(self) -> LiveExposures:
        with self._kit.store.reading() as look:
            return views.vulnerabilities(look)

    def push_arrival(
        self,
        name: str,
        newest: int = 0,
        rows: int | None = None,
        passed: bool | None = None,
        check: str = "",
        schema: str = "",
    ) -> Feed:
        feeds.push(self._kit, self._actor, name, newest, rows, passed, check, schema)
        return self.feed(name)
