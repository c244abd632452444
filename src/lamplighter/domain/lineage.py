"""What a table, one column or a model upstream reaches: models, their live versions, and the applications behind them."""

from collections.abc import Mapping, Sequence

from lamplighter.domain.project import Project
from lamplighter.domain.record import Record


class Reached(Record, frozen=True):
    """One model that a change reaches."""

    model: str
    tier: str
    #: Whether robustness goes before speed for it.
    critical: bool
    #: Why it is reached, in one sentence.
    why: str
    #: Models between what changes and this one, the nearest to the change first; empty where it is reached at once.
    through: tuple[str, ...]
    #: Such as `v2 in prod`, the most protected environment last.
    live: tuple[str, ...]
    #: Those of these whose contract takes an input of the name of the column, such as `v2`.
    takes: tuple[str, ...]
    #: Who brings versions of it live, and who acts when it fails.
    owner: str
    on_call: str
    #: Such as `ops-dashboard (bea@example.com, declared)`.
    consumers: tuple[str, ...]


class Lineage(Record, frozen=True):
    """Everything that a change reaches, what is most critical first."""

    #: What changes: a source or a model; empty for a column of any source.
    name: str
    column: str
    #: Who owns the source, or brings versions of the model live; empty where nobody is named.
    owner: str
    models: tuple[Reached, ...]

    @property
    def what(self) -> str:
        """What changes, as it is written."""
        return f"{self.name}.{self.column}" if self.name and self.column else self.name or self.column

    @property
    def consumers(self) -> tuple[str, ...]:
        """Every application behind the models, once."""
        return tuple(dict.fromkeys(name for one in self.models for name in one.consumers))

    @property
    def sentence(self) -> str:
        """How far it reaches."""
        if not self.models:
            return f"No model is known to live on {self.what}."
        live, critical = sum(bool(one.live) for one in self.models), sum(one.critical for one in self.models)
        models = f"{len(self.models)} {'model' if len(self.models) == 1 else 'models'}"
        behind = f"{len(self.consumers)} {'application' if len(self.consumers) == 1 else 'applications'}"
        return f"A change of {self.what} reaches {models}: {live} live, {critical} critical, {behind} behind them."


def reached(
    projects: Sequence[Project], name: str, column: str, inputs: Mapping[str, Sequence[str]]
) -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """Why each model is reached, and through which; `inputs` are the names that the live versions of each model take."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for one in projects:
        why = _why(one, name, column, inputs.get(one.name, ()))
        if why:
            found[one.name] = (why, ())
    waiting: list[tuple[str, tuple[str, ...]]] = [(one, ()) for one in found]
    while waiting:
        upstream, through = waiting.pop(0)
        for one in projects:
            if one.name not in (*found, name) and any(source.name == upstream for source in one.source):
                found[one.name] = (f"It takes what {upstream} answers.", (*through, upstream))
                waiting.append((one.name, (*through, upstream)))
    return found


def _why(project: Project, name: str, column: str, inputs: Sequence[str]) -> str:
    """Why a change reaches a model at once; empty if it does not, as far as is known."""
    taken = column in inputs
    for source in project.source:
        if name and source.name != name:
            continue
        if name and not column:
            return f"lamp.toml names {name} as a source."
        if column in source.columns:
            return f"lamp.toml says that it uses {column} of {source.name}."
        if name and taken:
            return f"It lives on {name}, and a version takes an input {column}."
        if name and not source.columns:
            return f"It lives on {name}, and lamp.toml does not say which columns it uses."
    return f"A version takes an input {column}." if taken and not name else ""
