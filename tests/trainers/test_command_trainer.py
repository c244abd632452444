"""A training as a real process: begun once, seen through its files, ended when its time is over, alive without its starter."""

import json
import os
import pkgutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from lamplighter import trainers
from lamplighter.domain.job import Cause
from lamplighter.plugins import plugin
from lamplighter.trainers import command
from lamplighter.trainers.base import Failed, Finished, Job, Outcome, Running, Trainer

#: Leaves a result as `sdk.training` does.
LEAVE = "import json, os; from pathlib import Path; Path(os.environ['LAMP_RESULT']).write_text(json.dumps({'number': 7}))"
WAIT = "import time; time.sleep(60)"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """The folder of one training; what still runs at the end is killed."""
    folder = tmp_path / "trainings" / "T-1"
    yield folder
    with suppress(OSError, ValueError):
        # Number 0 would be this very process group.
        if pid := pid_of(folder):
            os.killpg(pid, signal.SIGKILL)


def pid_of(place: Path) -> int:
    return int(json.loads((place / "started.json").read_text())["pid"])


def job(script: str, *, seconds: float = 60.0, folder: str = "/") -> Job:
    return Job(command=("python", "-c", script), folder=folder, seconds=seconds)


def begun(script: str, place: Path, **changes: Any) -> str:
    return command.start(job(script, **changes), place, {})


