"""Predictions of a model that runs elsewhere, written down: all of a request is kept and durable, or none.

They are written to a segment of the control plane's own, as serving writes its records, and counted in the transaction that
says how far the segment holds. What lies behind that was never acknowledged.
"""

from collections.abc import Sequence

import msgspec

from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.errors import Unavailable
from lamplighter.domain.log import log_of
from lamplighter.domain.prediction import Scored, frame
from lamplighter.domain.pushed import Kept
from lamplighter.lifecycle import collection, intake
from lamplighter.lifecycle.kit import Kit
from lamplighter.serving.redaction import Redactor, redaction_key
from lamplighter.serving.segments import NoRoom, Segments
from lamplighter.store.closed_days import Place
from lamplighter.store.transaction import Transaction


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
