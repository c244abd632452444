"""Jobs of a CI, run as its runner runs them: the commands of the exported file, in a shell, with what the CI gives them."""

import os
import subprocess
import sysconfig
from pathlib import Path
from typing import Any, NamedTuple

import yaml


class Ran(NamedTuple):
    """How a job ended, and what it printed."""

    code: int
    said: str


def environment(**variables: str) -> dict[str, str]:
    """The variables of a runner: nobody has signed in there, and `lamp` is installed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LAMP", "XDG_", "GITHUB", "ACTIONS"))}
    path = f"{sysconfig.get_path('scripts')}{os.pathsep}{os.environ['PATH']}"
    # What is installed here already is what the job asks for; nothing is fetched.
    return {**kept, "PATH": path, "CI": "true", "LAMPLIGHTER": "lamplighter", "PIP_NO_INDEX": "1", **variables}


def github(repository: Path, job: str, temporary: Path, **variables: str) -> Ran:
    """Run the steps of a job of GitHub Actions, until one fails."""
    workflow = yaml.safe_load((repository / ".github/workflows/lamplighter.yml").read_text())
    set_later = temporary / "env"
    given = environment(
        **{**workflow["env"], "LAMPLIGHTER": "lamplighter"},
        GITHUB_ACTIONS="true",
        GITHUB_WORKSPACE=str(repository),
        GITHUB_STEP_SUMMARY=str(temporary / "summary.md"),
        GITHUB_ENV=str(set_later),
        RUNNER_TEMP=str(temporary),
        LAMP_HOME=str(temporary / "home"),
        **variables,
    )
    said = ""
    for step in workflow["jobs"][job]["steps"]:
        if "run" not in step:
            continue
        more = dict(line.split("=", 1) for line in set_later.read_text().splitlines()) if set_later.exists() else {}
        ran = _shell(step["run"], repository, {**given, **more})
        said += ran.said
        if ran.code:
            return Ran(ran.code, said)
    return Ran(0, said)


def gitlab(repository: Path, job: str, temporary: Path, **variables: str) -> Ran:
    """Run the lines of a job of GitLab, until one fails."""
    jobs = yaml.safe_load((repository / ".gitlab/lamplighter.yml").read_text())
    base = jobs[".lamplighter"]
    declared: dict[str, Any] = {**base["variables"], "LAMPLIGHTER": "lamplighter"}
    given = environment(
        **{**declared, "LAMP_CONFIG": str(temporary / "login.toml")},
        CI_PROJECT_DIR=str(repository),
        LAMP_HOME=str(temporary / "home"),
        **variables,
    )
    ran = _shell("\n".join([*base["before_script"], *jobs[job]["script"]]), repository, given)
    after = _shell("\n".join(base["after_script"]), repository, given)
    return Ran(ran.code, ran.said + after.said)


def _shell(text: str, folder: Path, variables: dict[str, str]) -> Ran:
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text],
        cwd=folder,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=200,
        check=False,
    )
    return Ran(done.returncode, done.stdout)
