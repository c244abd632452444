"""What a project and the configuration say of a scheduled job: the job itself, and the files of its tables."""

from lamplighter.domain.job import Job
from lamplighter.domain.names import unknown
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction


def declared(look: Transaction, model: str, name: str) -> Job:
    """A job of a project; raises `NotFound`."""
    jobs = {job.name: job for job in look.project(model).job}
    if name not in jobs:
        raise unknown("job", name, jobs)
    return jobs[name]


def table(kit: Kit, name: str) -> str:
    """The file of a table of the configuration; raises `NotFound`."""
    if name not in kit.settings.tables:
        raise unknown("table", name, kit.settings.tables)
    return kit.settings.tables[name]
