"""Projects of many folders at once: looked at first, then all of them or none."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from tests.lifecycle.lives import Life, lived
from tests.sdk import models

from lamplighter.domain.errors import Blocked, Conflict, Invalid, NotFound
from lamplighter.domain.events.design import ProjectSaved
from lamplighter.domain.project import Project


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with lived(tmp_path / "home") as life:
        yield life


def project(name: str, metric: str = "auc", **more: Any) -> Project:
    return models.project(name, requirement=[{"metric": metric, "operator": ">=", "bound": 0.6}], **more)


def saved(life: Life) -> list[str]:
    return [event.model for event in life.events(ProjectSaved)]


def test_what_would_change_is_said_and_then_saved_exactly(life: Life) -> None:
    life["dana"].save_project("same", project("same"))
    life["dana"].save_project("moved", project("moved"))
    wanted = [project("same"), project("moved", metric="brier"), project("new")]
    plan = life["dana"].plan(wanted)
    assert [(one.model, bool(one.base), one.before, one.after) for one in plan.planned] == [
        ("moved", True, "internal", "internal"),
        ("new", False, "", "internal"),
    ]
    assert [change.place for change in plan.planned[0].changes] == ["requirement"]
    assert (plan.unchanged, plan.refused) == (1, 0)
    assert plan.sentence.endswith("2 models.")
    assert saved(life) == ["same", "moved"]
    assert life["dana"].apply_plan(plan).saved == ("moved", "new")
    assert saved(life) == ["same", "moved", "moved", "new"]
    again = life["dana"].plan(wanted)
    assert (again.planned, again.sentence) == ((), "No changes in 3 models.")


def test_a_plan_of_another_day_saves_nothing(life: Life) -> None:
    life["dana"].save_project("first", project("first"))
    plan = life["dana"].plan([project("second"), project("first", metric="brier")])
    life["dana"].save_project("first", project("first", metric="log_loss"))
    with pytest.raises(Conflict, match="The plan is stale") as refusal:
        life["dana"].apply_plan(plan)
    assert refusal.value.code == "E1592"
    assert saved(life) == ["first", "first"]


def test_one_that_is_refused_is_named_and_keeps_the_others_back(life: Life) -> None:
    plan = life["dana"].plan([project("good"), project("bad", metric="auk")])
    refused = plan.planned[1].refusal
    assert refused is not None
    assert refused.fix == "Did you mean auc?"
    assert plan.sentence.endswith("2 models, 1 refused.")
    with pytest.raises(Blocked, match="refused: bad"):
        life["dana"].apply_plan(plan)
    assert saved(life) == []


def test_what_a_plan_says_it_checked_is_checked_again(life: Life) -> None:
    """A plan is a file, and people can write files."""
    plan = life["dana"].plan([project("good")])
    other = replace(plan.planned[0], project=project("good", metric="auk"))
    forged = replace(plan, planned=(other,))
    with pytest.raises(NotFound, match="There is no quality measure"):
        life["dana"].apply_plan(forged)
    assert saved(life) == []


def test_a_tier_that_falls_waits_and_the_others_hold(life: Life) -> None:
    life.version(models.critical("guarded"))
    plan = life["dana"].plan([project("guarded"), project("free")])
    assert [(one.model, one.needs_second) for one in plan.planned] == [("guarded", True), ("free", False)]
    assert "1 for a second person" in plan.sentence
    done = life["dana"].apply_plan(plan)
    assert (done.saved, done.waits) == (("free",), ("L-1",))
    with life.kit.store.reading() as look:
        assert look.project("guarded") == models.critical("guarded")


def test_two_folders_of_one_model_are_refused(life: Life) -> None:
    with pytest.raises(Invalid, match="Two folders are about one model"):
        life["dana"].plan([project("twice"), project("twice", metric="brier")])
