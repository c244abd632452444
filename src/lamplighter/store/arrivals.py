"""What was told of sources; of each only so much as is needed to know how it stands."""

from typing import Any

from sqlalchemy import delete, select

from lamplighter.domain.feed import Arrival
from lamplighter.store import schema
from lamplighter.store.collection import Collection

#: Arrivals of one source that are kept.
KEPT = 200


class Arrivals(Collection[Arrival]):
    """Arrivals by source and the moment they were told."""

    table = schema.arrivals
    kind = Arrival

    def of(self, source: str) -> list[Arrival]:
        """What is kept of one source, newest first."""
        return self.all(newest="arrived_at", source=source)

    def by_source(self) -> dict[str, list[Arrival]]:
        """Everything that is kept."""
        found: dict[str, list[Arrival]] = {}
        for arrival in self.all():
            found.setdefault(arrival.source, []).append(arrival)
        return found

    def shed(self, source: str) -> None:
        """Forget what is older than the newest `KEPT`."""
        times = select(self.table.c.arrived_at).filter_by(source=source).order_by(self.table.c.arrived_at.desc())
        oldest: Any = self.connection.execute(times.offset(KEPT - 1).limit(1)).scalar()
        if oldest is not None:
            self.connection.execute(delete(self.table).where(self.table.c.source == source, self.table.c.arrived_at < oldest))
