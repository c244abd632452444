"""What trainings are given: the answered rows of a model without those of quarantined spans, and which of them are new."""

import msgspec

from lamplighter.domain.errors import Invalid
from lamplighter.domain.events.version import EvidenceAdded
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.identity import PLATFORM, Actor
from lamplighter.domain.names import unknown
from lamplighter.domain.quarantine import left_out
from lamplighter.domain.record import canonical
from lamplighter.domain.retraining import Retraining, State
from lamplighter.domain.rows import Rows
from lamplighter.domain.training_input import KIND, GivenTo, TrainingInput
from lamplighter.lifecycle import rows
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.labelled import labelled
from lamplighter.lifecycle.mainstay import mainstay
from lamplighter.store.transaction import Transaction


def known_until(look: Transaction, model: str) -> int:
    """The event time up to which the live version, or the last training if that is newer, knew the rows; 0 for a model that is
    live nowhere and was never trained here."""
    done = [one for one in look.retrainings.all(model=model) if one.state is State.FINISHED]
    of = {one.number: one.given.until or one.requested_at for one in done}
    place = mainstay(look, model)
    live = look.versions.find(model=model, number=place.champion.number) if place and place.champion else None
    trained = of.get(live.number, live.created_at) if live is not None else 0
    return max([trained, *of.values()])


def plan(kit: Kit, look: Transaction, model: str, since: int, until: int) -> TrainingInput:
    """What a training would be given whose new rows are those of a window of event time."""
    place = mainstay(look, model)
    spans = left_out(look.quarantines.all(model=model, open=True), 0, until)
    made = TrainingInput(environment=place.environment if place else "", since=since, until=until, left_out=spans)
    if place is None:
        return made
    found = labelled(look, model, place.environment, made.new, kit.clock.now())
    every = labelled(look, model, place.environment, [(since, until)], kit.clock.now()) if made.is_short else found
    return msgspec.structs.replace(made, scored=found.scored, labelled=found.labelled, withheld=every.labelled - found.labelled)


def current(kit: Kit, look: Transaction, model: str) -> TrainingInput:
    """What a training would be given that begins now."""
    look.project(model)
    now = kit.clock.now()
    return plan(kit, look, model, min(known_until(look, model), now), now)


def of_training(kit: Kit, look: Transaction, model: str, key: str) -> TrainingInput:
    """What a training was given, or with no key what one would be given now; raises `NotFound`."""
    if not key:
        return current(kit, look, model)
    found = look.retrainings.find(id=key, model=model)
    if found is None:
        raise unknown("training", key, (one.id for one in look.retrainings.all(model=model, newest="requested_at", limit=50)))
    return found.given if found.given.until else current(kit, look, model)


def training_rows(kit: Kit, actor: Actor, model: str, key: str, limit: int) -> Rows:
    """The rows of a training that have a label, oldest first; raises `NotFound`, and `Invalid` for a model that is live
    nowhere."""
    with kit.store.reading() as look:
        given = of_training(kit, look, model, key)
    if not given.environment:
        raise Invalid(
            f"{model} has answered nobody yet.",
            why="Rows of a training are those that a live version was asked for, with what came true of them.",
            fix="Read the rows of the first version from where they come from.",
            code="E1277",
        )
    asked = rows.Asked(model, given.environment, "", "", 0, 0, given.until, limit)
    return rows.rows(kit, actor, asked, given.whole)


def write_down(kit: Kit, change: Transaction, training: Retraining, number: int) -> None:
    """Say in the record of the version that a training made what it was given."""
    version = change.versions.find(model=training.model, number=number)
    if version is None:
        return
    told = GivenTo(training=training.id, given=training.given, trigger=training.trigger, cause=training.cause)
    facts = msgspec.json.decode(canonical(told))
    found = Evidence(version=version.digest, kind=KIND, facts=facts, author=PLATFORM.email, at=kit.clock.now())
    change.evidence.put(found)
    kit.record(change, EvidenceAdded(model=version.model, version=version.digest, kind=KIND, digest=found.digest), PLATFORM)
