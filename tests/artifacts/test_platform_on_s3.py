"""A platform whose artifacts are in a bucket: the bucket goes away, the disk is lost, and models go on answering."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.artifacts.bucket import Server
from tests.lifecycle.lives import Life
from tests.sdk import models

from lamplighter.domain.errors import LampError, Unavailable
from lamplighter.domain.record import digest_of
from lamplighter.domain.rollout import Phase
from lamplighter.domain.version import Version
from lamplighter.lifecycle import routing

CODE = "E1707"


@pytest.fixture
def life(server: Server, tmp_path: Path) -> Iterator[Life]:
    life = Life(tmp_path / "home", f'artifact_store = "s3://artifacts/{tmp_path.name}"\n')
    try:
        yield life
    finally:
        life.close()


def away(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on nobody answers where the bucket was."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    life.restart()


def answers(life: Life, version: Version) -> bool:
    """Whether the version is loaded in dev by every process, of the newest route."""
    seen = routing.observe(life.kit, "dev")
    return routing.settled(seen, routing.wanted_revision(life.kit, "dev")) and version.digest in seen.loaded


def test_models_go_on_without_the_bucket_and_come_back_with_it(
    life: Life, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = models.project("flights-kept-far-away")
    first, second = life.versions(project, 2)
    life.live(first, "dev")
    copies = life.settings.artifacts

    # The bucket goes away: what is on the disk goes on, also the way to another version that is there.
    away(life, monkeypatch)
    life.live(second, "dev")
    assert life["ines"].roll_back(project.name, "dev").now == first.number
    assert answers(life, first)
    with pytest.raises(Unavailable) as caught:
        life["dana"].put_artifact(digest_of(b"new"), b"new")
    assert (caught.value.code, life["dana"].versions(project.name)) == (CODE, [first, second])

    # The copies are lost as well: nothing that is not on the disk is ever named by a route.
    shutil.rmtree(copies)
    life.restart()
    third = life["dana"].deploy(second.name, "dev").rollout
    assert third is not None
    revision = routing.wanted_revision(life.kit, "dev")
    for _ in range(3):
        life.reconciler.look()
    assert (life.rollout(third).phase, routing.wanted_revision(life.kit, "dev")) == (Phase.PENDING, revision)
    assert answers(life, first)
    with pytest.raises(LampError) as refused:
        life["ines"].shadow(project.name, "dev", second.number)
    assert refused.value.code == CODE

    # The bucket is back: it comes to the disk, and then goes live.
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    life.restart()
    life.reached(third, Phase.COMPLETED)
    assert answers(life, second)
    assert all((copies / one.digest[:2] / one.digest).exists() for one in second.manifest.artifacts)
