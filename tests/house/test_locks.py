"""The locks: every package with a hash, all of one mind, and all that pyproject.toml asks for."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
EXTRAS = PROJECT["project"]["optional-dependencies"]
GROUPS = PROJECT["dependency-groups"]
#: What each lock has to hold.
ASKED: dict[str, list[str]] = {
    "core": PROJECT["project"]["dependencies"],
    "demo": [*PROJECT["project"]["dependencies"], *EXTRAS["ml"]],
    "dev": [*PROJECT["project"]["dependencies"], *(text for extra in EXTRAS.values() for text in extra), *GROUPS["dev"]],
    "build": [*GROUPS["build"], *PROJECT["build-system"]["requires"]],
    "uv": GROUPS["installer"],
    "clients-cards": GROUPS["clients-cards"],
    "clients-ci": GROUPS["clients-ci"],
    "clients-ray": GROUPS["clients-ray"],
    "clients-s3": GROUPS["clients-s3"],
    "clients-rest": GROUPS["clients-rest"],
    "clients-tensors": GROUPS["clients-tensors"],
}


def pins(lock: Path) -> set[str]:
    """The lines of a lock that pin a package, with their markers."""
    return {line.rstrip(" \\") for line in lock.read_text().splitlines() if re.match(r"[a-z0-9]", line)}


def test_each_lock_is_known() -> None:
    assert [lock.stem for lock in LOCKS] == sorted(ASKED)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_package_is_held_to_a_hash(lock: Path) -> None:
    packages = re.split(r"\n(?=\S)", lock.read_text().strip())
    assert [package for package in packages if not re.match(r"[\w.-]+==\S+.*\n.*--hash=sha256:[0-9a-f]{64}", package)] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_no_lock_brings_an_address_or_a_graphics_card(lock: Path) -> None:
    assert re.findall(r".*(?:://|^nvidia-).*", lock.read_text(), re.MULTILINE) == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_everything_asked_for_is_locked(lock: Path) -> None:
    pinned = [Requirement(pin.replace("==", " == ")) for pin in pins(lock)]
    for text in ASKED[lock.stem]:
        asked = Requirement(text)
        versions = [next(iter(pin.specifier)).version for pin in pinned if pin.name == canonicalize_name(asked.name)]
        assert versions, text
        assert all(asked.specifier.contains(version) for version in versions), text


def test_one_environment_can_serve_all_locks() -> None:
    core, demo, dev = (pins(ROOT / "requirements" / f"{name}.txt") for name in ("core", "demo", "dev"))
    assert core <= demo <= dev
