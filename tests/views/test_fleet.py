"""The list of models: what needs you first, then the worst, narrowed on the server, with a bounded number of questions."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from tests.web import seed

from lamplighter.domain.errors import NotFound
from lamplighter.domain.identity import Person, Role, Team
from lamplighter.domain.incident import Linked
from lamplighter.domain.monitor import Finding, Kind, Severity
from lamplighter.domain.stage import Aspect, Status
from lamplighter.domain.traffic import Traffic
from lamplighter.lifecycle.kit import Kit
from lamplighter.views.fleet import Filter, Fleet, fleet
from lamplighter.views.status import status


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kit]:
    kit = seed.open_kit(tmp_path_factory.mktemp("home"))
    seed.fill(kit)
    yield kit
    kit.close()


def seen(kit: Kit, email: str = seed.IVO, **wanted: Any) -> Fleet:
    with kit.store.reading() as look:
        person = look.people.by_email()[email]
        return fleet(look, Filter(**wanted), person=person, policy=kit.policy, now=seed.NOW)


def names(found: Fleet) -> list[str]:
    return [row.model for row in found.rows]


def test_every_row_says_what_the_page_of_its_model_says(kit: Kit) -> None:
    rows = {row.model: row for row in seen(kit).rows}
    with kit.store.reading() as look:
        known = [project.name for project in look.projects.all()]
        states = {name: status(look, name, policy=kit.policy, now=seed.NOW) for name in known}
    assert set(rows) == set(states)
    for name, state in states.items():
        row = rows[name]
        assert (row.status, row.sentence, row.needs) == (state.status, state.sentence, state.needs)
        assert (row.number, row.environment) == ((state.live[-1].number, "prod") if state.live else (0, ""))
        assert (row.tier, row.dots) == (state.criticality.tier, state.dots)


@pytest.mark.parametrize(
    ("email", "first"),
    [(seed.IVO, ["churn", "returns-fraud", "late-flights"]), (seed.ADA, ["late-flights", "churn", "returns-fraud"])],
)
def test_what_needs_you_comes_first_and_then_the_worst(kit: Kit, email: str, first: list[str]) -> None:
    found = seen(kit, email)
    assert names(found)[:3] == first
    order = [Status.FAILING, Status.WATCH, Status.UNKNOWN, Status.HEALTHY]
    ranks = [order.index(row.status[Aspect.OVERALL]) for row in found.rows if not row.yours]
    assert ranks == sorted(ranks)


def test_the_list_is_narrowed_by_each_facet_and_all_of_them(kit: Kit) -> None:
    assert names(seen(kit, search="LATE")) == ["late-flights"]
    assert names(seen(kit, search="workshop")) == ["parts-demand"]
    assert names(seen(kit, only="failing")) == ["churn"]
    assert set(names(seen(kit, tier="mission-critical"))) == {"late-flights", "returns-fraud"}
    assert names(seen(kit, tier="mission-critical", only="unknown")) == ["returns-fraud"]
    assert names(seen(kit, only="failing", search="late")) == []


@pytest.mark.parametrize(
    ("email", "needs", "wanted"),
    [
        (seed.IVO, "me", {"churn", "returns-fraud"}),
        (seed.ADA, "me", {"late-flights"}),
        (seed.ADA, seed.IVO, {"churn", "returns-fraud"}),
        (seed.RITA, "me", {"returns-fraud"}),
    ],
    ids=["has the trouble or may sign", "asked for it", "of somebody else", "may sign"],
)
def test_what_needs_somebody(kit: Kit, email: str, needs: str, wanted: set[str]) -> None:
    found = seen(kit, email, needs=needs)
    assert set(names(found)) == wanted
    assert found.yours == found.total == len(wanted)


def test_counts_stay_whatever_their_own_facet_is_narrowed_to(kit: Kit) -> None:
    every, failing, critical = seen(kit), seen(kit, only="failing"), seen(kit, tier="mission-critical")
    assert dict(every.counts) == dict(failing.counts)
    assert dict(every.tiers) == dict(critical.tiers)
    assert sum(failing.tiers.values()) == failing.total == every.counts[Status.FAILING]
    assert sum(critical.counts.values()) == critical.total == 2


@pytest.mark.parametrize("wanted", [{"only": "faling"}, {"tier": "internl"}, {"needs": "ivo@example.co"}])
def test_an_unknown_name_is_refused_with_the_nearest(kit: Kit, wanted: dict[str, str]) -> None:
    with pytest.raises(NotFound, match=r"no (status|tier|person) of that name") as refused:
        seen(kit, **wanted)
    assert refused.value.fix.startswith("Did you mean")


def test_the_day_is_counted_hour_by_hour_as_callers_felt_it(tmp_path: Path) -> None:
    kit = seed.open_kit(tmp_path)
    seed.healthy(kit, "price-001")
    hour = seed.NOW // 1_000_000 // 3600 * 3600
    parts = [Traffic("price-001", "prod", 1, "champion", hour - 3600 + second, requests=2, failures=1) for second in range(5)]
    parts.append(Traffic("price-001", "prod", 2, "challenger", hour - 3600, requests=7, failures=3))
    parts.append(Traffic("price-001", "prod", 3, "shadow", hour - 3600, requests=900))
    before = seen(kit).rows[0]
    with kit.store.transaction() as change:
        change.traffic.add(parts)
    after = seen(kit).rows[0]
    assert after.requests - before.requests == 14
    assert after.sparkline[22] - before.sparkline[22] == 14
    kit.close()


@pytest.mark.parametrize(
    ("kind", "severity", "column", "aspect", "light"),
    [
        (Kind.TECHNICAL, Severity.PAGE, "", Aspect.SERVICE, Status.FAILING),
        (Kind.TECHNICAL, Severity.NOTICE, "", Aspect.SERVICE, Status.WATCH),
        (Kind.FEED, Severity.PAGE, "", Aspect.DATA, Status.FAILING),
        (Kind.FUNCTIONAL, Severity.PAGE, "", Aspect.QUALITY, Status.WATCH),
        (Kind.FUNCTIONAL, Severity.NOTICE, "temp", Aspect.DATA, Status.WATCH),
        (Kind.FUNCTIONAL, Severity.NOTE, "temp", Aspect.DATA, Status.HEALTHY),
    ],
)
def test_a_finding_lights_the_aspect_that_it_is_about(
    tmp_path: Path, kind: Kind, severity: Severity, column: str, aspect: Aspect, light: Status
) -> None:
    kit = seed.open_kit(tmp_path)
    seed.healthy(kit, "price-001")
    seed.incident(kit, "price-001", 1, kind, "measure", "Something is wrong.", told={"severity": severity, "column": column})
    row = seen(kit).rows[0]
    others = {one: state for one, state in row.status.items() if one not in (aspect, Aspect.OVERALL, Aspect.QUALITY)}
    assert row.status[aspect] is light
    assert set(others.values()) == {Status.HEALTHY}
    kit.close()


class Questions:
    """What the store was asked."""

    def __init__(self, kit: Kit) -> None:
        self.asked: list[str] = []
        event.listen(kit.store.engine, "before_cursor_execute", self._asked)

    def _asked(self, _connection: object, _cursor: object, statement: str, *_: Any) -> None:
        self.asked.append(statement)


def test_many_models_take_as_many_questions_as_few(tmp_path: Path) -> None:
    kit = seed.open_kit(tmp_path)
    seed.late_flights(kit)
    seed.waiting(kit)
    seen_by_ada(kit)
    questions = Questions(kit)
    assert seen_by_ada(kit).total < 90
    few = len(questions.asked)
    assert few == len(set(questions.asked))
    seed.crowd(kit, 90)
    questions.asked.clear()
    assert seen_by_ada(kit).total > 90
    assert len(questions.asked) == few
    kit.close()


def seen_by_ada(kit: Kit) -> Fleet:
    with kit.store.reading() as look:
        person = Person(email=seed.ADA, name="Ada", roles=(Role.DATA_SCIENTIST,))
        return fleet(look, Filter(), person=person, policy=kit.policy, now=seed.NOW)


def test_somebody_who_leaves_is_a_gap_at_once(tmp_path: Path) -> None:
    kit = seed.open_kit(tmp_path)
    seed.healthy(kit, "price-001")
    assert seen(kit).rows[0].status[Aspect.GOVERNANCE] is Status.HEALTHY
    with kit.store.transaction() as change:
        change.people.put(Person(email=seed.ADA, name="Ada", roles=(Role.DATA_SCIENTIST,), active=False))
        change.people.put(Person(email=seed.IVO, name="Ivo", roles=(Role.IT,), active=False))
    assert seen(kit).rows[0].status[Aspect.GOVERNANCE] is Status.WATCH
    with kit.store.transaction() as change:
        change.people.put(Person(email=seed.IVO, name="Ivo", roles=(Role.IT,)))
        change.teams.put(Team(name="@data-science", members=(seed.IVO,)))
    assert seen(kit).rows[0].status[Aspect.GOVERNANCE] is Status.HEALTHY
    kit.close()


def test_what_no_monitor_sees_is_counted_and_can_be_asked_for(tmp_path: Path) -> None:
    kit = seed.open_kit(tmp_path)
    for number in range(1, 5):
        seed.healthy(kit, f"price-{number:03d}")
    for name, measure in (("price-001", "silent"), ("price-001", "unlabelled"), ("price-002", "silent")):
        seed.incident(kit, name, 1, Kind.MONITOR, measure, "Nothing comes.")
    link = Linked(model="price-003", environment="prod", finding=stale("price-003"), at=seed.NOW)
    seed.incident(kit, "price-001", 1, Kind.MONITOR, "stale", "Nothing is measured.", linked=(link,))
    with kit.store.transaction() as change:
        change.incidents.link("I-4", "price-003")
    found = seen(kit)
    assert dict(found.gaps) == {"any": 3, "stale": 2, "silent": 2, "unlabelled": 1}
    assert {row.model: row.gaps for row in found.rows} == {
        "price-001": ("stale", "silent", "unlabelled"), "price-002": ("silent",), "price-003": ("stale",), "price-004": (),
    }  # fmt: skip
    assert set(names(seen(kit, gap="any"))) == {"price-001", "price-002", "price-003"}
    assert names(seen(kit, gap="unlabelled")) == ["price-001"]
    assert dict(seen(kit, gap="unlabelled").gaps) == dict(found.gaps)
    assert seen(kit, gap="stale", only="healthy").total == 0
    with pytest.raises(NotFound, match="no gap of that name"):
        seen(kit, gap="silnt")
    kit.close()


def stale(model: str) -> Finding:
    return Finding(
        model=model, environment="prod", number=1, kind=Kind.MONITOR, measure="stale", value=1.0, limit=0.0,
        sentence="Nothing is measured.", start=seed.NOW, end=seed.NOW, after_rows=0,
    )  # fmt: skip
