"""The serving process groups of a folder, stopped without a kit: a configuration that names what is gone keeps none running."""

from collections.abc import Sequence

from lamplighter.domain.environment import Environment
from lamplighter.domain.errors import NotFound
from lamplighter.settings import Settings


def stop(settings: Settings) -> list[str]:
    """Stop every serving process group; gives the names of what ran."""
    if not settings.folder.exists() or not any(settings.serving.glob("*/route.json")):
        return []
    return [f"serving of {environment.name}" for environment in _environments(settings) if _stopped(settings, environment)]


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
    from lamplighter.store.transaction import Store

    store = Store(settings.database_url)
    try:
        with store.reading() as look:
            return look.environments.all()
    finally:
        store.close()