def until(seen: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < end
        time.sleep(0.02)


def ended(place: Path) -> Outcome:
    until(lambda: command.outcome("T-1", place) != Running())
    return command.outcome("T-1", place)


def runs(pid: int) -> bool:
    """Whether a process is there and no mere entry that its parent has not collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.mark.parametrize("name", sorted({module.name for module in pkgutil.iter_modules(trainers.__path__)} - {"base"}))
def test_every_file_is_a_trainer(name: str, place: Path) -> None:
    found: Trainer = plugin("trainers", name)
    assert callable(found.start)
    assert isinstance(found.outcome("T-1", place), Failed)


def test_a_training_that_leaves_a_version_has_finished(place: Path) -> None:
    assert begun(LEAVE, place) == "T-1"
    assert ended(place) == Finished(number=7)
    assert command.outcome("T-1", place) == Finished(number=7)
    assert place.stat().st_mode & 0o777 == 0o700


def test_it_is_given_what_it_needs_and_nothing_else(place: Path, tmp_path: Path) -> None:
    script = f"import json, os; print(json.dumps([dict(os.environ), os.getcwd(), os.getsid(0) == os.getpid()])); {LEAVE}"
    command.start(job(script, folder=str(tmp_path)), place, {"LAMP_URL": "http://127.0.0.1:1", "LAMP_TOKEN": "lmp_x"})
    assert ended(place) == Finished(number=7)
    environment, folder, leads = json.loads((place / "output.log").read_text())
    assert (folder, leads) == (str(tmp_path), True)
    assert environment["LAMP_URL"] == "http://127.0.0.1:1"
    assert environment["LAMP_RESULT"] == str(place / "result.json")
    allowed = {"PATH", "HOME", "LANG", "TZ", "TMPDIR", "LAMP_URL", "LAMP_TOKEN", "LAMP_RESULT", "LAMP_FAILURE", "LC_CTYPE"}
    assert set(environment) <= allowed


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("raise SystemExit(3)", "It ended without a version; see output.log of T-1."),
        ("pass", "It ended without a version; see output.log of T-1."),
        (LEAVE.replace("json.dumps({'number': 7})", "'seven'"), "What it left as its result cannot be read."),
        (LEAVE.replace("{'number': 7}", "{}"), "What it left as its result cannot be read."),
        (LEAVE.replace("'number': 7", "'number': 0"), "What it left as its result cannot be read."),
        (LEAVE.replace("json.dumps({'number': 7})", "''"), "What it left as its result cannot be read."),
    ],
)
def test_a_training_without_a_version_has_failed(place: Path, script: str, why: str) -> None:
    begun(script, place)
    assert ended(place) == Failed(why=why)


def test_one_that_is_killed_has_failed_by_what_may_pass(place: Path) -> None:
    begun("import os; os.kill(os.getpid(), 9)", place)
    why = "Its process was ended from outside; see output.log of T-1."
    assert ended(place) == Failed(why=why, cause=Cause.INFRASTRUCTURE, passing=True)


def test_what_the_command_says_of_its_end_is_believed(place: Path) -> None:
    said = 'open(os.environ["LAMP_FAILURE"], "w").write(\'{"cause": "credentials", "why": "No."}\')'
    begun(f"import os; {said}; raise SystemExit(1)", place)
    assert ended(place) == Failed(why="No.", cause=Cause.CREDENTIALS)


def test_what_it_says_is_kept(place: Path) -> None:
    begun("import sys; print('to out'); print('to err', file=sys.stderr); raise SystemExit(1)", place)
    ended(place)
    assert sorted((place / "output.log").read_text().split("\n")) == ["", "to err", "to out"]


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (Job(command=("no-such-program-here",), folder="/"), "It could not be started (FileNotFoundError)."),
        (Job(command=("python",), folder="/no/such/folder"), "It could not be started (FileNotFoundError)."),
        (Job(command=("/",), folder="/"), "It could not be started (PermissionError)."),
    ],
)
def test_what_cannot_be_started_has_failed(place: Path, made: Job, why: str) -> None:
    assert command.start(made, place, {}) == "T-1"
    assert command.outcome("T-1", place) == Failed(why=why, cause=Cause.INFRASTRUCTURE)


def test_while_it_runs_it_is_running(place: Path) -> None:
    begun(WAIT, place)
    assert command.outcome("T-1", place) == Running()
    os.killpg(pid_of(place), signal.SIGKILL)
    assert ended(place) == Failed(
        why="Its process was ended from outside; see output.log of T-1.", cause=Cause.INFRASTRUCTURE, passing=True
    )


def test_a_result_that_is_half_written_is_waited_for(place: Path, tmp_path: Path) -> None:
    script = (
        "import os, time; from pathlib import Path\n"
        "out = open(os.environ['LAMP_RESULT'], 'w'); out.write('{\"num'); out.flush()\n"
        f"while not Path({str(tmp_path / 'go on')!r}).exists(): time.sleep(0.01)\n"
        "out.write('ber\": 8}'); out.close()"
    )
    begun(script, place)
    until(lambda: (place / "result.json").exists() and (place / "result.json").stat().st_size > 0)
    assert command.outcome("T-1", place) == Running()
    (tmp_path / "go on").touch()
    assert ended(place) == Finished(number=8)


def test_a_result_may_be_left_twice(place: Path) -> None:
    begun(f"{LEAVE}; {LEAVE.replace('7', '8')}; {WAIT}", place)
    until(lambda: command.outcome("T-1", place) == Finished(number=8))


def test_what_takes_too_long_is_ended_with_all_its_children(place: Path) -> None:
    script = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {WAIT!r}]).pid, flush=True); {WAIT}"
    begun(script, place, seconds=0.5)
    until(lambda: (place / "output.log").read_text().endswith("\n"))
    child = int((place / "output.log").read_text())
    assert runs(child)
    until(lambda: command.outcome("T-1", place) == Failed(why="It took longer than it may."))
    until(lambda: not runs(child) and not runs(pid_of(place)))
    assert isinstance(ended(place), Failed)


COUNTING = "import os; print(os.getpid(), flush=True); import time; time.sleep(60)"


def test_started_twice_it_is_one_process(place: Path) -> None:
    threads = [threading.Thread(target=begun, args=(COUNTING, place)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until(lambda: bool((place / "output.log").read_text()))
    first = pid_of(place)
    assert begun(COUNTING, place) == "T-1"
    assert (pid_of(place), (place / "output.log").read_text()) == (first, f"{first}\n")


def test_after_a_crash_while_it_was_started_it_has_failed_and_is_not_started_again(place: Path) -> None:
    place.mkdir(parents=True)
    (place / "started.json").touch()
    assert begun(LEAVE, place) == "T-1"
    assert command.outcome("T-1", place) == Failed(
        why="The platform ended while it was being started.", cause=Cause.INFRASTRUCTURE
    )
    assert not (place / "output.log").exists()


def test_a_number_that_went_to_another_process_is_not_the_training(place: Path) -> None:
    """The other one must neither count as running nor be killed when the time is over."""
    begun("pass", place)
    ended(place)
    other = subprocess.Popen([sys.executable, "-c", WAIT], start_new_session=True)
    record = json.loads((place / "started.json").read_text())
    for over in (0.0, time.time() + 60):
        (place / "started.json").write_text(json.dumps({**record, "pid": other.pid, "until": over}))
        assert command.outcome("T-1", place) == Failed(why="It ended without a version; see output.log of T-1.")
    assert other.poll() is None
    other.kill()
    other.wait()


def test_a_dead_process_that_nobody_collects_does_not_run(place: Path) -> None:
    begun("pass", place)
    ended(place)
    dead = subprocess.Popen([sys.executable, "-c", "pass"])
    until(lambda: not runs(dead.pid))
    born = Path(f"/proc/{dead.pid}/stat").read_text().rpartition(")")[2].split()[19]
    record = {"pid": dead.pid, "born": born, "until": time.time() + 60}
    (place / "started.json").write_text(json.dumps(record))
    assert command.outcome("T-1", place) == Failed(why="It ended without a version; see output.log of T-1.")
    dead.wait()


STARTER = """
import sys
from pathlib import Path
from lamplighter.trainers import command
from lamplighter.trainers.base import Job

command.start(Job(command=("python", "-c", sys.argv[2]), folder="/"), Path(sys.argv[1]), {})
print("begun", flush=True)
sys.stdin.read()
"""


def test_it_outlives_whoever_started_it(place: Path, tmp_path: Path) -> None:
    waiting = f"while not Path({str(tmp_path / 'go on')!r}).exists(): time.sleep(0.01)"
    script = f"import time; from pathlib import Path\n{waiting}\n{LEAVE}"
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(place), script],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert starter.stdout is not None
    assert starter.stdin is not None
    assert starter.stdout.readline() == b"begun\n"
    os.killpg(starter.pid, signal.SIGKILL)
    starter.wait()
    starter.stdin.close()
    starter.stdout.close()
    assert command.outcome("T-1", place) == Running()
    (tmp_path / "go on").touch()
    assert ended(place) == Finished(number=7)


def test_a_failure_is_seen_by_who_did_not_start_it(place: Path) -> None:
    starter = subprocess.run(
        [sys.executable, "-c", STARTER, str(place), "raise SystemExit(1)"], stdin=subprocess.DEVNULL, check=True, timeout=60
    )
    assert starter.returncode == 0
    assert ended(place) == Failed(why="It ended without a version; see output.log of T-1.")
