"""Which rule of a CODEOWNERS counts: held against the package of that name from PyPI, and the examples of GitHub and GitLab."""

import json
import random
import subprocess
from pathlib import Path

import pytest

from lamplighter.domain.codeowners import deciding, has_sections, matches, read_rules

ROOT = Path(__file__).parents[2]
#: Without blanks: to the package, a blank in a path is a row of slashes.
NAMES = ("models", "churn", "train.py", "lamp.toml", "docs", "x", "data.csv", "src", "été", "b.c", "+1", "(d)")
OWNERS = ("@dev", "@example/it-ops", "ada@example.com", "@ml")


def pattern(chance: random.Random) -> str:
    parts = [chance.choice((*NAMES, "*", "**", "*.py", "?", "tr*n.*", "m?dels", "***")) for _ in range(chance.randint(1, 4))]
    text = chance.choice(("", "", "/", "**/")) + "/".join(parts) + chance.choice(("", "", "/", "/*", "/**"))
    return text.replace(" ", "\\ ")


def path(chance: random.Random) -> str:
    return "/".join(chance.choice(NAMES) for _ in range(chance.randint(1, 5)))


def file(chance: random.Random, *, sections: bool) -> str:
    lines = []
    for _ in range(chance.randint(1, 12)):
        if sections and chance.random() < 0.2:
            lines.append(chance.choice(("[models]", "^[docs]", "[the rest]")))
        lines.append(f"{pattern(chance)} {' '.join(chance.sample(OWNERS, chance.randint(0, 2)))}")
        lines.append(chance.choice(("", "# /models/ @nobody", "  ")))
    return "\n".join(lines)


def test_ten_thousand_random_paths_have_the_owners_that_the_package_gives_them() -> None:
    chance = random.Random(7)
    given = [(file(chance, sections=place % 2 == 1), [path(chance) for _ in range(50)]) for place in range(200)]
    python = ROOT / ".venv-clients" / "ci" / "bin" / "python"
    assert python.exists(), "scripts/clients ci makes the environment of the clients"
    script = ROOT / "tests" / "serving" / "clients" / "scripts" / "codeowners_of.py"
    done = subprocess.run([python, script], input=json.dumps(given), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    counted = 0
    for (text, paths), answers in zip(given, json.loads(done.stdout), strict=True):
        rules = read_rules(text)
        for one, wanted in zip(paths, answers, strict=True):
            assert {rule.section: [rule.line, list(rule.owners)] for rule in deciding(rules, one)} == wanted, (text, one)
            counted += bool(wanted)
    assert counted > 2_000


@pytest.mark.parametrize(
    ("text", "found", "not_found"),
    [
        ("*.js", ("a.js", "x/y/a.js"), ("a.jsx",)),
        ("/build/logs/", ("build/logs/a", "build/logs/x/a"), ("x/build/logs/a", "build/logs")),
        ("docs/*", ("docs/getting-started.md",), ("docs/build-app/troubleshooting.md",)),
        ("apps/", ("apps/a", "x/apps/y/a"), ("apps",)),
        ("/apps/", ("apps/x/a",), ("x/apps/a",)),
        ("**/logs", ("build/logs/a", "scripts/logs", "deeply/nested/logs/a"), ("logsmith",)),
        ("/models/**/train.py", ("models/train.py", "models/a/b/train.py"), ("train.py",)),
        (r"/a\ b/*.py", ("a b/x.py",), ("a b/c/x.py",)),
    ],
)
def test_the_examples_of_github(text: str, found: tuple[str, ...], not_found: tuple[str, ...]) -> None:
    assert [one for one in found if not matches(text, one)] == []
    assert [one for one in not_found if matches(text, one)] == []


def test_sections_of_gitlab_have_each_their_own_say_and_their_own_default() -> None:
    text = "* @all\n[Models][2] @ml @ada\n/models/\n/models/churn/ @churn # of late\n^[Docs]\n*.md @docs\n!secret @nobody\n"
    rules = read_rules(text)
    assert [str(rule) for rule in deciding(rules, "models/x.md")] == ["* @all", "/models/ @ml @ada", "*.md @docs"]
    assert [rule.owners for rule in deciding(rules, "models/churn/a")] == [("@all",), ("@churn",)]
    assert (has_sections(text), has_sections("/a @b\n")) == (True, False)


def test_a_rule_without_owners_takes_them_away() -> None:
    rules = read_rules("/models/ @ml\n/models/free/\n")
    assert [rule.owners for rule in deciding(rules, "models/free/a")] == [()]
