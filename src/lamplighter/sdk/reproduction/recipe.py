"""What the record of a version says of how it was made; what it lacks is told before anything is run."""

import re

from lamplighter.domain.errors import Blocked
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.origin import KIND, Origin, origin_in
from lamplighter.domain.record import Record
from lamplighter.domain.version import Version
from lamplighter.views.version import VersionView

#: What git gives as the name of a commit; nothing else reaches its command line.
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_DIRTY = "-dirty"


class Recipe(Record, frozen=True):
    """Everything that is needed to make a version again, and to compare."""

    version: Version
    origin: Origin
    performance: Evidence | None


def of(view: VersionView) -> Recipe:
    """The recipe of a version; raises `Blocked` for what is not on record."""
    version, evidence = view.version, {found.kind: found for found in view.evidence}
    if version.elsewhere is not None:
        raise _missing(
            "It runs elsewhere, and nothing here was trained.",
            "Ask whoever serves it for the papers of its training.",
            code="E1620",
        )
    _check_commit(version.manifest.provenance.commit)
    origin = origin_in(evidence.get(KIND))
    if origin is None:
        raise _missing(
            "Its record does not hold the environment and the data of its training.",
            "Register it again with lamp deploy from the same commit; since this release that is recorded.",
            code="E1621",
        )
    return Recipe(version=version, origin=origin, performance=evidence.get("performance"))


def _check_commit(commit: str) -> None:
    if not commit:
        raise _missing(
            "No commit of its code is recorded: it was not built by a project in a git repository.",
            "Put the folder of the project under version control, commit, and register it again with lamp deploy.",
            code="E1622",
        )
    if commit.endswith(_DIRTY):
        raise _missing(
            "Files of its folder were changed and not committed when it was built, so no commit holds its code.",
            "Commit, and register it again with lamp deploy.",
            code="E1622",
        )
    if not _COMMIT.fullmatch(commit):
        raise _missing("What it names as its commit is none of git.", "Register it again from a commit of git.", code="E1622")


def _missing(why: str, fix: str, *, code: str) -> Blocked:
    return Blocked("The version cannot be made again.", why=why, fix=fix, code=code)
