"""A version with other packages than those here runs in an environment of its own, made once, from wheels alone."""

import asyncio
import hashlib
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from tests.serving.runtimes.conftest import HERE
from tests.wheels import again, wheel

from lamplighter.domain.version import Badge, Lock, Manifest
from lamplighter.serving.runtimes.base import Surroundings, Unloadable
from lamplighter.serving.runtimes.python import load
from lamplighter.serving.worker.environments import digest, hold

pytest.importorskip("uv")

NEEDED = ("numpy", "pandas", "python-dateutil", "six")
#: Answers with what a package says that is nowhere but in the environment, and looks for one that is only outside.
SOURCE = b"""
import importlib.util
import sunflower

def predict(table):
    return table["x"] * sunflower.PETALS + (importlib.util.find_spec("sklearn") is not None)

predict.__lamplighter_predictor__ = ()
"""


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder of wheels, and the hash of one that is installed nowhere."""
    folder = tmp_path_factory.mktemp("wheels")
    for name in (*NEEDED, "msgspec"):
        again(folder, metadata.distribution(name))
    return folder, wheel(folder, "sunflower", "1.0", {"sunflower.py": b"PETALS = 34\n"})


@pytest.fixture
def offline(wheels: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Packages come from the folder of wheels alone; gives the hash of the one that is not installed."""
    monkeypatch.setenv("UV_FIND_LINKS", str(wheels[0]))
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(wheels[0].parent / "cache"))
    return wheels[1]


def lock(**more: Any) -> Lock:
    packages = {name: metadata.version(name) for name in NEEDED} | {"sunflower": "1.0"}
    return Lock(python=HERE.python, packages=packages, **more)


def answer(root: Path, manifest: Manifest) -> list[float]:
    async def main() -> list[float]:
        runtime = await load(manifest, root, Surroundings(environments=root / "environments", is_author=True))
        try:
            assert runtime.sandbox == "full"
            return await runtime.score({"x": [2.0]}, 1)
        finally:
            await runtime.close()

    return asyncio.run(main())


def test_the_worker_has_the_packages_of_its_lock_and_no_others(tmp_path: Path, store: Any, offline: str) -> None:
    manifest = store({"model": ("python-source", Badge.CODE, SOURCE)}, "python", lock())
    assert answer(tmp_path, manifest) == [68.0]
    place = tmp_path / "environments" / digest(manifest.lock)
    made = place.stat().st_ino
    assert answer(tmp_path, manifest) == [68.0]
    assert place.stat().st_ino == made
    linked = next(place.glob("lib/*/site-packages/sunflower.py"))
    assert linked.stat().st_nlink > 1


def test_many_at_once_make_it_once(tmp_path: Path, offline: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        held = list(pool.map(lambda _: hold(lock(), tmp_path), range(4)))
    assert len({one.interpreter.stat().st_ino for one in held}) == 1
    assert [path.name for path in tmp_path.glob("*.new")] == []
    for one in held:
        one.let_go()


def refused(folder: Path, wanted: Lock) -> str:
    with pytest.raises(Unloadable) as caught:
        hold(wanted, folder)
    assert [path for path in folder.glob("*") if path.is_dir() and path.name not in ("cache",)] == []
    return str(caught.value)


def test_a_wheel_of_another_hash_is_not_installed(tmp_path: Path, wheels: tuple[Path, str], offline: str) -> None:
    hashes = {path.name.split("-")[0].replace("_", "-"): path.read_bytes() for path in wheels[0].glob("*.whl")}
    true = {name: (hashlib.sha256(content).hexdigest(),) for name, content in hashes.items()}
    hold(lock(hashes=true), tmp_path / "true").let_go()
    false = {**true, "sunflower": ("0" * 64,)}
    assert "uv could not make its environment" in refused(tmp_path / "false", lock(hashes=false))


def test_what_cannot_be_had_is_refused_with_the_reason_and_the_way_on(tmp_path: Path, offline: str) -> None:
    absent = Lock(python=HERE.python, packages={"no-such-flower": "9.9"})
    why = refused(tmp_path, absent)
    assert why == (
        "uv could not make its environment: no-such-flower==9.9 is not in the cache of uv, which may reach no index. Unset"
        " UV_OFFLINE. Let uv reach your package index (UV_DEFAULT_INDEX, UV_INDEX), and repeat. Or serve it where its packages"
        " are."
    )
    assert "://" not in why
    assert "made with Python 3.1, and here is" in refused(tmp_path, Lock(python="3.1"))
