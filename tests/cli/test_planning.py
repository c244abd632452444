"""`lamp plan` and `lamp apply` over many folders."""

from pathlib import Path

import pytest
from tests.cli.commands import told
from tests.cli.memory import Memory


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three projects, of which one says what is in force."""
    for name in ("same", "east", "west"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "lamp.toml").write_text(f'[model]\nname = "{name}"\nsummary = "Of {name}."\n')
    return tmp_path


def test_every_change_is_listed_and_the_exit_code_can_tell(folder: Path) -> None:
    done = told(Memory(), "plan", str(folder))
    assert done.out.startswith("4 changes, 2 models.\n")
    assert '\neast (new)\n  + model.name  "east"\n  + model.summary  "Of east."\nwest (new)\n' in done.out
    assert f"Next: lamp apply {folder}" in done.out
    assert done.code == 0
    assert told(Memory(), "plan", str(folder), "--detailed-exitcode").code == 2
    same = told(Memory(), "plan", str(folder / "same"), "--detailed-exitcode")
    assert (same.code, same.out) == (0, "No changes in 1 model.\n")


def test_one_that_is_refused_is_named_with_the_way_forward(folder: Path) -> None:
    (folder / "west" / "lamp.toml").write_text('[model]\nname = "bad"\n')
    done = told(Memory(), "plan", str(folder))
    assert "  ✗ No. It is bad.\n    Fix  Mend it.\n" in done.out
    assert "Next:" not in done.out
    assert (done.code, told(Memory(), "plan", str(folder), "--detailed-exitcode").code) == (5, 1)


def test_what_is_kept_in_a_file_is_what_is_applied(folder: Path) -> None:
    platform, file = Memory(), folder / "plan.json"
    planned = told(platform, "--json", "plan", str(folder), "--out", str(file))
    (folder / "east" / "lamp.toml").write_text('[model]\nname = "another"\n')
    done = told(platform, "apply", str(file))
    assert done.out.startswith("2 projects saved.\n")
    assert platform.deeds == [("apply_plan", planned.json["data"]["key"])]


def test_many_folders_are_asked_about_first(folder: Path) -> None:
    refused = told(Memory(), "apply", str(folder))
    assert (refused.code, "E1182" in refused.err) == (2, True)
    platform = Memory()
    assert told(platform, "apply", str(folder), typed="n\n", terminal=True).code == 130
    assert platform.deeds == []
    assert told(platform, "apply", str(folder), typed="y\n", terminal=True).out.startswith("2 projects saved.\n")


@pytest.mark.parametrize("content", [b"", b"{}", b'{"at": 1, "planned": [{}], "unchanged": 0}', b"\xff"])
def test_what_is_no_plan_is_named(folder: Path, content: bytes) -> None:
    (folder / "plan.json").write_bytes(content)
    done = told(Memory(), "apply", str(folder / "plan.json"))
    assert (done.code, "E1599" in done.err) == (2, True)
