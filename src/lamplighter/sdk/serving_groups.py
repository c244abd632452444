"""The serving process groups of a folder, stopped without a kit: a configuration that names what is gone keeps none running."""

from collections.abc import Sequence
from contextlib import closing

from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.errors import LampError, NotFound
from lamplighter.domain.node import TARGET
from lamplighter.settings import Settings


def stop(settings: Settings) -> list[str]:
    """Stop every serving process group of this machine; gives the names of what ran. Machines elsewhere go on answering."""
    if not settings.folder.exists() or not any(settings.serving.glob("*/route.json")):
        return []
    ours = [one for one in _environments(settings) if one.target != TARGET]
    return [f"serving of {environment.name}" for environment in ours if _stopped(settings, environment)]


def _stopped(settings: Settings, environment: Environment) -> bool:
    """Stop the process group of an environment; whether one ran."""
    from lamplighter.lifecycle.kit import target_of

    try:
        target = target_of(settings, environment)
    except NotFound:
        # A target that is not installed any more runs nothing here, and keeps no other from being stopped.
        return False
    alive = target.observe(environment).alive
    if alive:
        target.remove(environment)
    return alive


def _environments(settings: Settings) -> Sequence[Environment]:
    """Every environment; where the database cannot be read, those that have a folder on this machine."""
    from sqlalchemy.exc import SQLAlchemyError

    from lamplighter.store.transaction import Store

    try:
        with closing(Store(settings.database_url)) as store, store.reading() as look:
            return look.environments.all()
    except (LampError, SQLAlchemyError):
        # Whoever stops a platform whose database is damaged or away wants nothing to go on answering.
        names = sorted(route.parent.name for route in settings.serving.glob("*/route.json"))
        return [Environment(name=name, level=Level.PRODUCTION, port=0) for name in names]
