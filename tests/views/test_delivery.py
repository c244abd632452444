"""How versions reach production: a month of 300 releases whose every moment is known, and the edges of a period."""

import csv
import io
import random
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import msgspec
import pytest
from tests.web import seed
from tests.web.seed import ADA, BEA, DAY, IVO, MINUTE, PASSED

from lamplighter.domain.acceptance import Side, Signature
from lamplighter.domain.decision import Decision, Judgement, Undecided
from lamplighter.domain.delivery import DEFINITIONS, DeliveryReport
from lamplighter.domain.events import AnyEvent
from lamplighter.domain.events.incident import IncidentMoved, IncidentOpened
from lamplighter.domain.events.rollout import RolloutHeld, RolloutMoved, RolloutReleased
from lamplighter.domain.events.routing import RolledBack, WentLive
from lamplighter.domain.events.version import DecisionMade, VersionAccepted, VersionRegistered
from lamplighter.domain.identity import PLATFORM, Actor, Person
from lamplighter.domain.incident import Incident
from lamplighter.domain.monitor import Finding, Kind
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.domain.stage import Duty
from lamplighter.domain.steps import Steps
from lamplighter.domain.version import Version
from lamplighter.lifecycle.kit import Kit
from lamplighter.sdk.delivery import HEADS, csv_of
from lamplighter.views.delivery import delivery

HOUR = 60 * MINUTE
START = 1_772_323_200_000_000
END = START + 30 * DAY
LACKS = Judgement(gate="acceptance", verdict=Undecided(why="Words are missing.", fix="Ask.", waiting=True))


