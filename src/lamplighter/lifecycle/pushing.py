"""Predictions of a model that runs elsewhere, brought by whoever has them: all of a request is kept and durable, or none.

They are written to a segment of the control plane's own, as serving writes its records, and counted in the transaction that
says how far the segment holds. What lies behind that was never acknowledged.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from lamplighter.domain.contract import Meaning, problems_of
from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Conflict, Invalid, Unavailable
from lamplighter.domain.identity import Actor
from lamplighter.domain.log import log_of
from lamplighter.domain.names import unknown
from lamplighter.domain.prediction import Scored, frame
from lamplighter.domain.pushed import CONSUMER, LONGEST_ID, MOST_ROWS, Kept, Pushed
from lamplighter.domain.route import Arm
from lamplighter.domain.version import Version
from lamplighter.lifecycle import collection, intake
from lamplighter.lifecycle.kit import Kit
from lamplighter.serving.redaction import Redactor, redaction_key
from lamplighter.serving.segments import NoRoom, Segments
from lamplighter.store.closed_days import Place
from lamplighter.store.transaction import Transaction

#: No prediction is older than 2000, or further ahead of our clock than this, microseconds.
_EARLIEST, _AHEAD = 946_684_800_000_000, 86_400_000_000
_LONGEST_FAILURE = 200
#: No score or latency is larger.
_LARGEST, _DAY_MS = 1e300, 86_400_000.0


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
    _check(rows, versions, kit.clock.now())
    records = [_record(row, versions[row.number], row.consumer or actor.email) for row in rows]
    return keep(kit, model, environment.name, records)


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


def keep(kit: Kit, model: str, environment: str, records: Sequence[Scored]) -> Kept:
    """Write records of one model down and count them, each id once. They are durable when this returns."""
    with kit.segments[environment]:
        try:
            with kit.store.transaction() as change:
                found = _fresh(change, records)
                fresh = _of_open_days(change, environment, found)
                if fresh:
                    _keep(kit, change, environment, _redacted(kit, change, model, environment, fresh), kit.clock.now())
        except BaseException:
            # What may lie behind the end that is known is never read; the next push begins another file.
            written = kit.pushed.pop(environment, None)
            if written is not None:
                written.close()
            raise
    return Kept(kept=len(fresh), known=len(records) - len(found), closed=len(found) - len(fresh))


def _fresh(look: Transaction, records: Sequence[Scored]) -> list[Scored]:
    """Records whose first id is new."""
    wanted = {record.row_id(0): record for record in reversed(records)}
    known = {identity for identity, _ in look.predictions.known(wanted)} | look.predictions.known_failures(wanted)
    return [record for identity, record in reversed(wanted.items()) if identity not in known]


def _of_open_days(look: Transaction, environment: str, records: Sequence[Scored]) -> list[Scored]:
    """Records but for those of closed days: what was there under their ids is forgotten, and they would count twice."""
    places = [Place(one.model, environment, one.number, one.event_at // intake.DAY * intake.DAY) for one in records]
    closed = look.closed_days.among(places)
    return [record for record, place in zip(records, places, strict=True) if place not in closed]


def _keep(kit: Kit, change: Transaction, environment: str, records: Sequence[Scored], now: int) -> None:
    name, end = _written(kit, environment, b"".join(map(frame, records)), now)
    intake.write(kit, change, intake.count(kit, change, environment, records))
    change.predictions.keep_failures([record.row_id(0) for record in records if not record.scores], now)
    change.predictions.move(environment, name, end)


def _written(kit: Kit, environment: str, content: bytes, now: int) -> tuple[str, int]:
    """Append to the segment of this process, forced to the disk; gives its name and where it ends."""
    segments = kit.pushed.get(environment)
    if segments is None or not segments.is_there:
        folder = kit.settings.serving / environment / "segments"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        segments = kit.pushed[environment] = Segments(folder, collection.PUSHED, now)
    try:
        segments.append(content)
    except (NoRoom, OSError) as error:
        raise Unavailable(
            "Nothing can be written down now.",
            why=f"The disk of the control plane takes no more ({type(error).__name__}).",
            fix="Make room, then send the same again; nothing of it was kept.",
            code="E1267",
        ) from None
    return segments.position


def _redacted(kit: Kit, look: Transaction, model: str, environment: str, records: Sequence[Scored]) -> list[Scored]:
    """The records as they may reach the disk."""
    project = look.project(model)
    log = log_of(tier_of(kit.policy, criticality_of(project, kit.policy).tier).log, project.log)
    redactor = Redactor(log)
    if redactor.keeps_all:
        return list(records)
    folder = kit.settings.serving / environment
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    redactor = Redactor(log, redaction_key(folder))
    return [
        msgspec.structs.replace(one, columns=redactor.kept(one.request, one.columns), redacted=redactor.redacted)
        for one in records
    ]


def check_time(at: int, now: int) -> None:
    """Raise `Invalid` for a moment in which nothing can have been predicted."""
    if not _EARLIEST <= at <= now + _AHEAD:
        raise _unfit("time: microseconds since the epoch, from 2000 to tomorrow")


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


def _check(rows: Sequence[Pushed], versions: Mapping[int, Version], now: int) -> None:
    for place, row in enumerate(rows):
        wrong = _wrong(row, versions[row.number].manifest.contract.output.meaning, now)
        if wrong:
            raise _unfit(f"/predictions/{place}/{wrong}")
    for number, version in versions.items():
        _check_inputs([(place, row) for place, row in enumerate(rows) if row.number == number and row.inputs], version)


def _wrong(row: Pushed, meaning: Meaning, now: int) -> str:
    """The first field of a row that cannot be, and what it has to be; empty where all fit."""
    lowest, highest = (0.0, 1.0) if meaning is Meaning.PROBABILITY else (-_LARGEST, _LARGEST)
    checks = (
        (0 < len(row.id) <= LONGEST_ID and row.id.isprintable(), f"id: 1 to {LONGEST_ID} characters that can be printed"),
        (_EARLIEST <= row.time <= now + _AHEAD, "time: microseconds since the epoch, from 2000 to tomorrow"),
        ((row.score is None) != (not row.failure), "score: a score, or a failure in its place"),
        (row.score is None or lowest <= row.score <= highest, f"score: from {lowest:g} to {highest:g}"),
        (not row.consumer or CONSUMER.fullmatch(row.consumer), "consumer: up to 100 letters, digits and . _ @ + -"),
        (row.latency_ms is None or 0.0 <= row.latency_ms <= _DAY_MS, "latency_ms: from 0 to a day"),
        (len(row.failure) <= _LONGEST_FAILURE, f"failure: up to {_LONGEST_FAILURE} characters"),
    )
    return next((told for holds, told in checks if not holds), "")


def _check_inputs(rows: Sequence[tuple[int, Pushed]], version: Version) -> None:
    contract = version.manifest.contract
    names = {column.name for column in contract.inputs}
    for place, row in rows:
        if row.inputs.keys() != names:
            raise _unfit(f"/predictions/{place}/inputs: every input of {version.name}, and no other")
    columns = {name: [row.inputs[name] for _, row in rows] for name in names}
    for problem in problems_of(contract, columns)[:1]:
        _, _, place_of, name = problem.pointer.split("/", 3)
        raise _unfit(f"/predictions/{rows[int(place_of)][0]}/inputs/{name}: {problem.code}, wanted {problem.expected}")


def _unfit(why: str) -> Invalid:
    return Invalid(
        "A prediction does not fit.",
        why=f"{why}. Nothing of the request was kept.",
        fix="Correct the row that is named, and send the request again.",
        code="E1263",
    )
