"""A repository under CI: the exported files are lawful, and their jobs do on a real platform what they say."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import pytest
from tests.cli import jobs_of_ci
from tests.cli.commands import lamp
from tests.cli.test_on_this_machine import PROJECT, TRAIN
from tests.lifecycle.issuers import Issuer, issuing
from tests.sdk.homes import home

from lamplighter.domain.identity import Role
from lamplighter.domain.rollout import Phase
from lamplighter.sdk import local
from lamplighter.sdk.connect import local_token
from lamplighter.sdk.interface import Platform
from lamplighter.sdk.remote import remote
from lamplighter.settings import Settings

ACCOUNT = "pipelines@example.com"
TRUST = """
[[pipelines]]
name = "check"
issuer = "ISSUER"
audience = "AUDIENCE"
claims = { repository = "example/flights", event_name = "pull_request" }
account = "pipelines@example.com"
permissions = ["read"]

[[pipelines]]
name = "deploy"
issuer = "ISSUER"
audience = "AUDIENCE"
claims = { repository = "example/flights", ref = "refs/heads/main", environment = "staging" }
account = "pipelines@example.com"
permissions = ["read", "design", "register", "deploy"]
"""
PULL = {"event_name": "pull_request", "environment": None, "ref": "refs/pull/7/merge"}
MAIN = {"event_name": "push", "environment": "staging"}


class World(NamedTuple):
    settings: Settings
    platform: Platform
    issuer: Issuer
    repository: Path
    temporary: Path

    def github(self, job: str, claims: dict[str, Any], name: str) -> jobs_of_ci.Ran:
        """Run a job of the workflow, in a place of its own."""
        place = self.temporary / name
        place.mkdir(exist_ok=True)
        self.issuer.job = claims
        asked = {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{self.issuer.url}/job?version=2",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "request-secret",
        }
        return jobs_of_ci.github(self.repository, job, place, **asked)

    def commit(self, says: str) -> None:
        """Commit everything."""
        git = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@trains.example"]
        for words in (["add", "-A"], ["commit", "-qm", says]):
            subprocess.run([*git, *words], cwd=self.repository, check=True)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    repository = tmp_path_factory.mktemp("repository")
    with issuing() as issuer:
        folder = tmp_path_factory.mktemp("platform")
        settings = home(folder)
        written = (folder / "config.toml").read_text()
        trust = TRUST.replace("ISSUER", issuer.url).replace("AUDIENCE", settings.url)
        (folder / "config.toml").write_text(written + trust)
        try:
            local.start(settings, wait=60.0)
            with closing(remote(settings.url, local_token(settings))) as platform:
                yield arranged(World(settings, platform, issuer, repository, tmp_path_factory.mktemp("runner")))
        finally:
            local.stop(settings)


def arranged(world: World) -> World:
    """The account, a repository with a model, and the exported files."""
    world.platform.save_person(ACCOUNT, "Pipelines", (Role.ML_ENGINEER,))
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=world.repository, check=True)
    for name, seed in (("churn", "1"),):
        place = world.repository / "models" / name
        place.mkdir(parents=True)
        (place / "lamp.toml").write_text(PROJECT.replace("churn", name))
        (place / "seeds.py").write_text(f"SEED = {seed}\n")
        (place / "train.py").write_text(f"from seeds import SEED\n{TRAIN}")
    for kind in ("github", "gitlab"):
        token = local_token(world.settings)
        done = lamp("export", "ci", kind, "--out", str(world.repository), LAMP_URL=world.settings.url, LAMP_TOKEN=token)
        assert done.code == 0, done.err
    world.commit("Begin")
    return world


def test_the_main_branch_is_deployed_once_however_often_its_job_runs(world: World) -> None:
    first = world.github("deploy-staging", MAIN, "first")
    assert first.code == 0, first.said
    assert [live.number for live in world.platform.status("churn").live] == [1]
    assert world.platform.version("churn@1").version.author == ACCOUNT
    rollouts = world.platform.rollouts()
    assert [(one.number, one.phase) for one in rollouts] == [(1, Phase.COMPLETED)]
    again = world.github("deploy-staging", MAIN, "again")
    assert again.code == 0, again.said
    assert "churn@1 was made from this commit; nothing is built." in again.said
    assert (world.platform.rollouts(), len(world.platform.versions("churn"))) == (rollouts, 1)
    told = (world.temporary / "again" / "summary.md").read_text()
    assert told.startswith("## lamp ci deploy: 1 of 1 projects pass.")


def test_a_pull_request_is_told_what_it_changes_and_where_it_is_wrong(world: World) -> None:
    churn, broken = world.repository / "models" / "churn" / "lamp.toml", world.repository / "models" / "demand" / "lamp.toml"
    churn.write_text(churn.read_text() + '[[requirement]]\nmetric = "auc"\noperator = ">="\nbound = 0.6\n')
    broken.parent.mkdir()
    broken.write_text(PROJECT.replace("churn", "demand") + '[monitor]\nmeasur = "psi"\n')
    ran = world.github("check", PULL, "pull")
    assert ran.code == 2, ran.said
    lines = [line for line in ran.said.splitlines() if line.startswith("::error ")]
    at = broken.read_text().splitlines().index("[monitor]") + 1
    assert [line.rpartition("::")[0] for line in lines] == [
        f"::error file=models/demand/lamp.toml,line={at},title=demand%3A The file lamp.toml is not valid."
    ]
    told = (world.temporary / "pull" / "summary.md").read_text()
    assert "### ✅ churn" in told
    assert "### ❌ demand" in told
    assert "| requirement | nothing |" in told
    figure = r"[\d.]+ \([\d.]+ to [\d.]+, 1500 rows\)"
    assert re.search(rf"^\| auc \| {figure} \| {figure} \| [+-][\d.e-]+", told, re.MULTILINE), told


def test_a_fork_has_no_identity_here_and_is_checked_all_the_same(world: World) -> None:
    churn = world.repository / "models" / "churn" / "lamp.toml"
    churn.write_text("schema = 2\n")
    place = world.temporary / "gitlab"
    place.mkdir()
    token = world.issuer.token(aud=world.settings.url, repository="fork/flights", event_name="pull_request")
    ran = jobs_of_ci.gitlab(world.repository, "lamplighter-check", place, LAMP_ID_TOKEN=token)
    assert ran.code == 2, ran.said
    assert "E1317" in ran.said
    assert "Not signed in, so nothing is compared with what is live." in ran.said
    cases = {case.get("name"): case for case in ElementTree.parse(world.repository / "lamplighter.xml").iter("testcase")}
    assert [child.tag for child in cases["churn"]] == ["failure"]
    assert cases["churn"].get("file") == "models/churn/lamp.toml"
    assert not (place / "login.toml").exists()


def test_the_identity_of_a_pull_request_deploys_nothing(world: World) -> None:
    for words in (["checkout", "-q", "--", "."], ["clean", "-fdq"]):
        subprocess.run(["git", *words], cwd=world.repository, check=True)
    before = world.platform.rollouts()
    ran = world.github("deploy-staging", PULL, "sly")
    assert ran.code == 4, ran.said
    assert "E1301" in ran.said
    assert world.platform.rollouts() == before
