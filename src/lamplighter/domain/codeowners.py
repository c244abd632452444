"""Files named CODEOWNERS: which rule gives the owners of a path, as GitHub and GitLab read them.

Patterns are those of gitignore without negation and without ranges in brackets; the last rule that matches counts. GitLab has
sections, of which each has its own say. Sources: docs of GitHub, "About code owners", and of GitLab, "Code Owners".
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from lamplighter.domain.record import Record

#: Where each looks, the first that is there. Names and places of both.
GITHUB = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
GITLAB = ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
_SECTION = re.compile(r"\^?\[(?P<name>[^\]]+)\](\[[0-9]+\])?(?P<owners>(\s+\S+)*)\s*")
#: A pattern, in which a blank is behind a backslash, and whatever stands behind it.
_LINE = re.compile(r"(?P<pattern>(?:\\.|[^\s\\])+)(?P<owners>.*)")
_COMMENT = re.compile(r"(^|\s)#.*")


class Rule(Record, frozen=True):
    """One line."""

    #: Its place in the file, from 1.
    line: int
    pattern: str
    #: Users, teams and e-mail addresses; none says that nobody owns it.
    owners: tuple[str, ...]
    #: Its section in GitLab, in small letters; empty before the first.
    section: str = ""

    def __str__(self) -> str:
        return " ".join((self.pattern, *self.owners))


def read_rules(text: str) -> tuple[Rule, ...]:
    """Every rule of a file, in its order. Lines that neither can read are left out, as both leave them out."""
    return tuple(_rules(text))


def _rules(text: str) -> Iterator[Rule]:
    section, default = "", ()  # type: tuple[str, tuple[str, ...]]
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if found := _SECTION.fullmatch(line):
            section, default = found["name"].strip().lower(), tuple(found["owners"].split())
        elif (found := _LINE.match(line)) and not found["pattern"].startswith("!"):
            named = tuple(one for one in _COMMENT.sub("", found["owners"]).split() if "@" in one)
            yield Rule(line=number, pattern=found["pattern"], owners=named or default, section=section)


def has_sections(text: str) -> bool:
    """Whether it is written for GitLab alone."""
    return any(_SECTION.fullmatch(line.strip()) for line in text.splitlines())


def deciding(rules: Sequence[Rule], path: str) -> tuple[Rule, ...]:
    """The rule that gives the owners of a path, one of each section; the path is relative to the root, with slashes."""
    found: dict[str, Rule] = {}
    for rule in rules:
        if matches(rule.pattern, path):
            found[rule.section] = rule
    return tuple(found.values())


def matches(pattern: str, path: str) -> bool:
    """Whether a pattern speaks of a path, or of a folder that it lies in."""
    return _compiled(pattern).search(path) is not None


#: A pattern is a row of these: a folder of any depth, everything below, and single signs.
_TOKEN = re.compile(
    r"(?P<deep>(?:^|(?<=/))\*\*/)|(?P<below>(?:^|(?<=/))\*\*$)|(?P<some>\*)|(?P<one>\?)|\\(?P<as_is>.)|(?P<sign>.)"
)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    inner = pattern.strip("/")
    start = r"\A" if "/" in pattern[:-1] else r"(?:\A|/)"
    # A folder speaks of what is in it, and a star of what lies directly there.
    end = "/" if pattern.endswith("/") else r"\Z" if pattern.endswith("/*") else r"(?:\Z|/)"
    return re.compile(start + "".join(map(_part, _TOKEN.finditer(inner))) + end, re.DOTALL)


def _part(found: re.Match[str]) -> str:
    match found.lastgroup:
        case "deep":
            return "(?:.*/)?"
        case "below":
            return ".*"
        case "some":
            return "[^/]*"
        case "one":
            return "[^/]"
        case _:
            return re.escape(found["as_is"] or found["sign"])
