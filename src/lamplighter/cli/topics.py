"""The topics of `lamp help`, taken from where the things are defined."""

import inspect
import re
from collections.abc import Mapping
from enum import Enum
from functools import cache

from lamplighter.cli.marks import marked
from lamplighter.cli.page import Page
from lamplighter.cli.refusal import EXIT_CODES, FAILING, INTERRUPTED
from lamplighter.cli.table import Table
from lamplighter.domain.environment import Level
from lamplighter.domain.names import unknown
from lamplighter.domain.stage import Duty, Stage, Status
from lamplighter.settings import Settings

_MEMBER = re.compile(r'^    #: (.+)\n    \w+ = "([^"]+)"', re.MULTILINE)
_VARIABLE = re.compile(r"^    #: (.+?) `(LAMP_\w+)`\n", re.MULTILINE)


def topic_page(name: str) -> Page:
    """The page of a topic; raises `NotFound` with the known ones."""
    topics: Mapping[str, Page] = {"exit-codes": _exit_codes(), "refs": _references(), "env": _variables(), "words": _words()}
    if name not in topics:
        raise unknown("topic", name, topics)
    return topics[name]


def _page(says: str, rows: list[tuple[str, str]]) -> Page:
    return Page(says=says, data={"topic": [{"name": name, "meaning": meaning} for name, meaning in rows]}, table=Table(rows))


def _exit_codes() -> Page:
    meanings = {0: ["Done."]}
    for kind, code in EXIT_CODES.items():
        meanings.setdefault(code, []).append((inspect.getdoc(kind) or "").split("\n")[0])
    meanings[1] = ["Failed: a defect, or something that this needs cannot be reached."]
    meanings[FAILING] = ["The thing asked about is failing, or a rollout stopped itself."]
    meanings[INTERRUPTED] = ["Interrupted; the last line says what holds now."]
    rows = [(str(code), " ".join(told)) for code, told in sorted(meanings.items())]
    return _page("How a command ends.", rows)


def _references() -> Page:
    rows = [
        ("late-flights", "the model; where a version is needed, its newest one"),
        ("late-flights@7", "version 7"),
        ("late-flights@live", "the version that has the traffic"),
        ("late-flights@prev", "the version that had it before, to which a rollback returns"),
        ("late-flights@sha256:ab12", "the version whose digest begins so; at least 4 digits"),
    ]
    return _page("How a model and its versions are named, in commands, pages and the API alike.", rows)


def _variables() -> Page:
    rows = [
        ("LAMP_URL", "Address of the platform; --url goes first, lamp login comes after."),
        ("LAMP_TOKEN", "Token to sign in with."),
        ("LAMP_ENV", "Environment where a command has --env and none is given."),
        ("LAMP_CONFIG", "File that lamp login writes."),
        ("NO_COLOR, CI", "No colours."),
        *((name, meaning) for meaning, name in _VARIABLE.findall(inspect.getsource(Settings))),
    ]
    return _page("Variables. A flag goes first, then the variable, then a file, then the default.", rows)


def _words() -> Page:
    rows = [row for kind in (Stage, Duty, Level) for row in _members(kind)]
    rows += [(marked(word), meaning) for word, meaning in _members(Status)]
    return _page("The words of the house: stages, duties, levels of environments, and how things are.", rows)


@cache
def _members(kind: type[Enum]) -> tuple[tuple[str, str], ...]:
    """Each member with the sentence above it."""
    return tuple((word, meaning) for meaning, word in _MEMBER.findall(inspect.getsource(kind)))