class Past:
    """What is written down as if it had happened, in the order of its moments."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self.events: list[tuple[int, str, AnyEvent]] = []
        self.kept: list[tuple[str, Any]] = []
        self._pattern = seed.version(kit, "pattern", 1, at=START - 90 * DAY)
        self._rollouts = 0

    def tell(self, at: int, event: AnyEvent, who: str = "") -> None:
        self.events.append((at, who, event))

    def version(self, model: str, number: int, at: int) -> Version:
        made = msgspec.structs.replace(
            self._pattern, model=model, number=number, created_at=at, digest=f"{hash((model, number)) % 2**64:064x}"
        )
        self.kept.append(("versions", made))
        self.tell(at, VersionRegistered(model=model, number=number, digest=made.digest), ADA)
        return made

    def decided(self, made: Version, at: int, *judgements: Judgement) -> str:
        one = Decision(
            model=made.model, number=made.number, version=made.digest, environment="prod", binding="b" * 64,
            policy="d" * 64, evidence={}, judgements=judgements, asked_by=ADA, at=at,
        )  # fmt: skip
        self.kept.append(("decisions", one))
        made_of: dict[str, Any] = {"model": made.model, "number": made.number, "environment": "prod"}
        self.tell(at, DecisionMade(decision=one.digest, passed=one.passed, **made_of), ADA)
        return one.digest

    def asked(self, made: Version, at: int, phase: Phase, moved: int, decision: str) -> str:
        """A rollout that began to wait, or was let in at once."""
        self._rollouts += 1
        key = f"R-{self._rollouts}"
        one = Rollout(
            id=key, model=made.model, environment="prod", number=made.number, version=made.digest,
            previous=made.number - 1, decision=decision, asked_by=ADA, plan=Steps(steps=(100,), each="0s"), phase=phase,
            opened_at=at, moved_at=moved,
        )  # fmt: skip
        self.kept.append(("rollouts", one))
        return key

    def moved(self, key: str, made: Version, phase: Phase, at: int, who: str = "") -> None:
        step = RolloutMoved(model=made.model, rollout=key, environment="prod", number=made.number, phase=phase)
        self.tell(at, step, who)

    def word(self, made: Version, side: Side, person: str, at: int) -> None:
        one = Signature(
            model=made.model, version=made.digest, environment="prod", side=side, person=person, accepted=True,
            reason="", binding="b" * 64, seen={}, at=at,
        )  # fmt: skip
        self.kept.append(("signatures", one))
        said: dict[str, Any] = {
            "number": made.number,
            "version": made.digest,
            "environment": "prod",
            "side": side,
            "person": person,
        }
        self.tell(at, VersionAccepted(model=made.model, **said), person)

    def live(self, key: str, made: Version, at: int) -> None:
        lived: dict[str, Any] = {"number": made.number, "version": made.digest, "previous": made.number - 1, "rollout": key}
        self.tell(at, WentLive(model=made.model, environment="prod", **lived))

    def trouble(self, made: Version, at: int, key: str) -> None:
        """An incident of the version itself."""
        finding = Finding(
            model=made.model, environment="prod", number=made.number, kind=Kind.TECHNICAL, measure="errors", value=0.2,
            limit=0.01, sentence="It fails.", start=at, end=at, after_rows=0,
        )  # fmt: skip
        one = Incident(
            id=key, model=made.model, environment="prod", finding=finding, duty=Duty.MONITOR_TECHNICAL, holder=IVO,
            deputy="", opened_at=at,
        )  # fmt: skip
        self.kept.append(("incidents", one))
        self.tell(at, IncidentOpened(model=made.model, incident=key, kind=Kind.TECHNICAL))

    def written(self) -> None:
        """Everything that was told, in one journal."""
        with self.kit.store.transaction() as change:
            for name, one in self.kept:
                collection = getattr(change, name)
                (collection.put if name in ("decisions", "projects") else collection.add)(one)
            for at, who, event in sorted(self.events, key=lambda one: one[0]):
                actor = Actor(person=Person(email=who, name=who, roles=())) if who else PLATFORM
                change.journal.append(event, actor, at)


class Month(NamedTuple):
    kit: Kit
    leads: dict[str, list[int]]
    alone: int
    waited: int

    def report(self, since: int = START, until: int = END) -> DeliveryReport:
        return report(self.kit, since, until)


def report(kit: Kit, since: int = START, until: int = END, now: int = END + DAY) -> DeliveryReport:
    with kit.store.reading() as look:
        return delivery(look, policy=kit.policy, since=since, until=until, now=now)


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    """60 models with five releases each: 200 of little risk, 100 that wait for IT and for a business owner."""
    kit = seed.open_kit(tmp_path_factory.mktemp("month"))
    past, chance = Past(kit), random.Random(7)
    leads: dict[str, list[int]] = {"internal": [], "mission-critical": []}
    alone = waited = 0
    for place in range(60):
        critical = place < 20
        name = f"{'grave' if critical else 'mild'}-{place:02d}"
        past.kept.append(("projects", seed.mission_critical(name, "Grave.") if critical else seed.project(name, "Mild.")))
        for number in range(1, 6):
            born = START + (number - 1) * 6 * DAY + chance.randrange(24 * 60) * MINUTE
            made = past.version(name, number, born)
            asked = born + 5 * MINUTE
            if critical:
                past.decided(made, asked, *PASSED, LACKS)
                slow = chance.randrange(10, 30) * HOUR
                past.word(made, Side.IT, IVO, asked + HOUR)
                past.word(made, Side.BUSINESS, BEA, asked + slow)
                cleared = asked + slow + MINUTE
                key = past.asked(made, asked, Phase.COMPLETED, cleared, past.decided(made, cleared, *PASSED))
                past.moved(key, made, Phase.WAITING, asked, ADA)
                past.moved(key, made, Phase.PENDING, cleared)
                alone, waited = alone + slow - HOUR, waited + slow + MINUTE
            else:
                cleared = asked
                key = past.asked(made, asked, Phase.COMPLETED, cleared, past.decided(made, asked, *PASSED))
                past.moved(key, made, Phase.PENDING, asked, ADA)
            went = cleared + chance.randrange(5, 50) * MINUTE
            past.moved(key, made, Phase.COMPLETED, went)
            past.live(key, made, went)
            leads["mission-critical" if critical else "internal"].append(went - born)
            if place % 2 and number == 3:
                past.trouble(made, went + HOUR, f"I-{place}")
                back: dict[str, Any] = {"number": number - 1, "version": "", "previous": number}
                past.tell(went + HOUR + 30 * MINUTE, RolledBack(model=name, environment="prod", **back), IVO)
    past.written()
    yield Month(kit, leads, alone, waited)
    kit.close()


def test_a_month_of_300_releases_is_told_as_it_was(month: Month) -> None:
    found = month.report()
    total, every = found.total, [one for part in month.leads.values() for one in part]
    assert (total.releases, total.models, round(total.per_week, 9)) == (300, 60, 70.0)
    assert total.lead_time == median(every) / 1e6
    assert (total.failed, total.fail_rate, total.restore_time, total.stopped) == (30, 0.1, 1800.0, 0)
    assert [(row.team, row.tier, row.releases) for row in found.rows] == [
        ("@data-science", "internal", 200),
        ("@data-science", "mission-critical", 100),
    ]
    assert [row.lead_time for row in found.rows] == [median(month.leads[row.tier]) / 1e6 for row in found.rows]
    assert [row.decisions for row in found.rows] == [0, 200]
    assert found.rows[0].minutes_middle == found.rows[0].waited == 0.0
    assert 0.0 < (found.rows[1].minutes_each or 0.0) <= 20.0


def test_the_slow_approver_is_named_with_the_hours_lost(month: Month) -> None:
    found = month.report()
    first, second = found.approvers
    assert (first.person, first.what, first.rollouts, first.open) == (BEA, "business", 100, 0)
    assert first.alone == pytest.approx(month.alone / HOUR)
    assert (second.person, second.alone, round(second.hours, 9)) == (IVO, 0.0, 100.0)
    (gate,) = found.gates
    assert (gate.what, gate.rollouts, round(gate.hours, 9)) == ("acceptance", 100, round(month.waited / HOUR, 9))
    assert found.slowest.startswith(f"Most was waited for {BEA} (business): {month.alone / HOUR:.1f} hours")


def test_a_part_of_the_month_counts_what_lies_in_it(month: Month) -> None:
    halves = [month.report(START, START + 15 * DAY), month.report(START + 15 * DAY, END)]
    assert sum(one.total.releases for one in halves) == 300
    assert sum(one.approvers[0].hours for one in halves) == pytest.approx(month.report().approvers[0].hours)
    assert month.report(START - 30 * DAY, START).total.releases == 0
    assert month.report(START - 30 * DAY, START).slowest == "No release waited for anybody."


def test_the_file_holds_every_figure_with_its_meaning(month: Month) -> None:
    found = month.report()
    rows = list(csv.reader(io.StringIO(csv_of(found).decode("utf-8-sig"))))
    assert tuple(rows[0]) == HEADS
    assert {row[7] for row in rows[1:]} - {""} <= set(DEFINITIONS.values())
    assert ["all", "", "", "", "releases", "300", "", DEFINITIONS["releases"]] in rows
    assert any(row[:5] == ["delivery", "'@data-science", "internal", "", "releases"] and row[5] == "200" for row in rows)
    assert any(row[0] == "approver" and row[3] == f"business: {BEA}" and row[4] == "alone" for row in rows)


@pytest.fixture
def past(tmp_path: Path) -> Iterator[Past]:
    kit = seed.open_kit(tmp_path)
    with kit.store.transaction() as change:
        change.projects.put(seed.mission_critical("grave", "Grave."))
    yield Past(kit)
    kit.close()


def waits(past: Past, phase: Phase = Phase.WAITING) -> tuple[Version, str]:
    """A version that has waited since a day before the period, for which the business has spoken."""
    made = past.version("grave", 1, START - 2 * DAY)
    decision = past.decided(made, START - DAY, *PASSED, LACKS)
    past.word(made, Side.BUSINESS, BEA, START - HOUR)
    return made, past.asked(made, START - DAY, phase, START - DAY, decision)


def test_what_waits_still_is_told_with_the_side_that_nobody_has_spoken_for(past: Past) -> None:
    made, key = waits(past)
    past.moved(key, made, Phase.WAITING, START - DAY, ADA)
    past.written()
    (one,) = report(past.kit, until=START + 10 * HOUR).approvers
    assert (one.what, one.person, one.open, one.hours, one.alone) == ("it", "", 1, 10.0, 10.0)
    assert "a word of it that nobody has given: 10.0 hours" in report(past.kit, until=START + 10 * HOUR).slowest


def test_a_wait_that_began_before_the_period_is_cut_at_its_beginning(past: Past) -> None:
    made, key = waits(past, Phase.PENDING)
    past.word(made, Side.IT, IVO, START + 3 * HOUR)
    past.moved(key, made, Phase.WAITING, START - DAY, ADA)
    past.moved(key, made, Phase.PENDING, START + 3 * HOUR + MINUTE)
    past.written()
    found = report(past.kit)
    assert [(one.person, one.hours, one.alone) for one in found.approvers] == [(IVO, 3.0, 3.0)]
    assert [(one.what, round(one.hours, 9)) for one in found.gates] == [("acceptance", round(3.0 + 1 / 60, 9))]


def test_decisions_that_follow_each_other_count_what_lies_between_them(past: Past) -> None:
    first, second = (past.version("grave", number, START) for number in (1, 2))
    for made, at in ((first, START + HOUR), (second, START + HOUR + 2 * MINUTE)):
        past.word(made, Side.BUSINESS, BEA, at)
    past.tell(START + 5 * HOUR, RolloutMoved(model="grave", rollout="R-9", environment="dev", number=1, phase="paused"), BEA)
    past.written()
    found = report(past.kit).total
    assert (found.decisions, found.minutes) == (2, 12.0)


def test_the_calendar_is_told_beside_the_gates(past: Past) -> None:
    made = past.version("grave", 1, START)
    key = past.asked(made, START, Phase.PENDING, START, past.decided(made, START, *PASSED))
    held: dict[str, Any] = {"rollout": key, "environment": "prod", "number": 1}
    past.moved(key, made, Phase.PENDING, START, ADA)
    past.tell(START, RolloutHeld(model="grave", rule="freeze year-end", **held))
    past.tell(START + 6 * HOUR, RolloutReleased(model="grave", **held))
    past.written()
    assert [(one.what, one.hours) for one in report(past.kit).gates] == [("freeze year-end", 6.0)]


def test_a_failure_that_somebody_mended_in_place_is_over_when_the_incident_is(past: Past) -> None:
    made = past.version("grave", 1, START)
    past.live("R-1", made, START + HOUR)
    past.trouble(made, START + 2 * HOUR, "I-1")
    past.tell(START + 3 * HOUR, IncidentMoved(model="grave", incident="I-1", state="acknowledged"), IVO)
    past.tell(START + 6 * HOUR, IncidentMoved(model="grave", incident="I-1", state="mitigated"), IVO)
    past.written()
    total = report(past.kit).total
    assert (total.failed, total.restore_time) == (1, 4 * 3600.0)
