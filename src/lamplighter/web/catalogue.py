"""Every error code with its refusals, read from where they are raised, so that no second list can go stale."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import lamplighter
from lamplighter.domain import errors
from lamplighter.domain.errors import LampError

_HOUSE = Path(lamplighter.__file__).parent
#: The code of each kind, for a refusal that names none.
_CODES = {name: kind.code for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, LampError)}
#: What a class that has a code of its own holds.
_LEAF = "\n    code = "
#: What stands for a part that is only known when it happens.
_GAP = "…"


class Refusal(NamedTuple):
    """One way to be refused."""

    what: str
    why: str
    fix: str


@cache
def catalogue() -> dict[str, tuple[Refusal, ...]]:
    """Refusals by code."""
    texts = [file.read_text(encoding="utf-8") for file in sorted(_HOUSE.rglob("*.py"))]
    trees = [ast.parse(text) for text in texts if "fix=" in text or _LEAF in text]
    codes = _CODES | {name: code for tree in trees for name, code in _leaves(tree)}
    found: dict[str, dict[Refusal, None]] = {}
    for tree in trees:
        for code, refusal in _refusals(tree, codes):
            found.setdefault(code, {})[refusal] = None
    return {code: tuple(refusals) for code, refusals in found.items()}


def _leaves(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for part in node.body:
                if isinstance(part, ast.Assign) and [t.id for t in part.targets if isinstance(t, ast.Name)] == ["code"]:
                    yield node.name, _text(part.value)


def _refusals(tree: ast.Module, codes: dict[str, str]) -> Iterator[tuple[str, Refusal]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        named = {keyword.arg: _text(keyword.value) for keyword in node.keywords if keyword.arg}
        if not node.args or not {"why", "fix"} <= named.keys():
            continue
        code = named.get("code") or codes.get(_name(node.func), "")
        if code.startswith("E"):
            yield code, Refusal(_text(node.args[0]), named["why"], named["fix"])


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""


def _text(value: ast.expr) -> str:
    if isinstance(value, ast.Constant):
        return str(value.value)
    if isinstance(value, ast.JoinedStr):
        return "".join(_text(part) for part in value.values)
    return _GAP
