"""A dry run says what would happen, and what would stand in the way, and changes nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.lifecycle.lives import Life
from tests.sdk import models

from lamplighter.domain.errors import LampError
from lamplighter.domain.project import Project
from lamplighter.domain.rollout import Phase
from lamplighter.domain.version import Version

MODEL = "foretold"
QUICK = {"steps": [50, 100], "each": "0s", "least_requests": 1}


def ready(life: Life, project: Project) -> Version:
    version = life.version(project)
    for environment in ("dev", "staging"):
        life.appoint(version, environment)
    return version


def refusal(deed: Callable[[], object]) -> tuple[str, str, str]:
    with pytest.raises(LampError) as refused:
        deed()
    return refused.value.code, refused.value.what, refused.value.why


def test_what_is_foretold_is_what_happens(life: Life) -> None:
    version = ready(life, models.critical(MODEL))
    before = life.entries(object)  # type: ignore[type-var]
    told = life["dana"].foretell(version.name, "prod")
    assert life.entries(object) == before  # type: ignore[type-var]
    assert life["dana"].rollouts(MODEL) == []
    assert told.rollout is not None
    assert (told.rollout.id, told.rollout.phase, told.rollout.previous) == ("", Phase.WAITING, 0)
    asked = life["dana"].deploy(version.name, "prod")
    assert asked.rollout is not None
    assert (asked.rollout.id, asked.rollout.plan) == ("R-1", told.rollout.plan)
    assert asked.decision.judgements == told.decision.judgements


@pytest.mark.parametrize(
    ("declared", "person", "code"),
    [
        ({"steps": {**QUICK, "least_requests": 0}}, "dana", "E1519"),
        ({}, "ada", "E1330"),
    ],
    ids=["a rollout without a guard", "somebody without the duty"],
)
def test_what_would_stand_in_the_way_of_the_deed_stands_in_the_way_of_the_dry_run(
    life: Life, declared: dict[str, Any], person: str, code: str
) -> None:
    version = ready(life, models.critical(MODEL, **declared))
    told = refusal(lambda: life[person].foretell(version.name, "prod"))
    assert told[0] == code
    assert told == refusal(lambda: life[person].deploy(version.name, "prod"))


def test_an_open_rollout_of_another_version_stands_in_the_way_too(life: Life) -> None:
    version = ready(life, models.critical(MODEL))
    life["dana"].deploy(version.name, "prod")
    another = life.version(models.critical(MODEL), threshold=0.3)
    assert refusal(lambda: life["dana"].foretell(another.name, "prod"))[0] == "E1511"
