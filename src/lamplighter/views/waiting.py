"""What waits for people."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from lamplighter.domain.acceptance import ROLE_OF, Signature
from lamplighter.domain.decision import Decision, Undecided
from lamplighter.domain.errors import NotFound
from lamplighter.domain.identity import Person
from lamplighter.domain.record import Record
from lamplighter.domain.rollout import Phase, Rollout

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction


class Waiting(Record, frozen=True):
    """One version that wants acceptance before it may go on."""

    rollout: str
    model: str
    number: int
    version: str
    environment: str
    asked_by: str
    #: Since when it waits, microseconds since the epoch.
    since: int
    #: What is missing, a sentence for each gate.
    missing: tuple[str, ...]
    #: Words given so far.
    signatures: tuple[Signature, ...]


def waiting(look: "Transaction", model: str = "") -> tuple[Waiting, ...]:
    """Everything that waits for people, oldest first; of one model or of all."""
    opened = look.rollouts.all(newest="opened_at", open=True, equals={"model": model} if model else None)
    found = [rollout for rollout in reversed(opened) if rollout.phase is Phase.WAITING]
    decisions = {one.digest: one for one in look.decisions.among("digest", (rollout.decision for rollout in found))}
    signatures = look.signatures.among("version", (rollout.version for rollout in found))
    return tuple(_waiting(rollout, decisions.get(rollout.decision), signatures) for rollout in found)


def _waiting(rollout: Rollout, decision: Decision | None, signatures: Sequence[Signature]) -> Waiting:
    verdicts = [judgement.verdict for judgement in decision.judgements] if decision else []
    place = (rollout.version, rollout.environment)
    return Waiting(
        rollout=rollout.id,
        model=rollout.model,
        number=rollout.number,
        version=rollout.version,
        environment=rollout.environment,
        asked_by=rollout.asked_by,
        since=rollout.opened_at,
        missing=tuple(verdict.why for verdict in verdicts if isinstance(verdict, Undecided)),
        signatures=tuple(one for one in signatures if (one.version, one.environment) == place),
    )


def find(waiting: Iterable[Waiting], rollout: str) -> Waiting:
    """What waits under this name of a rollout; raises `NotFound`."""
    for one in waiting:
        if one.rollout == rollout:
            return one
    raise NotFound(
        "This does not wait for anybody.",
        why="It has been answered, stopped, or was never asked.",
        fix="See /rollouts for what became of it.",
        code="E1211",
    )


def may_sign(person: Person, waiting: Waiting) -> bool:
    """Whether the person holds a key that is not turned yet; whoever asked for the version holds none."""
    said = {signature.side for signature in waiting.signatures}
    open_sides = [side for side, role in ROLE_OF.items() if role in person.roles and side not in said]
    return bool(open_sides) and person.email != waiting.asked_by
