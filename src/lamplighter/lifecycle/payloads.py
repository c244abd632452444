"""Calls of a model elsewhere as a logger sends them: request and response apart, in any order, perhaps twice.

The half that comes first is kept in the database until the other is there, for an hour at most. A call is counted as a push
of its rows; the id of row i is that of the event, a point and i.
"""

import logging
from collections.abc import Mapping

from lamplighter.domain.contract import Meaning, problems_of
from lamplighter.domain.decoding import from_json
from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import Invalid, LampError, Unavailable
from lamplighter.domain.identity import PLATFORM, Actor
from lamplighter.domain.payload import Delivered, Half, Unreadable, delivered, inputs_of, scores_of
from lamplighter.domain.prediction import Scored, prediction_id
from lamplighter.domain.pushed import Kept
from lamplighter.domain.record import canonical
from lamplighter.domain.route import Arm
from lamplighter.domain.version import Version
from lamplighter.lifecycle import fitting, keeping, pushing
from lamplighter.lifecycle.kit import Kit

_log = logging.getLogger("lamplighter.payloads")
#: How long a half waits, microseconds; halves that wait at most, and the bytes of one.
_PATIENCE, _MOST, _LARGEST = 3_600_000_000, 20_000, 1024 * 1024
#: Calls that one sweep counts at most.
_SWEPT = 1_000


def receive(
    kit: Kit, actor: Actor, model: str, environment: Environment, headers: Mapping[str, str], content: bytes
) -> Kept | None:
    """Take one event; gives what was kept of the call once both halves are there, and nothing while one is missing.

    Durable when it returns. Raises `Invalid` for what no half of a call of this version can be.
    """
    try:
        event = delivered(headers, content)
    except Unreadable as error:
        raise _unreadable(str(error)) from None
    if len(event.body) > _LARGEST:
        raise _unreadable(f"its data is over {_LARGEST} bytes")
    with kit.store.transaction() as change:
        version = pushing.versions_of(change, model, environment, {0})[0]
        if change.payloads.count() >= _MOST:
            raise Unavailable(
                "Too many halves of calls wait.",
                why=f"{_MOST:,} requests or responses wait for their other half.",
                fix="See that the logger sends both: mode all in its InferenceService.",
                code="E1267",
            )
        # A half that cannot be read would spoil the other one, too.
        _read(event, version)
        change.payloads.put(model, environment.name, event.id, event.half, canonical(event), kit.clock.now())
        is_whole = len(change.payloads.of(model, environment.name, event.id)) > 1
    return _count(kit, version, environment.name, event.id, actor.email) if is_whole else None


def sweep(kit: Kit) -> None:
    """Count calls whose halves came at the same moment or in front of a crash, and forget halves that waited long enough."""
    with kit.store.reading() as look:
        whole = look.payloads.whole(_SWEPT)
        is_anything = look.payloads.count() > 0
    for model, name, identity in whole:
        try:
            with kit.store.reading() as look:
                version = pushing.versions_of(look, model, look.environment(name), {0})[0]
            _count(kit, version, name, identity, PLATFORM.email)
        except LampError as error:
            _log.warning("a call of %s in %s cannot be counted: %s", model, name, error.code)
    if is_anything:
        with kit.store.transaction() as change:
            gone = change.payloads.forget(kit.clock.now() - _PATIENCE)
        if gone:
            _log.warning("%d halves of calls waited an hour for the other one and are forgotten", gone)


def _count(kit: Kit, version: Version, environment: str, identity: str, consumer: str) -> Kept:
    with kit.store.reading() as look:
        halves = look.payloads.of(version.model, environment, identity)
    if len(halves) < 2:
        return Kept(kept=0, known=1)
    request, response = (from_json(halves[half], Delivered) for half in Half)
    try:
        record = _record(version, request, response, consumer, kit.clock.now())
    except Invalid:
        _remove(kit, version.model, environment, identity)
        raise
    kept = keeping.keep(kit, version.model, environment, [record])
    _remove(kit, version.model, environment, identity)
    return kept


def _remove(kit: Kit, model: str, environment: str, identity: str) -> None:
    with kit.store.transaction() as change:
        change.payloads.remove(model, environment, identity)


def _record(version: Version, request: Delivered, response: Delivered, consumer: str, now: int) -> Scored:
    columns, scores = _read(request, version), _read(response, version)
    assert isinstance(columns, dict)
    assert isinstance(scores, list)
    if len(scores) != len(next(iter(columns.values()))):
        raise _unfit("the response has another number of rows than the request")
    at = request.at or response.at or now
    fitting.check_time(at, now)
    took = response.at - request.at if request.at and response.at else -1
    return Scored(
        request=request.id,
        model=version.model,
        number=version.number,
        digest=version.digest,
        arm=Arm.CHAMPION,
        consumer=consumer,
        at=at,
        event_at=at,
        duration=max(took, -1),
        columns=columns,
        scores=scores,
        rows=len(scores),
        ids=tuple(prediction_id(request.id, row) for row in range(len(scores))),
    )


def _read(event: Delivered, version: Version) -> dict[str, list[object]] | list[float]:
    """The inputs of a request, or the scores of a response; raises `Invalid` for what is none of this version."""
    manifest = version.manifest
    assert version.elsewhere is not None
    try:
        if event.half is Half.REQUEST:
            columns = inputs_of(event.body, manifest.contract)
            for problem in problems_of(manifest.contract, columns)[:1]:
                raise _unfit(f"{problem.pointer} is {problem.code}, wanted {problem.expected}")
            return columns
        scores = scores_of(event.body, version.elsewhere)
    except Unreadable as error:
        raise _unfit(str(error)) from None
    if manifest.contract.output.meaning is Meaning.PROBABILITY and not all(0.0 <= score <= 1.0 for score in scores):
        raise _unfit("a score lies outside 0 to 1, so it is no probability")
    return scores


def _unreadable(why: str) -> Invalid:
    return Invalid(
        "That is no event of an inference logger.",
        why=f"In short: {why}.",
        fix="Send CloudEvents 1.0 of KServe's logger, in binary or structured mode.",
        code="E1265",
    )


def _unfit(why: str) -> Invalid:
    return Invalid(
        "The call does not fit the version that is live.",
        why=f"In short: {why}.",
        fix="Adopt a version whose inputs, --output and --place are those of the payloads.",
        code="E1266",
    )
