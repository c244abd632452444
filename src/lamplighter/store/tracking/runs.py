"""Runs by id, with the parameters, tags and metrics that stand beside each."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Table, delete, select

from lamplighter.domain.tracking.experiment import Stage
from lamplighter.domain.tracking.query import Comparison, Of, Order
from lamplighter.domain.tracking.run import Metric, Run, Tracked
from lamplighter.store import schema
from lamplighter.store.collection import Collection, rows_named, told, upsert
from lamplighter.store.tracking.conditions import Searched

#: Columns of the attributes of MLflow.
_ATTRIBUTES = {
    "run_id": "id",
    "run_name": "name",
    "Run name": "name",
    "run name": "name",
    "status": "status",
    "user_id": "user",
    "start_time": "started_at",
    "created": "started_at",
    "Created": "started_at",
    "end_time": "ended_at",
}
_BESIDE = {
    Of.PARAM: (schema.run_params, "run"),
    Of.TAG: (schema.run_tags, "run"),
    Of.METRIC: (schema.newest_metrics, "run"),
}
_METRIC = ("run", "key", "step", "at", "value", "nan")


class Runs(Collection[Run]):
    """Runs by id."""

    table = schema.runs
    kind = Run
    _searched = Searched(schema.runs, "id", _ATTRIBUTES, _BESIDE)

    def held(self, run: str) -> Run | None:
        """A run that nobody else changes until this transaction ends."""
        body = self.connection.execute(select(self.table.c.body).where(self.table.c.id == run).with_for_update()).scalar()
        return self._decode(body) if body else None

    def search(
        self,
        experiments: Sequence[str],
        stages: Sequence[Stage],
        comparisons: Sequence[Comparison],
        orders: Sequence[Order],
        start: int,
        limit: int,
    ) -> list[Tracked]:
        """Those of which all holds, from a place on: in the order asked for, then the newest first."""
        found = select(self.table.c.body).where(self.table.c.experiment.in_(experiments), self.table.c.stage.in_(stages))
        found = found.where(*self._searched.where(self.connection, comparisons))
        ordered = self._searched.ordered(found, orders, self.table.c.started_at.desc(), self.table.c.id)
        bodies = self.connection.execute(ordered.offset(start).limit(limit)).scalars()
        return self.tracked([self._decode(body) for body in bodies])

    def stage_all(self, experiment: str, stage: Stage) -> None:
        """Delete or restore all runs of an experiment."""
        for run in self.all(experiment=experiment):
            if run.stage is not stage:
                self.put(replace(run, stage=stage))

    def tracked(self, runs: Sequence[Run]) -> list[Tracked]:
        """The runs with what stands beside them."""
        ids = [run.id for run in runs]
        params, tags = (_pairs(self._beside(table, ids)) for table in (schema.run_params, schema.run_tags))
        metrics: defaultdict[str, list[Metric]] = defaultdict(list)
        for row in self._beside(schema.newest_metrics, ids):
            metrics[row.run].append(_metric(row))
        return [Tracked(run=run, params=params[run.id], tags=tags[run.id], metrics=tuple(metrics[run.id])) for run in runs]

    def _beside(self, table: Table, ids: Sequence[str]) -> Iterator[Any]:
        if not ids:
            return iter(())
        query = rows_named(self.connection.dialect.name, table, ("run",)).order_by(table.c.run, table.c.key)
        return iter(self.connection.execute(query, told([[one] for one in ids])))

    def params(self, run: str, keys: Iterable[str]) -> dict[str, str]:
        """The values that these parameters have already."""
        table = schema.run_params
        query = select(table.c.key, table.c.value).where(table.c.run == run, table.c.key.in_(list(keys)))
        return {row.key: row.value for row in self.connection.execute(query)}

    def set_params(self, run: str, params: Mapping[str, str]) -> None:
        """Keep parameters that are not there yet."""
        rows = [{"run": run, "key": key, "value": value} for key, value in params.items()]
        upsert(self.connection, schema.run_params, rows, keys=["run", "key"], set_=[])

    def set_tags(self, run: str, tags: Mapping[str, str]) -> None:
        """Keep tags in the place of those of the same keys."""
        rows = [{"run": run, "key": key, "value": value} for key, value in tags.items()]
        upsert(self.connection, schema.run_tags, rows, keys=["run", "key"], set_=["value"])

    def drop_tag(self, run: str, key: str) -> bool:
        """Drop a tag; false if there is none."""
        table = schema.run_tags
        return bool(self.connection.execute(delete(table).where(table.c.run == run, table.c.key == key)).rowcount)

    def log(self, run: str, metrics: Sequence[Metric]) -> None:
        """Keep values; one that is there is not kept twice. The newest is that of the highest step, then moment, then value."""
        rows = [_row(run, metric) for metric in metrics]
        upsert(self.connection, schema.run_metrics, rows, keys=list(_METRIC), set_=[])
        grown = ("step", "at", "value")
        upsert(
            self.connection, schema.newest_metrics, rows, keys=["run", "key"], set_=["step", "at", "value", "nan"], grown=grown
        )

    def history(self, run: str, key: str, start: int, limit: int) -> list[Metric]:
        """The values of a metric by step and moment, from a place on."""
        table = schema.run_metrics
        query = select(table).where(table.c.run == run, table.c.key == key)
        ordered = query.order_by(table.c.step, table.c.at, table.c.value, table.c.nan).offset(start).limit(limit)
        return [_metric(row) for row in self.connection.execute(ordered)]

    def between(self, run: str, key: str, first: int | None, last: int | None, limit: int) -> list[Metric]:
        """The values of a metric from one step to another; if there are more steps than the limit, spread evenly."""
        table = schema.run_metrics
        query = select(table.c.step).distinct().where(table.c.run == run, table.c.key == key)
        query = query.where(table.c.step >= first) if first is not None else query
        query = query.where(table.c.step <= last) if last is not None else query
        steps = list(self.connection.execute(query.order_by(table.c.step)).scalars())
        chosen = steps if len(steps) <= limit else [steps[place * (len(steps) - 1) // (limit - 1)] for place in range(limit)]
        found: list[Metric] = []
        for begin in range(0, len(chosen), 500):
            part = chosen[begin : begin + 500]
            values = select(table).where(table.c.run == run, table.c.key == key, table.c.step.in_(part))
            found += [_metric(row) for row in self.connection.execute(values.order_by(table.c.step, table.c.at))]
        return found


def _pairs(rows: Iterable[Any]) -> defaultdict[str, dict[str, str]]:
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        found[row.run][row.key] = row.value
    return found


def _row(run: str, metric: Metric) -> dict[str, Any]:
    is_nan = metric.value != metric.value
    value = 0.0 if is_nan else metric.value
    return {"run": run, "key": metric.key, "step": metric.step, "at": metric.at, "value": value, "nan": is_nan}


def _metric(row: Any) -> Metric:
    return Metric(key=row.key, value=float("nan") if row.nan else row.value, at=row.at, step=row.step)
