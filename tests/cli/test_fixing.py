"""A failed run on the command line: taken apart into a folder that can be worked in, or run again."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from tests.cli.commands import told
from tests.cli.memory import Memory


@pytest.fixture
def platform() -> Memory:
    return Memory()


def test_what_is_kept_is_written_with_a_script_that_scores_it(platform: Memory, tmp_path: Path) -> None:
    folder = tmp_path / "mend"
    answer = told(platform, "--json", "jobs", "fix", "J-1", "--to", str(folder))
    assert answer.code == 0, answer.err
    assert sorted(path.name for path in folder.iterdir()) == [
        "failure.json", "order.json", "output.log", "rows.arrow", "score.sh",
    ]  # fmt: skip
    assert (folder / "rows.arrow").read_bytes() == b"rows"
    order = json.loads((folder / "order.json").read_text())
    assert (order["input"], order["version"], "log" in order) == ("flights", "late-flights@7", False)
    # The script calls the first `lamp` of the path, in its folder.
    spy = tmp_path / "lamp"
    spy.write_text('#!/bin/sh\necho "$PWD $@"\n')
    spy.chmod(0o755)
    surroundings = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run([folder / "score.sh"], env=surroundings, cwd="/", capture_output=True, text=True, check=True)
    assert done.stdout == f"{folder} score late-flights@7 rows.arrow scores.arrow --env prod\n"


def test_a_run_without_rows_has_no_script(platform: Memory, tmp_path: Path) -> None:
    told(platform, "jobs", "fix", "J-3", "--to", str(tmp_path / "mend"))
    assert sorted(path.name for path in (tmp_path / "mend").iterdir()) == ["failure.json", "order.json", "output.log"]


def test_nothing_is_written_over(platform: Memory, tmp_path: Path) -> None:
    folder = tmp_path / "mend"
    folder.mkdir()
    answer = told(platform, "jobs", "fix", "J-1", "--to", str(folder))
    assert ("E1565" in answer.err, answer.code, list(folder.iterdir())) == (True, 6, [])


def test_it_is_run_again(platform: Memory) -> None:
    answer = told(platform, "jobs", "fix", "J-1", "--rerun", "--input", "corrected")
    assert answer.out.splitlines()[0] == "✓ J-2 repeats J-1 of the job nightly and is waiting."
    assert platform.deeds == [("rerun", "J-1", "corrected")]


@pytest.mark.parametrize("words", [["--input", "corrected"], ["--rerun", "--to", "here"]])
def test_flags_without_effect_are_refused(platform: Memory, words: list[str]) -> None:
    answer = told(platform, "jobs", "fix", "J-1", *words)
    assert ("E1241" in answer.err, answer.code, platform.deeds) == (True, 2, [])
