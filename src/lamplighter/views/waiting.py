"""What waits for people."""

from lamplighter.domain.acceptance import Signature
from lamplighter.domain.decision import Undecided
from lamplighter.domain.record import Record
from lamplighter.domain.rollout import Phase, Rollout
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


def waiting(look: Transaction, model: str = "") -> tuple[Waiting, ...]:
    """Everything that waits for people, oldest first; of one model or of all."""
    opened = look.rollouts.all(newest="opened_at", open=True)
    found = [rollout for rollout in opened if model in ("", rollout.model)]
    return tuple(_waiting(look, rollout) for rollout in reversed(found) if rollout.phase is Phase.WAITING)


def _waiting(look: Transaction, rollout: Rollout) -> Waiting:
    decision = look.decisions.find(digest=rollout.decision)
    verdicts = [judgement.verdict for judgement in decision.judgements] if decision else []
    return Waiting(
        rollout=rollout.id,
        model=rollout.model,
        number=rollout.number,
        version=rollout.version,
        environment=rollout.environment,
        asked_by=rollout.asked_by,
        since=rollout.opened_at,
        missing=tuple(verdict.why for verdict in verdicts if isinstance(verdict, Undecided)),
        signatures=tuple(look.signatures.all(version=rollout.version, environment=rollout.environment)),
    )
