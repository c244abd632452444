"""Many open rollouts cost one look little: those that are held are read at once, those that wait for people take turns."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from sqlalchemy import event
from tests.lifecycle.calendars import frozen_life
from tests.lifecycle.lives import Life
from tests.sdk import models

from lamplighter.domain.events.version import DecisionMade, VersionAccepted
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.domain.version import Version
from lamplighter.lifecycle.advancing import Advancing


def copied(life: Life, version: Version, asked: Rollout, count: int) -> list[str]:
    """The same version and rollout under so many other names; ids of the rollouts."""
    with life.kit.store.transaction() as change:
        project = change.project(version.model)
        for name in (f"{version.model}-{place}" for place in range(count)):
            change.projects.put(msgspec.structs.replace(project, model=msgspec.structs.replace(project.model, name=name)))
            change.versions.add(msgspec.structs.replace(version, model=name))
            change.rollouts.add(msgspec.structs.replace(asked, id=f"R-{name}", model=name))
    return [f"R-{version.model}-{place}" for place in range(count)]


@contextmanager
def statements(life: Life) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    asked: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        asked.append(statement)

    event.listen(life.kit.store.engine, "before_cursor_execute", note)
    yield asked
    event.remove(life.kit.store.engine, "before_cursor_execute", note)


def look(steps: Advancing) -> None:
    for step in steps.steps():
        step()


def test_any_number_of_held_rollouts_takes_the_same_few_questions(tmp_path: Path) -> None:
    with frozen_life(tmp_path, -1, 1) as life:
        version = life.version(models.project("frozen"))
        asked = life["dana"].deploy(version.name, "prod").rollout
        assert asked is not None
        with statements(life) as of_one:
            look(Advancing(life.kit))
        copied(life, version, asked, 40)
        with statements(life) as of_many:
            look(Advancing(life.kit))
    assert len(of_many) == len(of_one) == 7


def judged(life: Life) -> list[str]:
    """Models in the order in which they were judged."""
    return [entry.model for entry in life.events(DecisionMade)]


def test_those_that_wait_for_people_are_judged_in_turns(life: Life) -> None:
    version = life.version(models.project("patient", env={"prod": {"approvals": ["business"]}}))
    asked = life["dana"].deploy(version.name, "prod").rollout
    assert asked is not None
    assert asked.phase is Phase.WAITING
    life["dana"].stop(asked.id)
    # They rest on a decision that nobody knows, so that what each is told is written down.
    copied(life, version, msgspec.structs.replace(asked, decision="unknown"), 5)
    before = len(judged(life))
    steps = Advancing(life.kit, judging=0.0)
    for _ in range(5):
        look(steps)
    assert sorted(judged(life)[before:]) == [f"patient-{place}" for place in range(5)]


def test_whoever_has_a_word_at_last_is_judged_next(life: Life) -> None:
    version = life.version(models.project("spoken-for", env={"prod": {"approvals": ["business"]}}))
    asked = life["dana"].deploy(version.name, "prod").rollout
    assert asked is not None
    life["dana"].stop(asked.id)
    copied(life, version, msgspec.structs.replace(asked, decision="unknown"), 5)
    steps, before = Advancing(life.kit, judging=0.0), len(judged(life))
    look(steps)
    with life.kit.store.transaction() as change:
        accepted = VersionAccepted(model="spoken-for-4", environment="prod", number=version.number, version=version.digest)
        life.kit.record(change, accepted, life.actor("bea"))
    look(steps)
    assert "spoken-for-4" in judged(life)[before:]
    assert len(judged(life)) == before + 2
