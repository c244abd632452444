"""Consumers whose requests cannot be replayed, because no input of theirs is kept as it came."""

from msgspec.structs import replace
from tests.lifecycle.lives import Life
from tests.lifecycle.segments import Segment, scored
from tests.sdk import models

from lamplighter.domain.consumer import Consumer
from lamplighter.domain.replay import KIND, Figures, Replay, replayed
from lamplighter.gates.consumers import Gate, Otherwise
from lamplighter.lifecycle import collection
from lamplighter.lifecycle.replaying import Replaying

MODEL = "unkept"
SECOND, DAY = 1_000_000, 86_400_000_000


def test_who_could_not_be_replayed_is_not_taken_for_silent(life: Life) -> None:
    consumers = tuple(Consumer(name=name, owner="@it-ops") for name in ("gate-desk", "kiosk", "old"))
    live, trial = life.versions(replace(models.project(MODEL), consumer=consumers), 2)
    life.appoint(live)
    now = life.clock.now()
    redacted = {"consumer": "gate-desk", "redacted": ("delay",)}
    records = [scored(live, f"r{place}", [0.5], at=now - place * SECOND, **redacted) for place in range(30)]
    # The log of what was asked this long ago is gone by rights.
    records.append(scored(live, "old", [0.5], at=now - 31 * DAY, consumer="old", redacted=("delay",)))
    Segment(life.settings).write(*records)
    collection.collect(life.kit, "prod")
    with life.kit.store.transaction() as change:
        change.replays.add(Replay("P-1", MODEL, "prod", trial.number, trial.digest, live.number, live.digest))
    replaying = Replaying(life.kit)
    replaying.look()
    replaying.close()
    with life.kit.store.reading() as look:
        found = replayed(look.evidence.newest(trial.digest)[KIND].facts, "prod", live.digest)
        callers = {caller.name: caller for caller in look.callers(look.project(MODEL))}
    assert found is not None
    assert found.consumers == {"gate-desk": Figures(unkept=30), "kiosk": Figures(), "old": Figures()}
    told = "none of its 30 requests could be replayed, for their inputs are not kept as they came"
    troubles = {name: Gate(most_shift=0.1).troubles(caller, live, trial, found) for name, caller in callers.items()}
    assert [name for name, said in troubles.items() if told in said] == ["gate-desk"]
    assert told not in Gate(too_few=Otherwise.NAME).troubles(callers["gate-desk"], live, trial, found)
