"""What the projects of many folders would change, as of one moment: looked at first, and then applied exactly or not at all."""

from lamplighter.domain.project import Project
from lamplighter.domain.project_change import ProjectChange
from lamplighter.domain.record import Record, canonical, digest_of


class Refusal(Record, frozen=True):
    """Why a project cannot be saved as it is."""

    what: str
    why: str
    fix: str


class Planned(Record, frozen=True):
    """One project that says something else than the one in force."""

    project: Project
    #: Digest of the project in force when the plan was made; empty where there was none.
    base: str
    changes: tuple[ProjectChange, ...]
    #: Tiers in force and after; the first is empty for a new model.
    before: str
    after: str
    #: Whether a second person has to agree, because the tier would fall.
    needs_second: bool = False
    refusal: Refusal | None = None

    @property
    def model(self) -> str:
        """The model it is about."""
        return self.project.name


class Plan(Record, frozen=True):
    """Everything that would change.

    Law of change: a plan is kept in files, so fields may be added with a default.
    """

    #: When it was made, microseconds since the epoch, UTC.
    at: int
    planned: tuple[Planned, ...]
    #: Models whose projects say what is in force.
    unchanged: int

    @property
    def key(self) -> str:
        """The first figures of its digest."""
        return digest_of(canonical(self))[:8]

    @property
    def refused(self) -> int:
        """Projects that cannot be saved."""
        return sum(one.refusal is not None for one in self.planned)

    @property
    def changes(self) -> int:
        """Fields that differ."""
        return sum(len(one.changes) for one in self.planned)

    @property
    def sentence(self) -> str:
        """How much it is."""
        if not self.planned:
            return f"No changes in {_counted(self.unchanged, 'model')}."
        people = sum(one.needs_second for one in self.planned)
        more = [f"{people} for a second person"] * bool(people) + [f"{self.refused} refused"] * bool(self.refused)
        return f"{', '.join([_counted(self.changes, 'change'), _counted(len(self.planned), 'model'), *more])}."


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


class Applied(Record, frozen=True):
    """What came of a plan."""

    #: Models whose projects hold now.
    saved: tuple[str, ...]
    #: Changes that wait for a second person, such as `L-3`.
    waits: tuple[str, ...]
