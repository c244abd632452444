"""A folder is a registry: names without imports, refusals with the known names, outside plugins that replace nothing."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import lamplighter
from lamplighter.domain.errors import NotFound
from lamplighter.plugins import FOLDERS, names, plugin

SOURCE = Path(lamplighter.__file__).parent


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_name_of_a_file_is_the_name_of_the_plugin(folder: str) -> None:
    folders = {path.parent.name for path in (SOURCE / folder).glob("*/__init__.py")}
    files = {path.stem for path in (SOURCE / folder).glob("*.py")} - {"__init__", "base"}
    assert names(folder) == tuple(sorted(files | folders))
    for name in names(folder):
        assert plugin(folder, name).__name__ == f"lamplighter.{folder}.{name}"


@pytest.mark.parametrize(
    ("folder", "name", "fix"),
    [
        ("gates", "acceptence", "Did you mean acceptance?"),
        ("gates", "load-check", "Did you mean load_check?"),
        ("measures", "jensen_shanon", "Did you mean jensen_shannon?"),
        ("gates", "base", "Use the name of a plugin in gates that exists."),
        ("gates", "", "Use the name of a plugin in gates that exists."),
        ("gates", "__init__", "Use the name of a plugin in gates that exists."),
        ("gates", "../settings", "Use the name of a plugin in gates that exists."),
        ("channels", "os", "Use the name of a plugin in channels that exists."),
        ("targets", "local.os", "Did you mean local?"),
    ],
)
def test_an_unknown_name_is_refused_with_the_known_ones(folder: str, name: str, fix: str) -> None:
    with pytest.raises(NotFound) as caught:
        plugin(folder, name)
    assert caught.value.what == f"There is no plugin in {folder} of that name."
    assert caught.value.fix == fix
    assert names(folder)[0] in caught.value.why


def outside(folder: Path, package: str, points: dict[str, str], modules: dict[str, str]) -> None:
    """An installed package: its modules and what its metadata says."""
    metadata = folder / f"{package}-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    lines = [f"[{group.rpartition('.')[0]}]\n{group.rpartition('.')[2]} = {module}\n" for group, module in points.items()]
    (metadata / "entry_points.txt").write_text("\n".join(lines))
    for name, text in modules.items():
        (folder / f"{name}.py").write_text(text)


ASKING = """
import json, sys
sys.path.insert(0, sys.argv[1])
from lamplighter.domain.errors import LampError
from lamplighter.plugins import names, plugin

def asked(folder, name):
    try:
        return plugin(folder, name).__name__
    except LampError as error:
        return [type(error).__name__, error.code]

said = {"names": names("gates"), "imported": [name for name in sys.modules if name.startswith(("lamplighter.gates", "mine"))]}
said["asked"] = [asked("gates", name) for name in sys.argv[2:]]
print(json.dumps(said))
"""


def asked(folder: Path, *wanted: str) -> dict[str, Any]:
    """What a fresh interpreter with that package says: the known names, what it imported for them, and what it was given."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", ASKING, str(folder), *wanted], capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_names_are_listed_without_importing_any(tmp_path: Path) -> None:
    found = asked(tmp_path)
    assert found["names"] == list(names("gates"))
    assert found["imported"] == []


def test_a_plugin_of_an_installed_package_is_known_and_imported_when_asked_for(tmp_path: Path) -> None:
    outside(
        tmp_path, "mine", {"lamplighter.gates.kindness": "mine_kindness", "lamplighter.gates.broken": "mine_broken"},
        {"mine_kindness": "KIND = True\n", "mine_broken": "raise RuntimeError('imported too early')\n"},
    )  # fmt: skip
    found = asked(tmp_path, "kindness", "brief", "nothing")
    assert found["names"] == sorted([*names("gates"), "kindness", "broken"])
    assert found["imported"] == []
    assert found["asked"] == ["mine_kindness", "lamplighter.gates.brief", ["NotFound", "E1201"]]


def test_a_name_that_is_taken_is_refused_and_never_replaced(tmp_path: Path) -> None:
    outside(tmp_path, "mine", {"lamplighter.gates.acceptance": "mine"}, {"mine": "raise RuntimeError('it was imported')\n"})
    found = asked(tmp_path, "acceptance", "brief")
    assert found["asked"] == [["Conflict", "E1540"], "lamplighter.gates.brief"]


def test_two_packages_cannot_share_a_name(tmp_path: Path) -> None:
    outside(tmp_path, "mine", {"lamplighter.gates.kindness": "mine"}, {"mine": ""})
    outside(tmp_path, "yours", {"lamplighter.gates.kindness": "yours"}, {"yours": ""})
    found = asked(tmp_path, "kindness", "brief")
    assert found["names"] == sorted([*names("gates"), "kindness"])
    assert found["asked"] == [["Conflict", "E1540"], "lamplighter.gates.brief"]
