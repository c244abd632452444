"""A bite of the log is counted while others write, and what somebody else has kept meanwhile is not written again."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, event
from tests.lifecycle.lives import Life
from tests.lifecycle.segments import Segment, scored
from tests.lifecycle.test_collection import counted, expected
from tests.sdk import models

from lamplighter.artifacts import local
from lamplighter.domain.prediction import Scored
from lamplighter.domain.version import Version
from lamplighter.lifecycle import collection
from lamplighter.lifecycle.kit import Kit
from lamplighter.settings import Settings
from lamplighter.store.transaction import Store

#: Ids as serving makes them, and as callers choose them.
OURS, CHOSEN = "{}{:029x}", "job-{}-{}"
NOON = 19_000 * 86_400_000_000 + 43_200_000_000


class Artifacts(local.Store):
    """Artifacts with somebody who does something when counting begins, for which the profile of the version is read."""

    meanwhile: Callable[[], object] = int

    def get(self, digest: str) -> bytes:
        happens, self.meanwhile = self.meanwhile, int
        happens()
        return super().get(digest)


class Machine:
    """Another control plane on the same database."""

    def __init__(self, life: Life, settings: Settings) -> None:
        self.settings, self.artifacts = settings, Artifacts(life.settings.artifacts)
        self.kit = Kit(settings, Store(life.settings.database_url, patience=0.2), self.artifacts, life.kit.policy, life.clock)


@pytest.fixture
def version(life: Life) -> Version:
    return life.version(models.project("collected"))


@pytest.fixture
def second(life: Life) -> Iterator[Machine]:
    """On the same machine."""
    made = Machine(life, life.settings)
    yield made
    made.kit.close()


@pytest.fixture
def far(life: Life, tmp_path: Path) -> Iterator[Machine]:
    """On another machine, with segments of its own."""
    made = Machine(life, replace(life.settings, home=str(tmp_path / "far"), database=life.settings.database_url))
    yield made
    made.kit.close()


def records(version: Version, name: str, form: str = OURS) -> list[Scored]:
    chance = Random(name)
    return [scored(version, form.format(name, place), [chance.random()] * 3, at=NOON + place) for place in range(20)]


def test_others_write_while_a_bite_is_counted(life: Life, version: Version, second: Machine) -> None:
    written = records(version, "a")
    Segment(life.settings).write(*written)
    other = Store(life.settings.database_url, patience=0.2)

    def write() -> None:
        with other.transaction() as change:
            change.counters.set("written meanwhile", 7)

    second.artifacts.meanwhile = write
    assert collection.collect(second.kit, "prod") == len(written)
    with other.reading() as look:
        assert look.counters.value("written meanwhile") == 7
    assert counted(life.kit) == expected(written)
    other.close()


def test_wide_requests_are_kept_in_several_transactions(life: Life, version: Version) -> None:
    written = [scored(version, OURS.format("a", place), [0.5] * 5000, at=NOON + place) for place in range(5)]
    Segment(life.settings).write(*written)
    kept: list[int] = []

    def commits(_: Connection) -> None:
        kept.append(1)

    event.listen(life.kit.store.engine, "commit", commits)
    assert collection.collect(life.kit, "prod") == len(written)
    event.remove(life.kit.store.engine, "commit", commits)
    assert len(kept) == 3
    assert counted(life.kit) == expected(written)


def test_a_bite_that_another_was_faster_with_is_thrown_away(life: Life, version: Version, second: Machine) -> None:
    written = records(version, "a")
    Segment(life.settings).write(*written)
    second.artifacts.meanwhile = lambda: collection.collect(life.kit, "prod")
    assert collection.collect(second.kit, "prod") == 0
    assert counted(life.kit) == expected(written)
    more = records(version, "b")
    Segment(life.settings).write(*more)
    assert collection.collect(second.kit, "prod") == len(more)
    assert counted(life.kit) == expected([*written, *more])


def test_a_segment_that_is_gone_meanwhile_counts_once(life: Life, version: Version, second: Machine) -> None:
    written, segment = records(version, "a"), Segment(life.settings)
    segment.write(*written)

    def compact() -> None:
        collection.collect(life.kit, "prod")
        segment.path.unlink()
        with life.kit.store.transaction() as change:
            change.predictions.forget("prod", [segment.path.name])

    second.artifacts.meanwhile = compact
    assert collection.collect(second.kit, "prod") == 0
    assert counted(life.kit) == expected(written)


def test_what_was_asked_on_another_machine_meanwhile_counts_once(
    life: Life, version: Version, second: Machine, far: Machine
) -> None:
    here, there = (records(version, name, CHOSEN) for name in "ab")
    Segment(life.settings).write(*here)
    Segment(far.settings, name="1-1-000000").write(*here[:5], *there)
    second.artifacts.meanwhile = lambda: collection.collect(far.kit, "prod")
    assert collection.collect(second.kit, "prod") == 0
    assert collection.collect(second.kit, "prod") == len(here)
    # Each was asked for by itself; what was said counts once.
    asked = {"requests": len(here) + 5 + len(there), "requested rows": 3 * (len(here) + 5 + len(there))}
    assert counted(life.kit) == {**expected([*here, *there]), **asked}


def test_a_day_that_has_grown_meanwhile_holds_both(life: Life, version: Version, second: Machine, far: Machine) -> None:
    before, here, there = (records(version, name) for name in "abc")
    Segment(life.settings).write(*before)
    collection.collect(life.kit, "prod")
    Segment(life.settings).write(*here)
    Segment(far.settings, name="1-1-000000").write(*there)
    second.artifacts.meanwhile = lambda: collection.collect(far.kit, "prod")
    assert collection.collect(second.kit, "prod") == len(here)
    assert counted(life.kit) == expected([*before, *here, *there])
