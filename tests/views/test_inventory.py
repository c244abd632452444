"""The inventory: every model once, with the facts that its own pages say, and what its governance lacks."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import event
from tests.domain import specimens
from tests.lifecycle import away
from tests.lifecycle.lives import lived
from tests.lifecycle.test_elsewhere import declared_live
from tests.sdk import models
from tests.views.test_fleet import names, seen
from tests.web import seed

from lamplighter.domain.identity import PLATFORM, Role
from lamplighter.domain.lack import Lack
from lamplighter.domain.listed import Listed
from lamplighter.domain.stage import Aspect
from lamplighter.domain.validation import ValidationWord
from lamplighter.lifecycle import people
from lamplighter.lifecycle.kit import Kit
from lamplighter.views.inventory import inventory
from lamplighter.views.status import status


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    kit = seed.open_kit(tmp_path)
    seed.fill(kit, models=2)
    yield kit
    kit.close()


def listed(kit: Kit, now: int = seed.NOW) -> dict[str, Listed]:
    with kit.store.reading() as look:
        return {one.model: one for one in inventory(look, policy=kit.policy, now=now)}


def test_every_model_is_listed_with_what_its_page_says(kit: Kit) -> None:
    found = listed(kit)
    with kit.store.reading() as look:
        known = [project.name for project in look.projects.all()]
        states = {name: status(look, name, policy=kit.policy, now=seed.NOW) for name in known}
    assert list(found) == sorted(known)
    for name, state in states.items():
        one = found[name]
        assert (one.status, one.sentence, one.tier) == (state.status[Aspect.OVERALL], state.sentence, state.criticality.tier)
        assert one.live == tuple(f"v{live.number} in {live.environment}" for live in state.live)
        assert len(one.open_incidents) == len(state.incidents)


def test_the_facts_of_a_mission_critical_model(kit: Kit) -> None:
    with kit.store.reading() as look:
        project = look.project("late-flights")
    weak = msgspec.structs.replace(project.model, limitations=("Not for flights abroad.",))
    with kit.store.transaction() as change:
        change.projects.put(msgspec.structs.replace(project, model=weak))
    with kit.store.reading() as look:
        version = look.versions.find(model="late-flights", number=2)
        (decision,) = look.decisions.all(model="late-flights", number=2)
    assert version is not None
    one = listed(kit)["late-flights"]
    assert (one.business_owner, one.risk_owner, one.on_call, one.deputy) == (seed.BEA, seed.RITA, seed.IVO, seed.ADA)
    assert (one.version, one.digest, one.runs, one.limitations) == (
        "late-flights@2", version.digest, "here", ("Not for flights abroad.",)
    )  # fmt: skip
    assert (one.validated_at, one.decision, one.validation) == (decision.at, decision.digest, "3 of 3 gates for prod")
    assert (one.due_at - one.live_since, one.ends_at - one.due_at) == (180 * seed.DAY, 14 * seed.DAY)
    assert one.ends_with == "requests are refused"
    assert one.consumers == (
        "nightly-report (@it-ops, registered)",
        f"ops-dashboard ({seed.BEA}, declared)",
        "spreadsheet-macro (nobody, unknown)",
    )
    assert one.arrangement == "collaborative"


def test_what_validators_found_and_said_stands_there(kit: Kit) -> None:
    with kit.store.transaction() as change:
        version = change.versions.find(model="late-flights", number=2)
        assert version is not None
        kept = {"model": "late-flights", "number": 2, "version": version.digest, "owner": seed.ADA, "opened_at": 0}
        for key, due in (("V-1", seed.NOW - 1), ("V-2", seed.NOW + seed.DAY)):
            change.validation_findings.add(specimens.validation_finding(id=key, due_at=due, **kept))
        change.validation_words.add(
            ValidationWord(
                model="late-flights", number=2, version=version.digest, person=seed.RITA, note="Read it.", at=seed.NOW
            )
        )
    one = listed(kit)["late-flights"]
    assert one.validated_by == (seed.RITA,)
    assert [(found.split(":")[0], found.endswith(", overdue")) for found in one.validation_findings] == [
        ("V-1", True),
        ("V-2", False),
    ]
    assert f"of v2, {seed.ADA} until" in one.validation_findings[0]


def test_a_model_that_is_live_nowhere_is_listed_by_its_newest_version(kit: Kit) -> None:
    one = listed(kit)["returns-fraud"]
    assert (one.version, one.live, one.runs, one.validated_at, one.due_at) == ("returns-fraud@1", (), "", 0, 0)
    assert one.accepted_by == (f"business: {seed.BEA}",)
    never = listed(kit)["credit-limit"]
    assert (never.version, never.digest, never.sentence) == ("", "", "Nothing is live yet.")


def test_a_model_that_is_served_elsewhere_is_listed(tmp_path: Path) -> None:
    with lived(tmp_path) as life:
        project = models.project("late-elsewhere", consumer=[{"name": "display", "owner": "@it-ops"}])
        declared_live(life, away.adopt(life, project, tmp_path).name)
        one = listed(life.kit, life.clock.now())["late-elsewhere"]
    assert (one.version, one.runs, one.live) == ("late-elsewhere@1", away.AT, ("v1 in prod",))
    assert (one.output, one.consumers) == ("score (probability)", ("display (@it-ops, declared)",))
    assert one.validated_at > 0
    assert one.ends_with == "it goes on answering"


def test_who_has_left_is_seen_at_once_and_by_name(kit: Kit) -> None:
    assert {lack for one in listed(kit).values() for lack in one.lacks} == set()
    people.save_person(kit, PLATFORM, seed.ADA, "Ada", (Role.DATA_SCIENTIST,), active=False)
    # Ada was all of @data-science; Ivo stands in, and has nobody behind him.
    found = listed(kit)
    assert {one.lacks for one in found.values()} == {(Lack.OWNER, Lack.DEPUTY)}
    assert names(seen(kit, lack="owner")) == names(seen(kit, lack="deputy")) == names(seen(kit))
    assert dict(seen(kit, lack="review").lacks) == {Lack.OWNER: len(found), Lack.DEPUTY: len(found), Lack.REVIEW: 0}


def test_a_version_that_outlived_its_time_is_due(kit: Kit) -> None:
    with kit.store.transaction() as change:
        before = change.routings.of("price-001", "prod")
        old = msgspec.structs.replace(before, live_since=seed.NOW - 366 * seed.DAY, revision=before.revision + 1)
        change.routings.save(before, old)
    assert names(seen(kit, lack="review")) == ["price-001"]
    assert listed(kit)["price-001"].lacks == (Lack.REVIEW,)
    assert seen(kit).lacks[Lack.REVIEW] == 1


def test_questions_do_not_grow_with_the_models(tmp_path: Path) -> None:
    asked = []
    for count in (3, 400):
        kit = seed.open_kit(tmp_path / str(count))
        seed.crowd(kit, count)
        listed(kit)
        questions: list[str] = []

        def note(*told: object, kept: list[str] = questions) -> None:
            kept.append(str(told[2]))

        event.listen(kit.store.engine, "before_cursor_execute", note)
        assert len(listed(kit)) == count
        asked.append(len(questions))
        kit.close()
    assert asked[0] == asked[1] < 25


def test_a_person_who_tries_something_out_is_no_consumer(kit: Kit) -> None:
    with kit.store.transaction() as change:
        change.traffic.called([("price-001", "prod", seed.ADA, 3, seed.NOW), ("price-001", "prod", "macro", 3, seed.NOW)])
    assert listed(kit)["price-001"].consumers == ("macro (nobody, unknown)",)
