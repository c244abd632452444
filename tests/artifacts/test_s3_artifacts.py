"""Artifacts in a bucket: damage, servers that go away in the middle, and servers that keep no promise."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import obstore
import pytest
from tests.artifacts.bucket import SECRET, Server

from lamplighter.artifacts import local
from lamplighter.artifacts.s3 import Store
from lamplighter.domain.errors import Invalid, LampError, NotFound, Unavailable
from lamplighter.domain.record import digest_of
from lamplighter.domain.version import address

CONTENT = b"a model"
DIGEST = digest_of(CONTENT)
DAMAGES = {"a flipped bit": bytes([CONTENT[0] ^ 1]) + CONTENT[1:], "cut": CONTENT[:-1], "emptied": b""}


def opened(prefix: str, folder: Path) -> Store:
    return Store(f"s3://artifacts/{prefix}", local.Store(folder))


@pytest.fixture
def prefix(tmp_path: Path) -> str:
    return tmp_path.name


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_in_the_bucket_is_refused_until_it_is_uploaded_again(
    server: Server, prefix: str, tmp_path: Path, damage: str
) -> None:
    opened(prefix, tmp_path / "here").put(DIGEST, CONTENT)
    obstore.put(server.plain(prefix), address(DIGEST), DAMAGES[damage])
    elsewhere = opened(prefix, tmp_path / "there")
    for use in (elsewhere.get, elsewhere.bring):
        with pytest.raises(Invalid) as caught:
            use(DIGEST)
        assert caught.value.code == "E1141"
    assert not elsewhere.has(DIGEST)
    assert [one for one in (tmp_path / "there").rglob("*") if one.is_file()] == []
    elsewhere.put(DIGEST, CONTENT)
    assert opened(prefix, tmp_path / "third").get(DIGEST) == CONTENT


def test_a_damaged_copy_on_the_disk_is_brought_anew(server: Server, prefix: str, tmp_path: Path) -> None:
    store = opened(prefix, tmp_path / "disk")
    store.put(DIGEST, CONTENT)
    copy = tmp_path / "disk" / address(DIGEST)
    copy.chmod(0o644)
    copy.write_bytes(b"something else")
    store.bring(DIGEST)
    assert copy.read_bytes() == CONTENT


def test_what_is_there_is_not_written_again(server: Server, prefix: str, tmp_path: Path) -> None:
    opened(prefix, tmp_path / "here").put(DIGEST, CONTENT)
    before = obstore.head(server.plain(prefix), address(DIGEST))
    time.sleep(1.1)
    opened(prefix, tmp_path / "there").put(DIGEST, CONTENT)
    assert obstore.head(server.plain(prefix), address(DIGEST)) == before


#: What goes wrong, by the variables that lead to it.
WRONG = {
    "keys that the server does not know": ({"AWS_SECRET_ACCESS_KEY": "another-secret"}, "artifacts", "E1709"),
    "a bucket that is not there": ({}, "nowhere", "E1709"),
    "nobody at the address": ({"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "artifacts", "E1707"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_is_said_and_no_key_is_told(
    server: Server, prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    variables, bucket, code = WRONG[wrong]
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    store = Store(f"s3://{bucket}/{prefix}", local.Store(tmp_path / "disk"))
    uses: list[Callable[[], object]] = [lambda: store.put(DIGEST, CONTENT), store.prove, lambda: list(store.held())]
    for use in uses:
        with pytest.raises(Unavailable) as caught:
            use()
        assert caught.value.code == code
        told = f"{caught.value!r} {caught.value.what} {caught.value.why} {caught.value.fix} {caught.value.__context__}"
        assert SECRET not in told
        assert "another-secret" not in told
    assert not (tmp_path / "disk" / address(DIGEST)).exists()


class _Forgetful(BaseHTTPRequestHandler):
    """Takes everything, whatever is there."""

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("etag", '"same"')
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Forgetful) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "any")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "any")
        yield
        server.shutdown()


@pytest.mark.usefixtures("forgetful")
def test_a_server_that_overwrites_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as caught:
        opened("any", tmp_path).put(DIGEST, CONTENT)
    assert caught.value.code == "E1708"


def test_without_the_server_the_disk_goes_on(
    server: Server, prefix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opened(prefix, tmp_path / "disk")
    store.put(DIGEST, CONTENT)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    away = opened(prefix, tmp_path / "disk")
    away.bring(DIGEST)
    assert away.get(DIGEST) == CONTENT
    began = time.monotonic()
    for ask in (away.bring, away.get, away.has, lambda digest: away.put(digest, b"")):
        with pytest.raises((Unavailable, Invalid, NotFound)) as caught:
            ask(digest_of(b""))
        assert isinstance(caught.value, LampError)
        assert caught.value.code == "E1707"
    assert time.monotonic() - began < 20


#: Puts artifacts one after the other and says which one is kept; who is refused tries again, as people do.
WRITER = """
import sys
from pathlib import Path
from lamplighter.artifacts import local
from lamplighter.artifacts.s3 import Store
from lamplighter.domain.errors import Unavailable
from lamplighter.domain.record import digest_of

store = Store(sys.argv[1], local.Store(Path(sys.argv[2])))
for number in range(30):
    content = number.to_bytes(4, "big") * 50_000
    while True:
        try:
            store.put(digest_of(content), content)
            break
        except Unavailable as error:
            print(error.code, flush=True)
    print(digest_of(content), flush=True)
"""


def test_what_was_kept_outlives_a_server_that_is_killed(server: Server, prefix: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, f"s3://artifacts/{prefix}", str(tmp_path / "disk")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **server.environ}) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline().strip() for _ in range(5)]
        server.kill()
        while len(said[-1]) == 64:
            said.append(writer.stdout.readline().strip())
        server.start()
        said += writer.stdout.read().splitlines()
    assert (writer.returncode, said.count("E1709")) == (0, 0)
    assert "E1707" in said
    kept = {address(line) for line in said if len(line) == 64}
    assert len(kept) == 30
    found = {one["path"]: one for page in obstore.list(server.plain(prefix)) for one in page}
    assert kept <= found.keys()
    for path in found.keys() - {".create-only"}:
        assert address(digest_of(bytes(obstore.get(server.plain(prefix), path).bytes()))) == path
