"""Looking up what is tracked, and the refusals where it is not there."""

from lamplighter.domain.errors import Conflict, NotFound
from lamplighter.domain.tracking.experiment import Experiment, Stage
from lamplighter.domain.tracking.run import Run
from lamplighter.store.transaction import Transaction


class Taken(Conflict):
    """Something else has the name."""

    code = "E1804"


def taken(what: str) -> Taken:
    """The refusal of a name that something else has."""
    return Taken(f"{what} of that name exists.", why="A name is given once.", fix="Use the one that is there, or another name.")


def missing(what: str) -> NotFound:
    """The refusal of an id or a name that nothing has. It is not repeated: it may hold what the caller sent."""
    return NotFound(
        f"There is no such {what}.",
        why="Nothing that is kept has this id or name.",
        fix="Search for those there are.",
        code="E1805",
    )


def deleted(what: str) -> Conflict:
    """The refusal of a change of what was deleted."""
    return Conflict(f"The {what} was deleted.", why="What is deleted does not change.", fix="Restore it first.", code="E1806")


def experiment(look: Transaction, key: str) -> Experiment:
    """An experiment, deleted or not; raises `NotFound`."""
    found = look.experiments.find(id=key)
    if found is None:
        raise missing("experiment")
    return found


def experiment_to_change(change: Transaction, key: str) -> Experiment:
    """An experiment that counts; raises `NotFound`, and `Conflict` for a deleted one."""
    found = change.experiments.held(key)
    if found is None:
        raise missing("experiment")
    if found.stage is Stage.DELETED:
        raise deleted("experiment")
    return found


def run(look: Transaction, key: str) -> Run:
    """A run, deleted or not; raises `NotFound`."""
    found = look.runs.find(id=key)
    if found is None:
        raise missing("run")
    return found


def run_to_change(change: Transaction, key: str) -> Run:
    """A run that counts; raises `NotFound`, and `Conflict` for a deleted one."""
    found = change.runs.held(key)
    if found is None:
        raise missing("run")
    if found.stage is Stage.DELETED:
        raise deleted("run")
    return found
