"""What a project and an environment may say: a name that nothing has is refused when it is written, not when it is met."""

from typing import Any

import msgspec
import pytest
from tests.lifecycle.lives import Life
from tests.sdk import models

from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.errors import Invalid, LampError, NotFound
from lamplighter.domain.events import ProjectSaved
from lamplighter.domain.identity import PLATFORM
from lamplighter.lifecycle import design


@pytest.mark.parametrize(
    ("more", "near"),
    [
        ({"monitor": {"quality": {"metric": "brierr"}}}, "brier"),
        ({"monitor": {"quality": {"metric": "psi"}}}, ""),
        ({"monitor": {"measure": "jensen"}}, ""),
        ({"monitor": {"measure": "brier"}}, ""),
        ({"monitor": {"notify": ["inbx"]}}, "inbox"),
        ({"model": {"name": "named", "criticality": "mission-criticl"}}, "mission-critical"),
    ],
    ids=str,
)
def test_a_project_names_what_there_is(life: Life, more: dict[str, Any], near: str) -> None:
    with pytest.raises(NotFound) as refusal:
        life["dana"].save_project("named", models.project("named", **more))
    assert near in refusal.value.fix
    assert life.events(ProjectSaved) == []


def test_the_same_project_again_changes_nothing(life: Life) -> None:
    for _ in range(2):
        life["dana"].save_project("named", models.project("named"))
    assert [(event.model, event.tier) for event in life.events(ProjectSaved)] == [("named", "internal")]


@pytest.mark.parametrize("log", [{"keep": "179d"}, {"keep": "4000h", "sample": 0.5}], ids=str)
def test_a_log_that_keeps_less_than_the_tier_asks_for_is_refused(life: Life, log: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refusal:
        life["dana"].save_project("named", models.critical("named", log=log))
    assert refusal.value.code == "E1129"
    assert refusal.value.why == "mission-critical keeps what was recorded for 180d at least."
    assert life.events(ProjectSaved) == []
    life["dana"].save_project("named", models.critical("named", log={"keep": "180d", "redact": {"delay": "hash"}}))
    life["dana"].save_project("other", models.project("other", log=log))


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"target": "lokal"}, NotFound),
        ({"name": "another"}, Invalid),
        ({"port": 0}, Invalid),
        ({"port": 70_000}, Invalid),
        ({"grpc_port": 4242}, Invalid),
        ({"grpc_port": 70_000}, Invalid),
        ({"workers": 0}, Invalid),
    ],
    ids=str,
)
def test_an_environment_that_cannot_be_is_refused(life: Life, change: dict[str, Any], kind: type[LampError]) -> None:
    spare = Environment(name="spare", level=Level.DEVELOPMENT, port=4242)
    with pytest.raises(kind):
        design.save_environment(life.kit, PLATFORM, "spare", msgspec.structs.replace(spare, **change))
    assert "spare" not in {environment.name for environment in life["rita"].environments()}
