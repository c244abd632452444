"""The page of every error code, kept beside this file, so that it can be read without any platform."""

import tomllib
from functools import cache
from pathlib import Path
from typing import NamedTuple

from lamplighter.domain.names import unknown


class Explanation(NamedTuple):
    """One error code for people."""

    code: str
    title: str
    meaning: str
    fix: str


@cache
def explanations() -> dict[str, Explanation]:
    """Every page by its code."""
    pages = tomllib.loads((Path(__file__).parent / "explanations.toml").read_text(encoding="utf-8"))
    return {code: Explanation(code, page["title"], page["meaning"], page["fix"]) for code, page in pages.items()}


def explanation_of(code: str) -> Explanation:
    """The page of a code, in capitals or not; raises `NotFound` with the nearest one."""
    found = explanations().get(code.upper())
    if found is None:
        raise unknown("code", code.upper(), explanations())
    return found
