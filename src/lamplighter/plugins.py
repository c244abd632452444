"""A folder that is a registry: the name of a file is the name of the plugin, and it is imported when asked for.

Outside plugins come from the entry-point group `lamplighter.<folder>`; a name that is taken is refused, never replaced.
"""

import importlib
import pkgutil
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

from lamplighter.domain.errors import Conflict
from lamplighter.domain.names import unknown

#: The plugin folders of the house.
FOLDERS = ("gates", "probes", "targets", "measures", "channels", "trainers", "artifacts", "bridges", "presets")


@cache
def names(folder: str) -> tuple[str, ...]:
    """Names of all plugins of a folder, without importing any."""
    return tuple(sorted({*_ours(folder), *(point.name for point in _outside(folder))}))


@cache
def plugin(folder: str, name: str) -> ModuleType:
    """The module of a plugin; raises `NotFound` with the known names, or `Conflict` where two claim one name."""
    own, outside = name in _ours(folder), [point for point in _outside(folder) if point.name == name]
    if own + len(outside) > 1:
        raise Conflict(
            f"Two plugins claim one name in {folder}.",
            why="An installed package brings a plugin with a name that is taken.",
            fix="Rename the plugin of that package, or remove the package.",
            code="E1540",
        )
    if own:
        return importlib.import_module(f"lamplighter.{folder}.{name}")
    if outside:
        module: ModuleType = outside[0].load()
        return module
    raise unknown(f"plugin in {folder}", name, names(folder))


def _ours(folder: str) -> frozenset[str]:
    place = Path(__file__).parent / folder
    found = {module.name for module in pkgutil.iter_modules([str(place)])}
    return frozenset(found - {"base"})


def _outside(folder: str) -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=f"lamplighter.{folder}"))
