"""What a list of all models asks for: the texts of projects, what moved, and what was answered hour by hour."""

from typing import Any

import msgspec
import pytest
from sqlalchemy import event, text
from tests.domain import specimens

from lamplighter.domain.inputs import Inputs
from lamplighter.domain.project import Project
from lamplighter.domain.traffic import HOUR, Traffic
from lamplighter.store.transaction import Store, Transaction

PART = Traffic("m", "prod", 1, "champion", 7 * HOUR, requests=2, failures=1)
INPUTS = Inputs(model="m", environment="prod", number=1, end=9, matter=True)


def project(name: str) -> Project:
    plain = specimens.project()
    return msgspec.structs.replace(plain, model=msgspec.structs.replace(plain.model, name=name))


def kept(look: Transaction) -> list[str]:
    """The texts, asked for one by one."""
    return [body for one in look.projects.all() for body in look.projects.bodies(one.name)]


def test_the_texts_of_projects_are_those_of_now_whoever_wrote_them(store: Store) -> None:
    with store.transaction() as change:
        for name in ("b", "a", "c"):
            change.projects.put(project(name))
    with store.reading() as look:
        before = look.projects.bodies()
        assert before == kept(look)
    with store.transaction() as change:
        change.projects.put(project("d"))
        change.connection.execute(text("UPDATE projects SET body = replace(body, 'late', 'early') WHERE model = 'b'"))
        change.connection.execute(text("DELETE FROM projects WHERE model = 'c'"))
        assert change.projects.bodies() == kept(change)
    with store.reading() as look:
        assert look.projects.bodies() == kept(look) != before
    with store.transaction() as change:
        change.connection.execute(text("UPDATE projects SET body = replace(body, 'early', 'late') WHERE model = 'b'"))
    with store.reading() as look:
        assert look.projects.bodies()[:2] == before[:2]


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_a_server_sends_a_text_once(store: Store) -> None:
    with store.transaction() as change:
        change.projects.put(project("a"))
        change.projects.put(project("b"))
    with store.reading() as look:
        first, second = look.projects.bodies(), look.projects.bodies()
    assert all(one is other for one, other in zip(first, second, strict=True))


def test_only_what_matters_has_moved(store: Store) -> None:
    harmless = msgspec.structs.replace(INPUTS, number=2, matter=False)
    other = msgspec.structs.replace(INPUTS, model='"matter":true', matter=False)
    with store.transaction() as change:
        for one in (INPUTS, harmless, other, msgspec.structs.replace(INPUTS, model="n")):
            change.inputs.put(one)
    with store.reading() as look:
        assert look.inputs.moved() == {("m", "prod", 1), ("n", "prod", 1)}
        assert look.inputs.moved("n") == {("n", "prod", 1)}
        assert look.inputs.moved(other.model) == set()


def test_requests_are_answered_once_and_counted_by_hour(store: Store) -> None:
    def part(**changes: object) -> Traffic:
        return msgspec.structs.replace(PART, **changes)

    parts = [
        PART,
        part(number=2, arm="challenger", requests=7, failures=3),
        part(number=3, arm="shadow", requests=900),
        part(second=8 * HOUR + 5, requests=2**30),
        part(second=8 * HOUR + 6, requests=2**30),
        part(second=6 * HOUR, requests=50),
        part(environment="dev", requests=1),
        part(model="n", requests=3),
    ]
    with store.transaction() as change:
        change.traffic.add(parts[:5])
        change.traffic.add(parts[5:])
    with store.reading() as look:
        assert look.traffic.answered(["m", "silent"], 7 * HOUR + 59) == {
            ("m", "prod"): {7 * HOUR: 2 + 4, 8 * HOUR: 2**31},
            ("m", "dev"): {7 * HOUR: 1},
        }
        assert look.traffic.answered([], 0) == {}


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_hours_of_long_ago_are_not_read(store: Store) -> None:
    with store.reading() as look:
        asked: list[tuple[str, Any]] = []
        event.listen(look.connection, "before_cursor_execute", lambda *seen: asked.append(seen[2:4]))
        page = [f"m-{place}" for place in range(100)]
        look.traffic.answered(page, 7 * HOUR)
        look.sightings.pauses(page, 0)
        plans = [look.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values) for query, values in asked[:]]
        steps = [row[3] for plan in plans for row in plan if "SEARCH hours" in row[3]]
    assert steps == ["SEARCH hours USING INDEX ix_hours_model_second (model=? AND second>?)"] * 2
