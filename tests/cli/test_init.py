"""`lamp init`: a few questions, one file."""

from pathlib import Path

from tests.cli.commands import lamp, told
from tests.cli.memory import Memory

from lamplighter.domain.impact import Frequency
from lamplighter.domain.project_file import read_project


def test_the_defaults_make_a_valid_file(tmp_path: Path) -> None:
    folder = tmp_path / "Late Flights 2"
    folder.mkdir()
    outcome = lamp("init", "--yes", folder=folder)
    assert outcome.code == 0
    assert outcome.out == (
        "✓ lamp.toml describes late-flights-2.\n"
        "  source  train.py:build has to return a lamplighter.Build(model, sample,\n"
        "          labels).\n"
        "Next: lamp check      lamp deploy\n"
    )
    open_ones = "customers, loss, reversible, automated, updates"
    assert outcome.err == f"! Until [impact] answers {open_ones}, the strictest tier holds.\n"
    project = read_project((folder / "lamp.toml").read_text())
    assert project.name == "late-flights-2"
    assert project.model.source == "train.py:build"


def test_what_git_knows_of_the_owner_is_a_default(tmp_path: Path) -> None:
    known = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.email", "GIT_CONFIG_VALUE_0": "Ada@Example.com"}
    lamp("init", "--yes", "--name", "churn", folder=tmp_path, **known)
    owners = read_project((tmp_path / "lamp.toml").read_text()).owners
    assert owners.parties() == ("ada@example.com",)


def test_five_questions(tmp_path: Path) -> None:
    typed = 'churn\nSays who will leave: "soon".\nada@example.com\ny\nweekly\n'
    outcome = told(Memory(), "init", "-C", str(tmp_path), terminal=True, typed=typed)
    assert outcome.code == 0
    assert outcome.err.count("?") + outcome.err.count(": ") >= 5
    project = read_project((tmp_path / "lamp.toml").read_text())
    assert project.model.summary == 'Says who will leave: "soon".'
    assert project.owners.parties() == ("ada@example.com",)
    assert (project.impact.customers, project.impact.updates) == (True, Frequency.WEEKLY)
    assert project.impact.missing() == ("loss", "reversible", "automated")


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "lamp.toml").write_text("mine")
    assert lamp("init", "--yes", folder=tmp_path).code == 6
    assert lamp("init", "--yes", "-C", str(tmp_path)).code == 6
    assert (tmp_path / "lamp.toml").read_text() == "mine"


def test_a_name_that_cannot_be_leaves_no_file(tmp_path: Path) -> None:
    assert lamp("init", "--yes", "--name", "No Name", folder=tmp_path).code == 2
    assert list(tmp_path.glob("*.toml")) == []


def test_the_commented_lines_are_lawful_too(tmp_path: Path) -> None:
    """Whoever takes the marks away has a project that can be read."""
    lamp("init", "--yes", "--name", "churn", folder=tmp_path)
    lines = (tmp_path / "lamp.toml").read_text().splitlines()
    bare = [line.removeprefix("# ") for line in lines if not line.startswith("# ") or "=" in line or line.startswith("# [[")]
    project = read_project("\n".join(bare))
    assert project.impact.missing() == ()
    assert project.requirement[0].metric == "auc"
    assert project.owners.business == "business.owner@example.com"
