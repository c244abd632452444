"""What is publicly known to be wrong with packages. Each load takes the place of the one before."""

from collections.abc import Iterable

from sqlalchemy import delete

from lamplighter.domain.record import canonical
from lamplighter.domain.vulnerability import Advisory, AdvisoryLoad
from lamplighter.store import schema
from lamplighter.store.collection import Collection, upsert


class Advisories(Collection[Advisory]):
    """The advisories that count."""

    table = schema.advisories
    kind = Advisory

    def replace_all(self, advisories: Iterable[Advisory]) -> None:
        """Keep these and no others; of two about the same package with the same name the later one."""
        self.connection.execute(delete(self.table))
        rows = [{**self.columns(one), "body": canonical(one).decode()} for one in advisories]
        upsert(self.connection, self.table, rows, keys=["package", "id"], set_=["body"])


class AdvisoryLoads(Collection[AdvisoryLoad]):
    """Every load there was."""

    table = schema.advisory_loads
    kind = AdvisoryLoad

    def newest(self) -> AdvisoryLoad | None:
        """The load that counts; nothing if there was none."""
        return next(iter(self.all(newest="at", limit=1)), None)
