"""Every error code that the source can raise has a page that needs no platform."""

import ast
from functools import cache
from pathlib import Path

import pytest
from tests.cli.commands import lamp

import lamplighter
from lamplighter.cli.explanations import explanations

SOURCE = Path(lamplighter.__file__).parent


def codes_in(text: str) -> set[str]:
    """Codes that are given to an error, or that a kind or leaf of errors carries."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.keyword) and node.arg == "code":
            found.add(node.value)
        if isinstance(node, ast.Assign) and any(isinstance(name, ast.Name) and name.id == "code" for name in node.targets):
            found.add(node.value)
    return {str(value.value) for value in found if isinstance(value, ast.Constant) and str(value.value)[:1] == "E"}


@cache
def used() -> set[str]:
    """All codes of the source. To take a file apart takes long, and most hold none."""
    texts = (file.read_text(encoding="utf-8") for file in SOURCE.rglob("*.py"))
    return {code for text in texts if '"E' in text for code in codes_in(text)}


def test_codes_are_seen_where_they_are_used() -> None:
    assert codes_in('raise Invalid("x", why="", fix="", code="E1999")\nclass X:\n    code = "E1998"\n') == {"E1999", "E1998"}
    assert {"E1000", "E1101", "E1310", "E1702"} <= used()


def test_every_code_has_its_page() -> None:
    assert sorted(used() - explanations().keys()) == []


def test_every_page_has_its_code() -> None:
    assert sorted(explanations().keys() - used()) == []


@pytest.mark.parametrize("code", sorted(explanations()))
def test_a_page_is_made_of_sentences(code: str) -> None:
    page = explanations()[code]
    assert page.title.endswith(".")
    assert page.meaning.endswith((".", ")"))
    assert len(page.fix) > 5


def test_the_page() -> None:
    assert lamp("explain", "e1511").out == (
        "E1511  Another rollout is open there.\n"
        "  Means  One version at a time comes into an environment, so that its effect can\n"
        "         be seen.\n"
        "  Fix    Wait for it, or stop it with lamp rollout stop.\n"
    )


def test_an_unknown_code() -> None:
    assert lamp("explain", "E9999").code == 3
