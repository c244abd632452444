"""Artifacts as files: bytes under their digest, whole or not at all."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lamplighter.artifacts.base import Artifacts
from lamplighter.artifacts.local import Store
from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.record import digest_of
from lamplighter.domain.version import address

CONTENT = b"a model"
DIGEST = digest_of(CONTENT)


@pytest.fixture
def store(tmp_path: Path) -> Artifacts:
    return Store(tmp_path / "artifacts")


def files(root: Path) -> list[Path]:
    return sorted(path.relative_to(root) for path in root.rglob("*") if path.is_file())


def test_it_lies_under_its_digest_and_cannot_be_written(store: Artifacts, tmp_path: Path) -> None:
    assert not store.has(DIGEST)
    store.put(DIGEST, CONTENT)
    assert files(tmp_path) == [Path("artifacts") / address(DIGEST)]
    assert (tmp_path / "artifacts" / address(DIGEST)).stat().st_mode & 0o777 == 0o444
    with pytest.raises(NotFound) as caught:
        store.get("0" * 64)
    assert caught.value.code == "E1210"


def test_bytes_of_another_digest_are_refused_and_leave_nothing(store: Artifacts, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        store.put(DIGEST, CONTENT + b"!")
    assert caught.value.code == "E1141"
    assert not store.has(DIGEST)
    assert files(tmp_path) == []


DAMAGES = {
    "a flipped bit": bytes([CONTENT[0] ^ 1]) + CONTENT[1:],
    "cut": CONTENT[:-1],
    "grown": CONTENT + b"\0",
    "emptied": b"",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_refused_until_it_is_uploaded_again(store: Artifacts, tmp_path: Path, damage: str) -> None:
    store.put(DIGEST, CONTENT)
    place = tmp_path / "artifacts" / address(DIGEST)
    place.chmod(0o644)
    place.write_bytes(DAMAGES[damage])
    with pytest.raises(Invalid) as caught:
        store.get(DIGEST)
    assert (caught.value.code, caught.value.fix) == ("E1141", "Upload the artifact again from where it was made.")
    store.put(DIGEST, CONTENT)
    assert store.get(DIGEST) == CONTENT


@pytest.mark.parametrize(
    "hostile",
    [
        "", ".", "..", "../secret", "../../etc/passwd", "/etc/passwd", "ab/" + "ab" * 32, "ab" * 31, "ab" * 33, "AB" * 32,
        "ab" * 31 + "a\n", "ab" * 32 + "\n", "ab" * 31 + "/.", "ab" * 31 + "\x00a", "\uff41" * 64, "g" * 64, "~" * 64,
        DIGEST[:-1] + "/", " " + DIGEST[1:],
    ],
)  # fmt: skip
def test_nothing_but_a_digest_reaches_the_file_system(store: Artifacts, tmp_path: Path, hostile: str) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    before = files(tmp_path)
    for use in (store.get, store.has, lambda digest: store.put(digest, b"secret")):
        with pytest.raises((NotFound, Invalid)) as caught:
            use(hostile)
        assert not hostile.strip(".") or hostile not in str(caught.value)
    assert files(tmp_path) == before


#: Puts large artifacts one after the other and says which one is done.
WRITER = """
import sys
from pathlib import Path
from lamplighter.artifacts.local import Store
from lamplighter.domain.record import digest_of

store = Store(Path(sys.argv[1]))
for number in range(100):
    content = number.to_bytes(4, "big") * 5_000_000
    store.put(digest_of(content), content)
    print(digest_of(content), flush=True)
"""


def writing(root: Path) -> bool:
    """Whether something has begun to be written there."""
    return any(path.is_file() and path.stat().st_size for path in root.rglob("*"))


@pytest.mark.parametrize("done", [0, 1])
def test_a_kill_leaves_every_artifact_whole_or_not_there(tmp_path: Path, done: int) -> None:
    root = tmp_path / "artifacts"
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(root)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(done)]
    while not said and not writing(root):
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    said += process.stdout.readlines()
    process.stdout.close()
    assert process.wait() == -signal.SIGKILL
    for path in root.rglob("*"):
        if path.is_file() and not path.name.startswith("."):
            assert digest_of(path.read_bytes()) == path.name
    store = Store(root)
    assert all(store.has(line.strip()) for line in said if line.endswith("\n"))


def test_what_was_not_renamed_is_not_there(store: Artifacts, tmp_path: Path) -> None:
    """The state between write and rename: a temporary file beside its place."""
    store.put(DIGEST, CONTENT)
    place = tmp_path / "artifacts" / address(DIGEST)
    place.rename(place.with_name(".0123456789abcdef"))
    assert not store.has(DIGEST)
    with pytest.raises(NotFound):
        store.get(DIGEST)
    store.put(DIGEST, CONTENT)
    assert store.get(DIGEST) == CONTENT
