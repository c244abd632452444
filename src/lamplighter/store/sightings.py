"""What was last seen of live versions: few questions for any number of them."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, and_, func, select

from lamplighter.domain.watch import Sighting
from lamplighter.store import schema
from lamplighter.store.answered import AnsweredRows
from lamplighter.store.collection import named, named_versions

#: Microseconds in a second.
_SECOND = 1_000_000
#: Seconds of traffic that pauses are taken of.
_LOOK_BACK = 14 * 86_400
_Place = tuple[str, str]
#: The longest pause and the time between the first and the last hour with requests, seconds.
Pauses = Mapping[_Place, tuple[float, float]]


class Sightings:
    """Sightings within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def of(
        self, versions: Sequence[tuple[str, str, int]], asked: Mapping[_Place, int], pauses: Pauses, now: int
    ) -> dict[_Place, Sighting]:
        """What was last seen of these versions (model, environment, number), by model and environment: with when each was last
        asked, and the pauses of those whose pauses matter."""
        waits, labelled = self._waits(), self._labelled()
        spans = AnsweredRows(self.connection).spans(versions, now)
        found = {}
        for place in ((model, environment) for model, environment, _ in versions):
            (pause, called_for), (first, last) = pauses.get(place, (0.0, 0.0)), spans.get(place, (0, 0))
            to, at = labelled.get(place, (0, 0))
            found[place] = Sighting(
                asked_at=asked.get(place, 0),
                pause=pause,
                called_for=called_for,
                scored_from=first,
                scored_to=last,
                labelled_to=to,
                labelled_at=at,
                waits_since=waits.get(place, 0),
            )
        return found

    def pauses(self, models: Sequence[str], now: int) -> Pauses:
        """How these models are usually called, by model and environment, from the hours of the last two weeks: a millisecond
        for each that is asked in every hour."""
        if not models:
            return {}
        of = schema.hours
        wanted = named(self.connection, [of.c.model], [(model,) for model in models])
        # An hour in which two versions answered is there twice, with no pause in between.
        before = func.lag(of.c.second).over(partition_by=(of.c.model, of.c.environment), order_by=of.c.second)
        hours = select(of.c.model, of.c.environment, of.c.second, (of.c.second - before).label("pause"))
        hours = hours.where(of.c.second >= now // _SECOND - _LOOK_BACK, of.c.arm != "shadow", of.c.requests > 0)
        apart = hours.select_from(wanted.join(of, of.c.model == wanted.c.model)).subquery()
        ends = func.max(apart.c.pause), func.max(apart.c.second) - func.min(apart.c.second)
        query = select(apart.c.model, apart.c.environment, *ends).group_by(apart.c.model, apart.c.environment)
        return {(row[0], row[1]): (float(row[2] or 0), float(row[3])) for row in self.connection.execute(query)}

    def asked(self, versions: Sequence[tuple[str, str, int]]) -> dict[_Place, int]:
        """When each was last asked, whichever version answered, microseconds since the epoch; those that ever were. One step
        into the index for each."""
        of, wanted = schema.traffic, named_versions(self.connection, versions)
        same = and_(of.c.model == wanted.c.model, of.c.environment == wanted.c.environment)
        last = select(func.max(of.c.second)).where(same).correlate(wanted).scalar_subquery()
        rows = self.connection.execute(select(wanted.c.model, wanted.c.environment, last))
        return {(row[0], row[1]): int(row[2]) * _SECOND for row in rows if row[2] is not None}

    def _waits(self) -> dict[_Place, int]:
        of = schema.dirty
        query = select(of.c.model, of.c.environment, func.min(of.c.since)).where(of.c.since > 0)
        rows = self.connection.execute(query.group_by(of.c.model, of.c.environment))
        return {(row[0], row[1]): int(row[2]) for row in rows}

    def _labelled(self) -> dict[_Place, tuple[int, int]]:
        of = schema.label_heads
        rows = self.connection.execute(select(of.c.model, of.c.environment, of.c.event_at, of.c.advanced_at))
        return {(row[0], row[1]): (int(row[2]), int(row[3])) for row in rows}
