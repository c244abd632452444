"""Names in a project that this platform has to know: what nobody knows is refused where it is written, and not met at night by
a job, a message or a rollout."""

from collections.abc import Collection

from lamplighter.domain.names import unknown
from lamplighter.domain.project import Project
from lamplighter.lifecycle import declared, elsewhere, reachable
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction


def check(kit: Kit, look: Transaction, project: Project) -> None:
    """Raise `NotFound`, with the known names and the nearest, or `Invalid` for a receiver that could not be asked."""
    settings = kit.settings
    environments = {environment.name for environment in look.environments.all()}
    reachable.check(settings, project.monitor.notify)
    for name, plan in project.env.items():
        _known("environment (env)", name, environments)
        declared.check_hooks(settings, plan)
        elsewhere.check_hooks(elsewhere.runs_elsewhere(look, project.name), plan)
    for job in project.job:
        _known("environment (job)", job.environment, environments)
        for table in (job.input, job.output):
            _known("table (job)", table, settings.tables)
    if project.retrain.run:
        _known("training (retrain.run)", project.retrain.run, settings.trainings)


def _known(kind: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        raise unknown(kind, name, known)
