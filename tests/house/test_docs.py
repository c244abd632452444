"""The documentation: its links lead somewhere, its commands exist, and its examples run.

A fenced block whose info string ends in `run` is executed: `python run` blocks of one page as one program, `console run`
blocks command by command, with the lines below a `$ command` compared to its output (`...` stands for anything).
Every other `python`, `json` and `toml` block has to parse, and every `lamp` command anywhere has to exist.
"""

import ast
import doctest
import json
import os
import re
import shlex
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.cli.commands import here

from lamplighter.domain.advice import RULES
from lamplighter.domain.stage import STAGE_OF

ROOT = Path(__file__).parents[2]
SCRIPTS = Path(sysconfig.get_path("scripts"))
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")])

FENCE = re.compile(r"^```(?P<language>\w*)(?: (?P<mark>run))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|mailto:)(?P<file>[^)#\s]*)(?:#(?P<anchor>[^)\s]*))?\)")
HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
MAKE = re.compile(r"(?:^|`|\$ )make (?P<target>[a-z]+)(?=[\s`]|$)", re.MULTILINE)
#: An inline command; one with a placeholder in angle brackets or dots speaks of a form, not of a command.
INLINE = re.compile(r"`(?P<command>lamp [a-z-][^`\n<…]*)`")
PIPE = re.compile(r"\s(?:[|&;>]|#).*$")


class Block(NamedTuple):
    language: str
    runnable: bool
    text: str


class Step(NamedTuple):
    """One command of a console block and what it is to print; nothing means that the output does not matter."""

    command: str
    expected: str


def blocks(page: Path) -> list[Block]:
    return [Block(found["language"], found["mark"] == "run", found["text"]) for found in FENCE.finditer(page.read_text())]


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text())


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, made as GitHub makes them."""
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(prose(page)))
    return {heading.strip().replace(" ", "-") for heading in kept}


def steps(text: str) -> Iterator[Step]:
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        yield Step(command, expected)


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def commands() -> list[str]:
    """Every `lamp` command of the documentation, without pipes and comments."""
    found = {match["command"] for page in PAGES for match in INLINE.finditer(prose(page))}
    for page in PAGES:
        shell = [block.text for block in blocks(page) if block.language in ("console", "sh", "bash", "")]
        lines = [line.removeprefix("$ ") for text in shell for line in text.splitlines()]
        found |= {line for line in lines if line.startswith("lamp ")}
    return sorted({PIPE.sub("", command).strip() for command in found})


def environment(home: Path) -> dict[str, str]:
    """The variables of a person with a new account, whose shell finds this environment's commands first."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LAMP", "XDG_"))}
    return {**kept, "HOME": str(home), "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}", "CI": "true", "LC_ALL": "C.UTF-8"}


def ids(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in LINK.finditer(prose(page)):
        target = (page.parent / link["file"]).resolve() if link["file"] else page
        assert target.exists(), link[0]
        assert target.is_relative_to(ROOT), link[0]
        if link["anchor"]:
            assert link["anchor"] in anchors(target), link[0]


def test_every_page_can_be_reached_from_the_index() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "docs" / "index.md"]
    while waiting:
        page = waiting.pop()
        if page not in seen and page.suffix == ".md":
            seen.add(page)
            waiting += [(page.parent / link["file"]).resolve() for link in LINK.finditer(prose(page)) if link["file"]]
    drafts = {ROOT / "docs" / "decisions" / "0000-template.md"}
    assert {page for page in PAGES if page.is_relative_to(ROOT / "docs")} - seen - drafts == set()


def test_the_table_of_the_idea_is_the_table_of_the_advice() -> None:
    page = (ROOT / "docs" / "idea.md").read_text()
    told = re.findall(r"^\| `([a-z-]+)` \|.*\| `([a-z-]+)` \|$", page, re.MULTILINE)
    assert told == [(rule.name, rule.arrangement) for rule in RULES]


def test_the_duties_of_the_idea_are_the_duties_of_the_stages() -> None:
    rows = re.findall(r"^\| (\w+) \| [^|`]*\| (`[^|]*`) \|$", (ROOT / "docs" / "idea.md").read_text(), re.MULTILINE)
    told = {duty: stage for stage, duties in rows for duty in re.findall(r"`([a-z-]+)`", duties)}
    assert told == {duty.value: stage.value for duty, stage in STAGE_OF.items()}


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_make_target_exists(page: Path) -> None:
    assert {match["target"] for match in MAKE.finditer(page.read_text())} <= make_targets()


def test_the_first_commands_of_the_readme_are_the_demo_and_the_tests() -> None:
    targets = [match["target"] for match in MAKE.finditer((ROOT / "README.md").read_text())]
    assert targets[:2] == ["demo", "test"]


def test_make_help_has_a_sentence_for_every_target() -> None:
    command = ["make", "--no-print-directory", "help"]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    sentences = {line.split()[1]: line.split(maxsplit=2)[2] for line in told.splitlines()}
    assert set(sentences) == make_targets()
    assert [sentence for sentence in sentences.values() if not re.fullmatch(r"[A-Z].*[.a-z\"]", sentence)] == []


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_block_parses(page: Path) -> None:
    parse: dict[str, Callable[[str], object]] = {"python": ast.parse, "json": json.loads, "toml": tomllib.loads}
    for block in blocks(page):
        if block.language in parse:
            parse[block.language](block.text)


@pytest.mark.parametrize("command", commands())
def test_every_command_exists(command: str) -> None:
    """`--help` is answered before the command does anything, and after its name, arguments and options were understood."""
    outcome = here(*shlex.split(command)[1:], "--help")
    assert outcome.code == 0, outcome.out + outcome.err


@pytest.mark.parametrize("page", [page for page in PAGES if any(block.runnable for block in blocks(page))], ids=ids)
def test_every_example_runs(page: Path, tmp_path: Path) -> None:
    marked = [block for block in blocks(page) if block.runnable]
    program = "\n".join(block.text for block in marked if block.language == "python")
    if program:
        subprocess.run([sys.executable, "-W", "error", "-c", program], env=environment(tmp_path), cwd=tmp_path, check=True)
    for step in (step for block in marked if block.language == "console" for step in steps(block.text)):
        follow(step, tmp_path)


def follow(step: Step, home: Path) -> None:
    """Runs the command as a person would type it, in a folder of its own."""
    outcome = subprocess.run(
        ["bash", "-c", step.command], env=environment(home), cwd=home, capture_output=True, text=True, check=False, timeout=120
    )
    assert outcome.returncode == 0, f"{step.command}\n{outcome.stdout}{outcome.stderr}"
    if step.expected.strip():
        alike = doctest.OutputChecker().check_output(step.expected, outcome.stdout, doctest.ELLIPSIS)
        assert alike, f"{step.command} printed\n{outcome.stdout}"


def test_an_example_that_prints_something_else_is_seen(tmp_path: Path) -> None:
    follow(Step("echo seven", "se...\n"), tmp_path)
    with pytest.raises(AssertionError, match="printed"):
        follow(Step("echo seven", "eight\n"), tmp_path)
    with pytest.raises(AssertionError):
        follow(Step("exit 3", ""), tmp_path)
