"""What the status says of a live version that grows old."""

from pathlib import Path

import pytest

import lamplighter
from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.identity import Person, Role
from lamplighter.domain.policy import read_policy
from lamplighter.domain.project_file import read_project
from lamplighter.domain.route import Served
from lamplighter.domain.routing import Routing
from lamplighter.domain.stage import Aspect, Stage, Status
from lamplighter.store.transaction import Store
from lamplighter.views.status import ModelStatus, status

POLICY = read_policy((Path(lamplighter.__file__).parent / "policies" / "starter.toml").read_text())
DAY = 86_400_000_000
_STAGES = ("design", "industrialization", "deployment", "monitoring", "management")
_OWNERS = "\n".join(f'{stage} = "ada@example.com"' for stage in _STAGES)
PROJECT = read_project(f'schema = 1\n[model]\nname = "churn"\ncriticality = "mission-critical"\n[owners]\n{_OWNERS}\n')


def _status(folder: Path, age: int) -> ModelStatus:
    """The status of a mission-critical model whose version has been live for this many days; its tier allows 180."""
    store = Store(f"sqlite:///{folder / 'control.db'}")
    with store.transaction() as change:
        change.projects.put(PROJECT)
        change.people.put(Person(email="ada@example.com", name="Ada", roles=(Role.DATA_SCIENTIST,)))
        change.environments.put(Environment(name="prod", level=Level.PRODUCTION, port=7083))
        champion = Served(number=1, digest="a" * 64)
        change.routings.add(Routing(model="churn", environment="prod", champion=champion, live_since=DAY, revision=1))
    with store.reading() as look:
        found = status(look, "churn", policy=POLICY, now=DAY + age * DAY)
    store.close()
    return found


@pytest.mark.parametrize(
    ("age", "fact", "light"),
    [
        (0, "v1 expires in 180 days", Status.HEALTHY),
        (180, "v1 expires today", Status.HEALTHY),
        (181, "v1 expired 1 day ago, answers until 15 Jul 1970 00:00 UTC", Status.WATCH),
        (194, "v1 expired 14 days ago and answers no more: requests are refused", Status.WATCH),
    ],
)
def test_a_version_older_than_its_tier_allows_is_on_watch(tmp_path: Path, age: int, fact: str, light: Status) -> None:
    found = _status(tmp_path, age)
    stage = next(stage for stage in found.stages if stage.stage is Stage.MANAGEMENT)
    assert fact in stage.facts
    assert (stage.status, found.status[Aspect.GOVERNANCE]) == (light, light)


def test_a_version_that_is_too_old_to_answer_fails(tmp_path: Path) -> None:
    found = _status(tmp_path, 194)
    assert (found.status[Aspect.SERVICE], found.status[Aspect.OVERALL]) == (Status.FAILING, Status.FAILING)
    assert found.sentence.startswith("v1 answers nobody in prod.")


def test_nothing_live_is_unknown_whatever_its_age(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'control.db'}")
    with store.transaction() as change:
        change.projects.put(PROJECT)
    with store.reading() as look:
        found = status(look, "churn", policy=POLICY, now=400 * DAY)
    store.close()
    assert found.status[Aspect.OVERALL] is Status.UNKNOWN
    assert found.sentence == "Nothing is live yet."
