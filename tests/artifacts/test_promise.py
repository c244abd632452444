"""What every store of artifacts promises: bytes under their digest, whole or not at all, and a list of what is there."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lamplighter import plugins
from lamplighter.artifacts.base import Held, Stock
from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.record import digest_of

CONTENT = b"a model"
DIGEST = digest_of(CONTENT)


def local(_: pytest.FixtureRequest, root: Path) -> Stock:
    store: Stock = plugins.plugin("artifacts", "local").Store(root / "artifacts")
    return store


def s3(request: pytest.FixtureRequest, root: Path) -> Stock:
    request.getfixturevalue("server")
    disk = plugins.plugin("artifacts", "local").Store(root / "artifacts")
    store: Stock = plugins.plugin("artifacts", "s3").Store(f"s3://artifacts/{root.name}", disk)
    return store


#: How each kind of store is opened; a new one is named here.
STORES: dict[str, Callable[[pytest.FixtureRequest, Path], Stock]] = {"local": local, "s3": s3}


@pytest.fixture(params=plugins.names("artifacts"))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Stock:
    return STORES[request.param](request, tmp_path)


@pytest.mark.parametrize("content", [b"", b"a model", bytes(range(256)) * 10_000], ids=["nothing", "few", "many"])
def test_what_is_put_is_got(store: Stock, content: bytes) -> None:
    digest = digest_of(content)
    assert not store.has(digest)
    store.put(digest, content)
    store.put(digest, content)
    assert store.has(digest)
    assert store.get(digest) == content
    store.bring(digest)


def test_bytes_of_another_digest_are_refused_and_leave_nothing(store: Stock) -> None:
    with pytest.raises(Invalid) as caught:
        store.put(DIGEST, CONTENT + b"!")
    assert caught.value.code == "E1141"
    assert not store.has(DIGEST)
    assert list(store.held()) == []


def test_what_was_never_put_is_not_there(store: Stock) -> None:
    store.put(DIGEST, CONTENT)
    for ask in (store.get, store.bring):
        with pytest.raises(NotFound) as caught:
            ask("0" * 64)
        assert caught.value.code == "E1210"
    assert store.lacks(["0" * 64, DIGEST]) == ["0" * 64]


def test_what_is_held_can_be_looked_through_and_removed(store: Stock) -> None:
    began = time.time_ns() // 1000
    contents = [os.urandom(size) for size in (0, 1, 5000)]
    for content in contents:
        store.put(digest_of(content), content)
    found = {one.digest: one for one in store.held()}
    assert {digest: one.size for digest, one in found.items()} == {digest_of(one): len(one) for one in contents}
    # Servers tell whole seconds.
    assert all(began - 1_000_000 <= one.at <= time.time_ns() // 1000 + 1_000_000 for one in found.values())
    gone, *left = found
    store.remove(gone)
    store.remove(gone)
    assert {one.digest for one in store.held()} == set(left)
    assert (store.has(gone), store.lacks([gone])) == (False, [gone])
    with pytest.raises(NotFound):
        store.get(gone)


@pytest.mark.parametrize("hostile", ["", "..", "../../etc/passwd", "ab/" + "ab" * 32, "AB" * 32, "ab" * 32 + "\n"])
def test_nothing_but_a_digest_is_a_name(store: Stock, hostile: str) -> None:
    uses: list[Callable[[str], object]] = [
        store.get, store.has, store.bring, store.remove,
        lambda name: store.lacks([name]), lambda name: store.put(name, CONTENT),
    ]  # fmt: skip
    for use in uses:
        with pytest.raises((NotFound, Invalid)):
            use(hostile)
    assert list(store.held()) == []


def test_many_who_put_the_same_agree(store: Stock) -> None:
    content = os.urandom(200_000)
    digest = digest_of(content)
    failures: list[BaseException] = []

    def put() -> None:
        try:
            store.put(digest, content)
            assert store.get(digest) == content
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=put) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    held = list(store.held())
    assert held == [Held(digest, 200_000, held[0].at)]


def test_what_a_dead_writer_left_is_tidied_away(store: Stock, tmp_path: Path) -> None:
    left = tmp_path / "artifacts" / ".partial" / ".0123456789abcdef"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    assert list(store.held()) == []
    assert store.tidy(left.stat().st_mtime_ns // 1000 - 1) == 0
    assert store.tidy(left.stat().st_mtime_ns // 1000 + 1) == 1
    assert not left.exists()
