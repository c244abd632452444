"""What came of an import, version by version."""

from enum import StrEnum

from lamplighter.domain.errors import LampError
from lamplighter.domain.record import Record

#: The refusal of what runs code when it is opened, and what it takes here to trust it.
_RUNS_CODE = "E1155"
_TRUST = (
    "Repeat with --trust, or with trust = true of this model in the file for --file, to store it as code that is signed with"
    " your key and runs only in a closed process; or save it again in a format that holds no code."
)


class Outcome(StrEnum):
    """What came of one version."""

    #: It is a version here now.
    IMPORTED = "imported"
    #: It would be one; nothing was sent.
    READY = "would be imported"
    #: It was brought in before, or is among the versions here already.
    KNOWN = "already there"
    #: It is not here; `why` and `fix` say more.
    REFUSED = "not imported"


class Row(Record, frozen=True):
    """One version of the MLflow server, or a model of which no version came into question."""

    model: str
    #: Its number there; 0 where the row is about the whole model.
    number: int
    outcome: Outcome
    #: What it is called here; empty where it is not here.
    version: str = ""
    #: Why it is not imported, and the way on; empty otherwise.
    why: str = ""
    fix: str = ""
    code: str = ""
    #: What is not known of it or could not be checked, in a few words each.
    unverified: tuple[str, ...] = ()


class Report(Record, frozen=True):
    """The whole import."""

    server: str
    rows: tuple[Row, ...]

    def count(self, outcome: Outcome) -> int:
        """How many versions this came of."""
        return sum(row.outcome is outcome for row in self.rows)


def refused(model: str, number: int, error: LampError) -> Row:
    """The row of a version that is not brought in."""
    why, fix = f"{error.what} {error.why}", _TRUST if error.code == _RUNS_CODE else error.fix
    return Row(model=model, number=number, outcome=Outcome.REFUSED, why=why, fix=fix, code=error.code)
