"""How all models are, and what is on record."""

from lamplighter.domain.delivery import DeliveryReport, check_period
from lamplighter.domain.journal import Entry, Verification
from lamplighter.domain.listed import Listed
from lamplighter.sdk.here.base import Caller
from lamplighter.sdk.verbs import questions as verbs
from lamplighter.views import delivery as reports
from lamplighter.views import fleet as fleets
from lamplighter.views import history
from lamplighter.views import inventory as inventories
from lamplighter.views import status as statuses
from lamplighter.views.fleet import Fleet
from lamplighter.views.history import AsOf
from lamplighter.views.status import ModelStatus

#: Entries of the journal in one answer.
_LINES = 5_000


class Questions(Caller, verbs.Questions):
    """How all models are, and what is on record."""

    def fleet(
        self,
        search: str = "",
        only: str = "",
        page: int = 1,
        tier: str = "",
        needs: str = "",
        gap: str = "",
        lack: str = "",
        retired: bool = False,
    ) -> Fleet:
        wanted = fleets.Filter(search=search, only=only, tier=tier, needs=needs, gap=gap, lack=lack, retired=retired)
        person, policy, now = self._actor.person, self._kit.policy, self._kit.clock.now()
        with self._kit.store.reading() as look:
            return fleets.fleet(look, wanted, person=person, policy=policy, now=now, page=page)

    def inventory(self) -> list[Listed]:
        with self._kit.store.reading() as look:
            return inventories.inventory(look, policy=self._kit.policy, now=self._kit.clock.now())

    def delivery(self, since: int, until: int) -> DeliveryReport:
        check_period(since, until)
        with self._kit.store.reading() as look:
            return reports.delivery(look, policy=self._kit.policy, since=since, until=until, now=self._kit.clock.now())

    def status(self, model: str) -> ModelStatus:
        with self._kit.store.reading() as look:
            return statuses.status(look, model, policy=self._kit.policy, now=self._kit.clock.now())

    def at(self, model: str, environment: str, instant: int) -> AsOf:
        with self._kit.store.reading() as look:
            self._known(look, model, environment)
            return history.at(look, model, environment, instant)

    def journal(self, model: str = "", limit: int = 100) -> list[Entry]:
        with self._kit.store.reading() as look:
            self._known(look, model)
            return look.journal.newest(model=model, limit=max(1, min(limit, 10_000)))

    def journal_lines(self, after: int = 0) -> bytes:
        with self._kit.store.reading() as look:
            return b"".join(body + b"\n" for body in look.journal.bodies(after=after, limit=_LINES))

    def verify_journal(self) -> Verification:
        with self._kit.store.reading() as look:
            return look.journal.verify()
