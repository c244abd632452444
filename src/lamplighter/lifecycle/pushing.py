"""Predictions of a model that runs elsewhere, brought by whoever has them."""

from collections.abc import Iterable, Sequence

from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Conflict, Invalid
from lamplighter.domain.identity import Actor
from lamplighter.domain.names import unknown
from lamplighter.domain.prediction import Scored
from lamplighter.domain.pushed import MOST_ROWS, Kept, Pushed
from lamplighter.domain.route import Arm
from lamplighter.domain.version import Version
from lamplighter.lifecycle import fitting, keeping
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction


def push(kit: Kit, actor: Actor, model: str, environment: Environment, rows: Sequence[Pushed]) -> Kept:
    """Keep predictions; raises `Invalid` naming the first row and field that does not fit, `NotFound`, and `Conflict` for a
    model that is served here or that has no live version where a row names none."""
    if len(rows) > MOST_ROWS:
        raise Invalid(
            "These are too many predictions for one request.",
            why=f"At most {MOST_ROWS:,} are taken at once, or none.",
            fix="Send them in several requests; lamp predictions push does.",
            code="E1264",
        )
    with kit.store.reading() as look:
        versions = versions_of(look, model, environment, {row.number for row in rows})
    fitting.check(rows, versions, kit.clock.now())
    records = [_record(row, versions[row.number], row.consumer or actor.email) for row in rows]
    return keeping.keep(kit, model, environment.name, records)


def versions_of(look: Transaction, model: str, environment: Environment, numbers: Iterable[int]) -> dict[int, Version]:
    """The versions that these numbers mean, 0 the live one."""
    champion = look.routings.of(model, environment.name).champion
    found = {}
    for number in numbers:
        wanted = number or (champion.number if champion else 0)
        version = look.versions.find(model=model, number=wanted) if wanted else None
        if version is None and not wanted:
            raise Conflict(
                f"No version of {model} is live in {environment.name}.",
                why="A prediction that names no version is one of the live version.",
                fix=f"Say what is live: lamp deploy {model}@1 --env {environment.name}, or name the version.",
                code="E1574",
            )
        if version is None:
            raise unknown("version", f"{model}@{wanted}", (known.name for known in look.versions.all(model=model)))
        if version.elsewhere is None:
            raise Conflict(
                f"{model} is served here.",
                why="Serving writes down what it answers; pushed as well, it would count twice.",
                fix="Push predictions of models that run elsewhere only; see lamp adopt.",
                code="E1574",
            )
        found[number] = version
    return found


def _record(row: Pushed, version: Version, consumer: str) -> Scored:
    return Scored(
        request=row.id,
        model=version.model,
        number=version.number,
        digest=version.digest,
        arm=Arm.CHAMPION,
        consumer=consumer,
        at=row.time,
        event_at=row.time,
        duration=-1 if row.latency_ms is None else int(row.latency_ms * 1000),
        columns={name: [value] for name, value in row.inputs.items()},
        scores=() if row.score is None else (row.score,),
        failure=row.failure,
        rows=1,
        ids=(row.id,),
    )
