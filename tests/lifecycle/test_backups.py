"""Backups and what nothing names: nothing that is named is ever lost, and nothing half is taken for whole."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import msgspec
import pytest
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.segments import Segment, scored
from tests.sdk import models

from lamplighter.domain.errors import Conflict, Invalid, LampError, NotFound, Unavailable
from lamplighter.domain.events.version import ArtifactsRemoved
from lamplighter.domain.record import digest_of
from lamplighter.domain.version import Artifact, Version, address
from lamplighter.lifecycle import collection, unnamed
from lamplighter.lifecycle.backups import Backup, back_up, named
from lamplighter.lifecycle.kit import Kit
from lamplighter.lifecycle.restoring import restore
from lamplighter.settings import Settings, read_settings

PROJECT = models.project("kept-twice")
DAY = 24 * 3600.0


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    with lived(tmp_path_factory.mktemp("backups") / "home") as life:
        yield life


@pytest.fixture(scope="module")
def version(life: Life) -> Version:
    return life.version(PROJECT)


@pytest.fixture(scope="module")
def backup(life: Life, version: Version) -> Path:
    place = life.settings.folder.parent / "backup"
    back_up(life.settings, place)
    return place


def elsewhere(tmp_path: Path) -> Settings:
    return read_settings({}, home=str(tmp_path / "restored"))


def files(place: Path) -> dict[str, bytes]:
    return {str(one.relative_to(place)): one.read_bytes() for one in place.rglob("*") if one.is_file()}


def test_what_is_restored_is_what_was_backed_up(life: Life, version: Version, tmp_path: Path) -> None:
    segment = Segment(life.settings)
    records = [scored(version, f"kept-{count}", [0.5], at=life.clock.now()) for count in range(4)]
    segment.write(*records[:3])
    collection.collect(life.kit, "prod")
    segment.write(records[3])
    tracked = life.settings.tracked / address(digest_of(b"a plot"))
    tracked.parent.mkdir(parents=True)
    tracked.write_bytes(b"a plot")
    said = back_up(life.settings, tmp_path / "backup")
    assert (said.versions, said.damaged) == (1, ())
    assert oct((tmp_path / "backup" / "control.db").stat().st_mode & 0o777) == "0o600"

    settings = elsewhere(tmp_path)
    assert restore(settings, tmp_path / "backup") == said
    assert (settings.tracked / address(digest_of(b"a plot"))).read_bytes() == b"a plot"
    kit = Kit.open(settings)
    try:
        collection.collect(kit, "prod")
        with kit.store.reading() as look, life.kit.store.reading() as before:
            assert look.versions.all() == before.versions.all()
            assert look.journal.end() == before.journal.end()
            assert len(look.predictions.known([one.row_id(0) for one in records])) == 4
            assert all(kit.artifacts.has(digest) for digest in named(look))
    finally:
        kit.close()


def test_a_home_that_is_not_empty_is_left_alone(backup: Path, tmp_path: Path) -> None:
    settings = elsewhere(tmp_path)
    settings.folder.mkdir()
    (settings.folder / "notes.txt").write_text("mine")
    with pytest.raises(Conflict) as caught:
        restore(settings, backup)
    assert (caught.value.code, files(settings.folder)) == ("E1885", {"notes.txt": b"mine"})


def cut(place: Path) -> None:
    place.write_bytes(place.read_bytes()[:-1])


def flipped(place: Path) -> None:
    content = bytearray(place.read_bytes())
    content[len(content) // 2] ^= 1
    place.write_bytes(content)


DAMAGES: dict[str, Callable[[Path], None]] = {"cut": cut, "a flipped bit": flipped, "gone": Path.unlink}


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("kind", ["control.db", "config.toml", "artifacts/*/*", "keys/signing.pem"])
def test_a_damaged_backup_makes_no_home(backup: Path, tmp_path: Path, kind: str, damage: str) -> None:
    copy = tmp_path / "copy"
    for name, content in files(backup).items():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes(content)
    DAMAGES[damage](sorted(copy.glob(kind))[0])
    settings = elsewhere(tmp_path)
    with pytest.raises(Invalid) as caught:
        restore(settings, copy)
    assert (caught.value.code, sorted(one.name for one in tmp_path.iterdir())) == ("E1882", ["copy"])


def test_a_journal_that_was_written_anew_is_refused(backup: Path, tmp_path: Path) -> None:
    """Whoever changes an entry can change the list of digests too, and not the chain."""
    copy = tmp_path / "copy"
    for name, content in files(backup).items():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes(content)
    with closing(sqlite3.connect(copy / "control.db")) as connection, connection:
        entry, body = connection.execute("SELECT sequence, body FROM journal ORDER BY sequence DESC LIMIT 1").fetchone()
        connection.execute("UPDATE journal SET body = ? WHERE sequence = ?", (body.replace(b"dana", b"rita"), entry))
    said = msgspec.json.decode((copy / "backup.json").read_bytes(), type=Backup)
    content = (copy / "control.db").read_bytes()
    changed = msgspec.structs.replace(said.files["control.db"], size=len(content), digest=digest_of(content))
    (copy / "backup.json").write_bytes(
        msgspec.json.encode(msgspec.structs.replace(said, files={**said.files, "control.db": changed}))
    )
    with pytest.raises(Invalid) as caught:
        restore(elsewhere(tmp_path), copy)
    assert caught.value.code == "E1886"


def test_names_that_lead_out_of_the_home_are_refused(backup: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    said = msgspec.json.decode((backup / "backup.json").read_bytes(), type=Backup)
    (tmp_path / "outside").write_bytes(b"")
    (copy / "backup.json").write_bytes(
        msgspec.json.encode(
            msgspec.structs.replace(said, files={"../outside": msgspec.structs.replace(said.files["control.db"])})
        )
    )
    with pytest.raises(Invalid) as caught:
        restore(elsewhere(tmp_path), copy)
    assert caught.value.code == "E1882"


def test_what_is_no_backup_or_no_platform_is_refused(life: Life, backup: Path, tmp_path: Path) -> None:
    refused: dict[str, tuple[type[LampError], Callable[[], object]]] = {
        "E1881": (NotFound, lambda: restore(elsewhere(tmp_path), tmp_path)),
        "E1884": (NotFound, lambda: back_up(elsewhere(tmp_path), tmp_path / "new")),
        "E1502": (Conflict, lambda: back_up(life.settings, backup)),
        "E1883": (
            Invalid,
            lambda: back_up(msgspec.structs.replace(life.settings, database="postgresql+psycopg://x"), tmp_path / "n"),
        ),
        "E1887": (Unavailable, lambda: back_up(life.settings, Path("/proc/nothing/backup"))),
    }
    for code, (kind, use) in refused.items():
        with pytest.raises(kind) as caught:
            use()
        assert caught.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_artifact_is_named_and_the_rest_is_kept(life: Life, version: Version, tmp_path: Path) -> None:
    digest = version.manifest.artifacts[0].digest
    place = life.settings.artifacts / address(digest)
    whole = place.read_bytes()
    place.chmod(0o600)
    place.write_bytes(b"damaged")
    try:
        said = back_up(life.settings, tmp_path / "backup")
    finally:
        place.write_bytes(whole)
        place.chmod(0o400)
    assert said.damaged == (digest,)
    settings = elsewhere(tmp_path)
    restore(settings, tmp_path / "backup")
    assert not (settings.artifacts / address(digest)).exists()


# What nothing names


def test_only_what_nothing_names_and_is_old_goes(life: Life, version: Version) -> None:
    young, old = os.urandom(100), os.urandom(200)
    for content in (young, old):
        life["dana"].put_artifact(digest_of(content), content)
    written = life.settings.artifacts / address(digest_of(old))
    os.utime(written, (0, 0))
    for artifact in version.manifest.artifacts:
        os.utime(life.settings.artifacts / address(artifact.digest), (0, 0))
    assert unnamed.find(life.kit, DAY) == unnamed.Unnamed((digest_of(old),), 200)
    assert written.exists()
    assert unnamed.remove(life.kit, life.actor("rita"), DAY).digests == (digest_of(old),)
    assert not written.exists()
    assert life.kit.artifacts.has(digest_of(young))
    assert not life.kit.artifacts.lacks([version.digest, *(one.digest for one in version.manifest.artifacts)])
    assert life.events(ArtifactsRemoved)[-1].digests == (digest_of(old),)
    assert unnamed.remove(life.kit, life.actor("rita"), DAY).digests == ()


def test_scores_that_evidence_names_stay_and_are_backed_up(life: Life, version: Version, backup: Path) -> None:
    evidence = {one.kind: one.facts for one in life["dana"].version(version.name).evidence}
    scores = evidence["evaluation"]["scores"]
    assert scores not in {artifact.digest for artifact in version.manifest.artifacts}
    with life.kit.store.reading() as look:
        assert scores in named(look)
    unnamed.remove(life.kit, life.actor("rita"), -DAY)
    assert life.kit.artifacts.has(scores)
    assert (backup / "artifacts" / address(scores)).is_file()


@pytest.mark.parametrize("turn", range(4))
def test_whoever_registers_meanwhile_has_all_or_is_told_to_upload_again(life: Life, version: Version, turn: int) -> None:
    content = os.urandom(50)
    part = Artifact(role="more", name="more", digest=digest_of(content), size=50, format="json")
    manifest = msgspec.structs.replace(version.manifest, artifacts=(*version.manifest.artifacts, part))
    dana = life["dana"]
    dana.put_artifact(part.digest, content)
    os.utime(life.settings.artifacts / address(part.digest), (0, 0))
    outcomes: list[str] = []

    def register() -> None:
        try:
            outcomes.append(dana.register(PROJECT.name, manifest).digest)
        except Invalid as error:
            outcomes.append(str(error.code))

    threads = [Thread(target=register), Thread(target=lambda: unnamed.remove(life.kit, life.actor("rita"), DAY))]
    for thread in threads[:: 1 if turn % 2 else -1]:
        thread.start()
    for thread in threads:
        thread.join()
    with life.kit.store.reading() as look:
        registered = look.versions.find(model=PROJECT.name, digest=manifest.digest)
        assert outcomes == [manifest.digest if registered else "E1140"]
        assert life.kit.artifacts.lacks(sorted(named(look))) == []
