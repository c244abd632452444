"""What a project and an environment may say: a name that nothing has is refused when it is written, not when it is met."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.lifecycle.lives import Life, lived
from tests.sdk import models
from tests.sdk.homes import home

from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.errors import Conflict, Invalid, LampError, NotFound
from lamplighter.domain.events.design import ProjectSaved
from lamplighter.domain.identity import PLATFORM
from lamplighter.lifecycle import design
from lamplighter.lifecycle.kit import Kit
from lamplighter.settings import read_settings

JOB = {"name": "nightly", "schedule": "@daily", "environment": "prod", "input": "trains", "output": "scored"}
_RECEIVER = 'webhooks = { pager = "http://127.0.0.1:9/hook" }\n'


@pytest.fixture
def named(tmp_path: Path) -> Iterator[Life]:
    """A platform with a receiver, two tables and a training."""
    tables = '[tables]\ntrains = "/trains.csv"\nscored = "/scored.csv"\n'
    training = '[trainings.anew]\ncommand = ["python"]\nfolder = "/"\n'
    with lived(tmp_path / "home", _RECEIVER + tables + training) as life:
        yield life


@pytest.mark.parametrize(
    ("more", "near"),
    [
        ({"monitor": {"quality": {"metric": "brierr"}}}, "brier"),
        ({"monitor": {"quality": {"metric": "psi"}}}, ""),
        ({"requirement": [{"metric": "acu", "operator": ">=", "bound": 0.5}]}, "auc"),
        ({"problem": {"success": {"metric": "recal", "operator": ">=", "bound": 0.5}}}, "recall"),
        ({"monitor": {"measure": "jensen"}}, ""),
        ({"monitor": {"measure": "brier"}}, ""),
        ({"monitor": {"notify": ["inbx"]}}, "inbox"),
        ({"job": [{**JOB, "input": "trainz"}]}, "trains"),
        ({"job": [{**JOB, "output": "scord"}]}, "scored"),
        ({"job": [{**JOB, "environment": "prd"}]}, "prod"),
        ({"env": {"prd": {}}}, "prod"),
        ({"env": {"prod": {"before": [{"hook": "page", "on_failure": "stop"}]}}}, "pager"),
        ({"retrain": {"when": ["quality"], "run": "anw"}}, "anew"),
        ({"model": {"name": "named", "criticality": "mission-criticl"}}, "mission-critical"),
    ],
    ids=str,
)
def test_a_project_names_what_there_is(named: Life, more: dict[str, Any], near: str) -> None:
    with pytest.raises(NotFound) as refusal:
        named["dana"].save_project("named", models.project("named", **more))
    assert near in refusal.value.fix
    assert named.events(ProjectSaved) == []


def test_what_there_is_may_be_named(named: Life) -> None:
    more = {"notify": ["pager", "inbox"]}
    named["dana"].save_project("named", models.project("named", job=[JOB], env={"prod": {}}, monitor=more))
    assert len(named.events(ProjectSaved)) == 1


@pytest.mark.parametrize(
    ("kind", "field"),
    [("webhook", "webhooks"), ("alertmanager", "alertmanagers"), ("pagerduty", "pagerduty"), ("apprise", "apprise")],
)
def test_a_kind_of_channel_is_no_receiver(named: Life, kind: str, field: str) -> None:
    with pytest.raises(NotFound) as refusal:
        named["dana"].save_project("named", models.project("named", monitor={"notify": [kind]}))
    found = refusal.value
    assert (found.what, found.why, found.fix) == (
        f"The channel {kind} has no address.",
        f"{kind} is a kind of channel, and a message goes to a receiver of that kind. Known: inbox, pager.",
        f'Give a receiver of `{field}` in config.toml a name, such as pager, and write that name in place of "{kind}".',
    )


@pytest.mark.parametrize(
    ("channels", "why", "fix"),
    [
        ('["inbox", "pagr"]', "`channels`: There is no channel of that name. Known: inbox, pager.", "Did you mean pager?"),
        ('["webhook"]', "`channels`: The channel webhook has no address.", "Give a receiver of `webhooks`"),
    ],
)
def test_a_configuration_whose_incidents_would_go_nowhere_opens_no_platform(
    tmp_path: Path, channels: str, why: str, fix: str
) -> None:
    settings = home(tmp_path / "home", more=f"channels = {channels}\n{_RECEIVER}")
    with pytest.raises(Invalid) as refusal:
        Kit.open(settings)
    assert refusal.value.code == "E1120"
    assert refusal.value.why.startswith(why)
    assert refusal.value.fix.startswith(fix)


@pytest.mark.parametrize(
    ("more", "why", "fix"),
    [
        (
            "[trainings.x]\ncommand = ['a']\nfolder = '/'\ntrainer = 'comand'\n",
            "`trainings`: There is no trainer of that name. Known: command, ray.",
            "Did you mean command?",
        ),
        (
            "[trainings.x]\ncommand = ['a']\nfolder = '/'\ntrainer = 'ray'\ncluster = 'https://ray.example'\n",
            "`trainings`: The training x could not reach the platform. ",
            "Set public_url",
        ),
        ("policy = 'HERE/rules.toml'\n", "`policy`: The rule book cannot be read. ", "Correct policy in config.toml"),
        ("sign_with = 'HERE/key.pem'\n", "`sign_with`: There is no signing key. ", "Correct sign_with in config.toml"),
    ],
    ids=["trainer", "cluster", "policy", "sign_with"],
)
def test_a_configuration_that_names_what_is_not_there_opens_no_platform(tmp_path: Path, more: str, why: str, fix: str) -> None:
    settings = home(tmp_path / "home", more=more.replace("HERE", str(tmp_path)))
    (tmp_path / "home" / "control.db").unlink()
    with pytest.raises(Invalid) as refusal:
        Kit.open(settings)
    assert refusal.value.code == "E1120"
    assert refusal.value.why.startswith(why)
    assert refusal.value.fix.startswith(fix)
    assert not (tmp_path / "home" / "control.db").exists()


def test_an_environment_on_a_target_that_is_not_there_opens_no_platform(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[[environments]]\nname = "far"\nlevel = "production"\nport = 1\ntarget = "lcoal"\n')
    with pytest.raises(Invalid) as refusal:
        Kit.open(read_settings({}, home=str(tmp_path)))
    found = refusal.value
    assert (found.why, found.fix) == (
        "`environments`: There is no target of that name. Known: local, nodes.",
        "Did you mean local?",
    )


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


@pytest.mark.parametrize("taken", ["port", "grpc_port", "control plane"])
def test_a_port_that_somebody_else_has_is_refused_before_anything_is_kept(life: Life, taken: str) -> None:
    prod = next(one for one in life["rita"].environments() if one.name == "prod")
    spare = Environment(name="spare", level=Level.DEVELOPMENT, port=4242, grpc_port=4243)
    port = life.kit.settings.port if taken == "control plane" else prod.port
    wanted = msgspec.structs.replace(spare, **{"grpc_port" if taken == "grpc_port" else "port": port})
    with pytest.raises(Conflict) as refusal:
        design.save_environment(life.kit, PLATFORM, "spare", wanted)
    who = "the control plane" if taken == "control plane" else "prod"
    assert (refusal.value.code, refusal.value.why) == ("E1202", f"{who} listens there already.")
    assert "spare" not in {environment.name for environment in life["rita"].environments()}
    # What it has itself it may keep, and another host has ports of its own.
    for allowed in (prod, spare, msgspec.structs.replace(wanted, host="127.0.0.2")):
        design.save_environment(life.kit, PLATFORM, allowed.name, allowed)
