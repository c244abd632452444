"""What a new version changes for one consumer, by contract and decision rule: pure, and before any request is scored."""

from collections.abc import Iterator

from lamplighter.domain.consumer import Consumer
from lamplighter.domain.contract import Column, Contract, Kind, Output, Unknown, moved
from lamplighter.domain.record import Record
from lamplighter.domain.version import Manifest


class Effect(Record, frozen=True):
    """One change between the live version and the next, as one consumer meets it."""

    #: The input, `output`, `threshold` or `score`.
    name: str
    #: What changes.
    what: str
    #: Whether this consumer can fail, or read its answer wrongly.
    breaking: bool
    #: Why it breaks this consumer, or why it does not.
    why: str


def effects(consumer: Consumer, live: Manifest, candidate: Manifest) -> tuple[Effect, ...]:
    """Everything that changes, with what it does to this consumer."""
    return (*_inputs(consumer, live.contract, candidate.contract), *_outputs(consumer, live, candidate))


def _inputs(consumer: Consumer, old: Contract, new: Contract) -> Iterator[Effect]:
    before, after = ({column.name: column for column in contract.inputs} for contract in (old, new))
    for name in before:
        if name not in after:
            yield Effect(name, "is no longer taken", True, "A request with an input that the version does not take is refused.")
    for name in after:
        if name not in before:
            yield Effect(name, "is now needed", True, "A request without it is refused.")
    if name := moved(old, new):
        yield Effect(name, "stands in another place", True, "A row that it sends as a list is read in the new order.")
    for name in before:
        if name in after:
            yield from _column(consumer, before[name], after[name])


def _column(consumer: Consumer, old: Column, new: Column) -> Iterator[Effect]:
    fills = old.name in consumer.uses
    if old.kind is not new.kind:
        yield _kind(old, new, sends=not consumer.uses or fills)
    if old.nullable and not new.nullable:
        why = "It always fills it." if fills else "It does not say that it always fills it."
        yield Effect(old.name, "may no longer be empty", not fills, why)
    if old.kind is new.kind is Kind.TEXT:
        yield from _categories(consumer, old, new)


def _kind(old: Column, new: Column, *, sends: bool) -> Effect:
    what = f"was {old.kind}, is {new.kind}"
    if old.kind is Kind.INTEGER and new.kind is Kind.NUMBER:
        return Effect(old.name, what, False, "Every whole number is a number.")
    if not sends and old.nullable and new.nullable:
        return Effect(old.name, what, False, "It leaves it empty.")
    return Effect(old.name, what, True, f"A value that was a lawful {old.kind} may be refused.")


def _categories(consumer: Consumer, old: Column, new: Column) -> Iterator[Effect]:
    gone = sorted(set(old.categories or ()) - set(new.categories or ())) if new.categories else []
    closes = new.unknown is Unknown.REFUSE and bool(new.categories) and not (old.unknown is Unknown.REFUSE and old.categories)
    if not gone and not closes:
        return
    said = consumer.sends.get(old.name)
    what = f"no longer knows {', '.join(gone[:3])}{' and more' if len(gone) > 3 else ''}" if gone else "takes known texts only"
    if said is not None:
        met = [name for name in said if name not in (new.categories or ())]
        why = f"It sends {', '.join(met)}." if met else "It sends none of those."
        yield Effect(old.name, what, bool(met), why)
    elif consumer.uses and old.name not in consumer.uses and old.nullable:
        yield Effect(old.name, what, False, "It leaves it empty.")
    elif new.unknown is Unknown.REFUSE:
        yield Effect(old.name, what, True, "It does not say which it sends, and unknown ones are refused.")
    else:
        yield Effect(old.name, what, False, "Unknown ones are still scored; its replay says how.")


def _outputs(consumer: Consumer, live: Manifest, candidate: Manifest) -> Iterator[Effect]:
    old, new = live.contract.output, candidate.contract.output
    if old.name != new.name:
        reads = not consumer.reads or old.name in consumer.reads
        why = f"It reads {old.name}." if old.name in consumer.reads else "It does not say what it reads."
        yield Effect("output", f"was {old.name}, is {new.name}", reads, why if reads else "It does not read the name.")
    yield from _meaning(old, new)
    before, after = live.decision.threshold, candidate.decision.threshold
    if before != after:
        own = consumer.threshold is not None
        why = f"It decides at its own {consumer.threshold:g}." if own else "It decides by the version's threshold."
        yield Effect("threshold", f"was {before:g}, is {after:g}", not own, why)
    if live.calibration != candidate.calibration:
        yield _calibration(consumer, candidate)


def _calibration(consumer: Consumer, candidate: Manifest) -> Effect:
    what = "is calibrated otherwise" if candidate.calibrates else "is no longer calibrated"
    if consumer.threshold is not None:
        why = f"It decides at its own {consumer.threshold:g}, and the same rows have other scores."
        return Effect("score", what, True, why)
    return Effect("score", what, False, "It decides by the version's threshold; its replay says which decisions turn.")


def _meaning(old: Output, new: Output) -> Iterator[Effect]:
    if old.meaning is not new.meaning:
        yield Effect("output", f"was a {old.meaning}, is a {new.meaning}", True, "The same score means something else.")
    if old.classes != new.classes:
        what = f"was of {', '.join(old.classes) or 'no classes'}, is of {', '.join(new.classes) or 'no classes'}"
        yield Effect("output", what, True, "The same score speaks of something else.")
