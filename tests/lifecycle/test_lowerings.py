"""A tier falls only with a second person, whichever way somebody tries it alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.lifecycle.lives import Life, lived
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter.domain.criticality import criticality_of
from lamplighter.domain.errors import Blocked, Conflict, Invalid, NotAllowed, NotFound
from lamplighter.domain.events.design import ProjectSaved
from lamplighter.domain.events.lowering import LoweringAsked, LoweringDecided
from lamplighter.domain.lowering import Lowering
from lamplighter.domain.project import Project

CRITICAL = {"customers": True, "loss": "large", "reversible": False, "automated": True, "updates": "monthly"}
INTERNAL = {"customers": False, "loss": "small", "reversible": True, "automated": False, "updates": "monthly"}


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with lived(tmp_path / "home") as life:
        yield life


def project(**impact: Any) -> Project:
    return models.project("trains", impact=impact)


def tier(life: Life) -> str:
    with life.kit.store.reading() as look:
        return criticality_of(look.project("trains"), life.kit.policy).tier


def refused(life: Life, wanted: Project) -> Lowering:
    """What waits after somebody has tried alone."""
    with pytest.raises(Blocked, match="stays mission-critical until a second person agrees"):
        life["dana"].save_project("trains", wanted)
    assert tier(life) == "mission-critical"
    (waits,) = life["dana"].lowerings()
    return waits


def test_the_project_in_force_stays_until_somebody_else_agrees(life: Life) -> None:
    life.version(project(**CRITICAL))
    waits = refused(life, project(**INTERNAL))
    assert (waits.id, waits.before, waits.after, waits.person) == ("L-1", "mission-critical", "internal", address("dana"))
    assert refused(life, project(**INTERNAL)) == waits
    # Of the people with a duty of this model only those of IT may accept versions.
    assert waits.asked in (address("ines"), address("ivo"))
    assert [event.person for event in life.events(LoweringAsked)] == [waits.asked]

    with pytest.raises(NotAllowed, match="You cannot decide on L-1"):
        life["dana"].decide_lowering("L-1", True)
    with pytest.raises(Invalid, match="A refusal takes words"):
        life["bea"].decide_lowering("L-1", False)
    with pytest.raises(NotFound):
        life["bea"].decide_lowering("L-2", True)
    assert tier(life) == "mission-critical"

    decided = life["bea"].decide_lowering("L-1", True, "Nobody outside sees it any more.")
    assert (decided.open, decided.agreed, decided.decided_by) == (False, True, address("bea"))
    assert tier(life) == "internal"
    saved = life.events(ProjectSaved)[-1]
    assert (saved.tier, saved.rule) == ("internal", "everything-else")
    with pytest.raises(Conflict, match="decided already"):
        life["bea"].decide_lowering("L-1", False, "Too late.")


def test_what_is_refused_changes_nothing(life: Life) -> None:
    life.version(project(**CRITICAL))
    refused(life, project(**INTERNAL))
    life["bea"].decide_lowering("L-1", False, "Customers see it.")
    assert (tier(life), life["dana"].lowerings()) == ("mission-critical", [])
    assert [event.reason for event in life.events(LoweringDecided)] == ["Customers see it."]


def test_taking_the_answers_back_first_does_not_make_it_the_first_time(life: Life) -> None:
    life.version(project(**CRITICAL))
    life["dana"].save_project("trains", project())
    assert refused(life, project(**INTERNAL)).before == "mission-critical"


def test_a_declared_tier_that_is_taken_out_is_held_as_well(life: Life) -> None:
    life.version(models.project("trains", impact=INTERNAL, model={"name": "trains", "criticality": "mission-critical"}))
    refused(life, project(**INTERNAL))


def test_whoever_answers_for_the_first_time_lowers_nothing(life: Life) -> None:
    life.version(project())
    assert tier(life) == "mission-critical"
    life["dana"].save_project("trains", project(**INTERNAL))
    assert tier(life) == "internal"


def test_before_there_is_a_version_nothing_is_protected_yet(life: Life) -> None:
    life["dana"].save_project("trains", project(**CRITICAL))
    life["dana"].save_project("trains", project(**INTERNAL))
    assert tier(life) == "internal"


def test_what_is_saved_meanwhile_takes_the_place_of_what_waits(life: Life) -> None:
    life.version(project(**CRITICAL))
    first = refused(life, project(**INTERNAL))
    life["dana"].save_project("trains", project(**{**CRITICAL, "updates": "daily"}))
    assert life["dana"].lowerings() == []
    with pytest.raises(Conflict, match="decided already"):
        life["bea"].decide_lowering(first.id, True)
    second = refused(life, project(**INTERNAL))
    third = refused(life, project(**{**INTERNAL, "updates": "daily"}))
    assert (second.id, third.id) == ("L-2", "L-3")
    with life.kit.store.transaction() as change:
        change.projects.put(project(**{**CRITICAL, "updates": "yearly"}))
    with pytest.raises(Conflict, match="about a project that has changed"):
        life["bea"].decide_lowering("L-3", True)
    assert tier(life) == "mission-critical"
