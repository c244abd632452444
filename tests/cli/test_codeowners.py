"""The owners in lamp.toml become owners of the files, and a later rule that takes a model from them is told."""

from pathlib import Path

import pytest
from tests.cli.commands import told
from tests.cli.memory import Memory

from lamplighter.cli.codeowners import disagreements
from lamplighter.domain.codeowners import deciding, read_rules

OWNERS = """
[owners]
design = "@data-science"
industrialization = "ada@example.com"
deployment = { first = "@data-science", then = "@it-ops", after = "90d" }
monitoring = "@it-ops"
"""
NAMES = 'organisation = "example"\n[owners]\n"ada@example.com" = "@ada"\n'


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    for name in ("churn", "late flights"):
        folder = tmp_path / "models" / name
        (folder / "parts").mkdir(parents=True)
        (folder / "lamp.toml").write_text(f'[model]\nname = "{name.replace(" ", "-")}"\n{OWNERS}')
        (folder / "train.py").write_text("")
        (folder / "parts" / "rows.py").write_text("")
        (folder / "parts" / "rows.sql").write_text("")
    (tmp_path / "lamp-codeowners.toml").write_text(NAMES)
    return tmp_path


def exported(repository: Path, *words: str) -> str:
    done = told(Memory(), "-C", str(repository), "export", "codeowners", *words)
    assert done.code == 0, done.err
    return done.out


def test_rules_of_every_model_are_written_into_a_new_file(repository: Path) -> None:
    assert exported(repository).startswith("✓ .github/CODEOWNERS names the owners of 2 models.\n")
    text = (repository / ".github" / "CODEOWNERS").read_text()
    assert text.splitlines()[1:-1] == [
        "/models/churn/ @example/data-science @ada",
        "/models/churn/lamp.toml @example/data-science @ada @example/it-ops",
        "/models/late\\ flights/ @example/data-science @ada",
        "/models/late\\ flights/lamp.toml @example/data-science @ada @example/it-ops",
    ]
    assert disagreements(repository / "models" / "churn") == disagreements(repository / "models" / "late flights") == []


def test_other_rules_stay_and_ours_are_replaced_where_they_stand(repository: Path) -> None:
    file = repository / "CODEOWNERS"
    file.write_text("* @everybody\n*.py @dev")
    exported(repository)
    file.write_text(file.read_text() + "/docs/ @writers\n")
    before = file.read_text()
    exported(repository, "models")
    assert file.read_text() == before
    assert before.startswith("* @everybody\n*.py @dev\n\n# Begin")
    assert before.endswith("# End of it.\n/docs/ @writers\n")
    assert not (repository / ".github").exists()
    assert told(Memory(), "-C", str(repository / "models" / "churn"), "export", "codeowners").code == 0
    assert file.read_text() == before
    (rule,) = deciding(read_rules(file.read_text()), "models/churn/train.py")
    assert rule.owners == ("@example/data-science", "@ada")


def test_a_repository_of_gitlab_gets_its_file_where_gitlab_looks(repository: Path) -> None:
    (repository / ".gitlab-ci.yml").write_text("")
    assert exported(repository).startswith("✓ .gitlab/CODEOWNERS names")
    assert disagreements(repository / "models" / "churn") == []


def test_sections_get_a_section_of_ours(repository: Path) -> None:
    (repository / ".gitlab").mkdir()
    (repository / ".gitlab" / "CODEOWNERS").write_text("[Code] @dev\n*.py\n")
    exported(repository)
    rules = read_rules((repository / ".gitlab" / "CODEOWNERS").read_text())
    assert [rule.section for rule in deciding(rules, "models/churn/train.py")] == ["code", "models"]
    assert disagreements(repository / "models" / "churn") == []


def test_a_later_rule_that_takes_files_of_a_model_is_told(repository: Path) -> None:
    exported(repository)
    file = repository / ".github" / "CODEOWNERS"
    file.write_text(file.read_text() + "*.py @dev\n/models/*/parts/*.sql\n")
    found = disagreements(repository / "models" / "churn")
    owners = "of churn, whose owners are @example/data-science, @ada."
    assert found == [
        f".github/CODEOWNERS:8 `/models/*/parts/*.sql` takes parts/rows.sql {owners}"
        if "sql" in one
        else f".github/CODEOWNERS:7 `*.py @dev` takes train.py and 1 more {owners}"
        for one in found
    ]
    assert len(found) == 2
    planned = told(Memory(), "plan", str(repository / "models"))
    assert planned.code == 0
    assert " ".join(planned.err.split()).count("`*.py @dev` takes") == 2
    (repository / "CODEOWNERS").write_text("")
    file.unlink()
    assert disagreements(repository / "models" / "churn") == [
        "No rule of CODEOWNERS names lamp.toml of churn, whose owners are @example/data-science, @ada, @example/it-ops.",
        f"No rule of CODEOWNERS names train.py and 2 more {owners}",
    ]
    (repository / "CODEOWNERS").unlink()
    assert disagreements(repository / "models" / "churn") == []


def test_a_team_without_a_name_where_the_code_lies_is_refused(repository: Path) -> None:
    (repository / "lamp-codeowners.toml").unlink()
    done = told(Memory(), "-C", str(repository), "export", "codeowners")
    assert "E1477" in done.err
    assert not (repository / ".github").exists()
    (repository / "CODEOWNERS").write_text("* @dev\n")
    (sentence,) = disagreements(repository / "models" / "churn")
    assert sentence.startswith("CODEOWNERS was not held against lamp.toml. Nobody says what @data-science is called")
    for text in ("organization = 1", '[owners]\n"@it-ops" = "it ops"', "["):
        (repository / "lamp-codeowners.toml").write_text(text)
        assert "E1478" in told(Memory(), "-C", str(repository), "export", "codeowners").err
