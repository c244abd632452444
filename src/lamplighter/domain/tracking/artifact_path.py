"""Where files of clients lie: below a run, a logged model or a candidate. A path is a name in a table, not one on a disk."""

import re

from lamplighter.domain.errors import Invalid
from lamplighter.domain.record import Record
from lamplighter.domain.tracking.limits import check_text

#: Characters of a path below its root.
LONGEST = 500
#: The scheme of addresses that lie here.
SCHEME = "mlflow-artifacts:/"
_ROOT = re.compile(
    r"(?:(?P<experiment>[0-9]{1,18})/(?P<run>[0-9a-f]{32})"
    r"|(?P<of>[0-9]{1,18})/models/(?P<model>m-[0-9a-f]{32})"
    r"|versions/(?P<version>v-[0-9a-f]{32}))/artifacts(?:/(?P<path>.*))?",
    re.DOTALL,
)
_UNLAWFUL = re.compile(r"[\x00-\x1f\x7f\\]")


class Place(Record, frozen=True):
    """A file or a folder."""

    #: Id of a run, a logged model or the files of a candidate.
    root: str
    #: Below it; empty for the root itself.
    path: str = ""


def place_of(text: str) -> Place:
    """The place of a path of the proxy; raises `Invalid` for anything that is not below a run, a model or a candidate."""
    found = _ROOT.fullmatch(text.strip("/"))
    if found is None:
        raise _nowhere()
    root = found["run"] or found["model"] or found["version"]
    return Place(root=root, path=lawful(found["path"] or ""))


def lawful(path: str) -> str:
    """The path itself; raises `Invalid` for one with steps up, empty steps, or signs that are no part of a name."""
    check_text("The path of a file", path, LONGEST)
    if path and (_UNLAWFUL.search(path) or any(step in ("", ".", "..") for step in path.split("/"))):
        raise _nowhere()
    return path


def _nowhere() -> Invalid:
    return Invalid(
        "That is no place for a file.",
        why="Files lie below a run, a logged model or a version, under names without steps up.",
        fix="Let the client of MLflow make the path: log_artifact, log_model.",
        code="E1813",
    )
