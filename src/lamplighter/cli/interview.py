"""The questions of `lamp init`, and the file that the answers make."""

import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import click

from lamplighter.cli.page import Page
from lamplighter.cli.session import Session
from lamplighter.domain.errors import Conflict
from lamplighter.domain.impact import Frequency
from lamplighter.domain.names import model_name, party_name
from lamplighter.domain.project import Project
from lamplighter.domain.project_file import read_project
from lamplighter.lifecycle.people import owner_address
from lamplighter.sdk.connect import local_token
from lamplighter.settings import read_settings

Answers = Mapping[str, str]


def interviewed(session: Session, name: str) -> Page:
    """Ask, check the answers as a project, write lamp.toml; raises `Conflict` if there is one."""
    folder = session.path("").resolve()
    file = folder / "lamp.toml"
    if file.exists():
        raise _there_is_one()
    answers = _answers(session, folder, name)
    text = written(answers)
    project = read_project(text)
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise _there_is_one() from None
    open_ones = project.impact.missing()
    return Page(
        says=f"✓ lamp.toml describes {project.name}.",
        data={"model": project.name, "file": str(file), "unanswered": list(open_ones)},
        facts=_facts(project),
        next=["lamp check", "lamp deploy"],
        warnings=[f"Until [impact] answers {', '.join(open_ones)}, the strictest tier holds."] if open_ones else (),
    )


def _there_is_one() -> Conflict:
    return Conflict(
        "There is a lamp.toml here already.",
        why="lamp init never overwrites one.",
        fix="Edit it, or name another folder with -C DIR.",
        code="E1580",
    )


def _facts(project: Project) -> list[tuple[str, str]]:
    return [("source", f"{project.model.source} has to return a lamplighter.Build(model, sample, labels).")]


def _answers(session: Session, folder: Path, name: str) -> Answers:
    guessed = re.sub(r"[^a-z0-9]+", "-", folder.name.lower()).strip("-")[:63] or "model"
    defaults = {"name": name or guessed, "summary": "", "owner": _owner(folder), "customers": "", "updates": ""}
    if session.flags.yes or not session.terminal:
        return {**defaults, "name": model_name(defaults["name"])}
    updates = click.Choice([frequency.value for frequency in Frequency])
    return {
        "name": model_name(_asked("Name of the model", defaults["name"])),
        "summary": _asked("What it does, in one sentence", ""),
        "owner": party_name(_asked("Who owns it (e-mail)", defaults["owner"])),
        "customers": "true" if click.confirm("Are customers served by it?", default=False, err=True) else "false",
        "updates": click.prompt("How often a new version", default="monthly", type=updates, err=True),
    }


def _asked(question: str, default: str) -> str:
    return str(click.prompt(question, default=default, show_default=bool(default), err=True)).strip()


def _owner(folder: Path) -> str:
    """Who owns the platform of this machine, where there is one: an account that exists. Else whom git knows."""
    settings = read_settings()
    return owner_address() if local_token(settings) else _git_address(folder)


def _git_address(folder: Path) -> str:
    """The address that git knows of the person, if it is a lawful one."""
    try:
        command = ["git", "config", "user.email"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=5, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    address = done.stdout.strip().lower()
    return address if re.fullmatch(r"[a-z0-9][a-z0-9._+-]*@[a-z0-9.-]+[a-z0-9]", address) else ""


def written(answers: Answers) -> str:
    """The text of lamp.toml. A question without an answer stands there as a comment."""
    owner = answers["owner"]
    stages = ("design", "industrialization", "deployment", "monitoring", "management")
    told = [f"{stage:<17} = {_quoted(owner)}" if owner else f'# {stage:<15} = "you@example.com"' for stage in stages]
    return _FORM.format(
        name=_quoted(answers["name"]),
        summary=_quoted(answers["summary"]),
        owners="\n".join(told),
        customers=f"customers  = {answers['customers']}" if answers["customers"] else "# customers  = false",
        updates=f"updates    = {_quoted(answers['updates'])}" if answers["updates"] else '# updates    = "monthly"',
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


_FORM = """\
schema = 1

[model]
name    = {name}
summary = {summary}
source  = "train.py:build"   # a function that returns lamplighter.Build(model, sample, labels)

# Why the model exists. Mission-critical models are not deployed without it.
[problem]
statement = ""
requester = ""

# One accountable owner a stage: an e-mail address or a team such as "@it-ops".
[owners]
{owners}
# business          = "business.owner@example.com"
# deputy            = "stand.in@example.com"

# From these answers follows how critical the model is. Until all five are given, the strictest tier holds.
[impact]
{customers}   # are customers served by it?
{updates}   # daily, weekly, monthly, quarterly or yearly
# loss       = "small"   # what one wrong answer costs: none, small or large
# reversible = true      # can a wrong decision be undone?
# automated  = false     # are decisions taken without a person?

# What a version has to reach, word for word.
# [[requirement]]
# metric   = "auc"
# operator = ">="
# bound    = 0.7
"""
