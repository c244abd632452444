"""Whether the interpreter and the packages here are those a model was made with."""

import sys
from collections.abc import Iterator
from importlib import metadata

from lamplighter.domain.version import Lock
from lamplighter.serving.runtimes.base import Unloadable


def check(lock: Lock) -> None:
    """Raise `Unloadable`, with what differs and what to do, unless Python and every locked package are here in that version."""
    found = list(_differences(lock))
    if found:
        wanted = " ".join(f"{name}=={version}" for name, version in sorted(lock.packages.items()))
        raise Unloadable(
            f"The environment is not the one the model was made with: {'; '.join(found[:8])}."
            f" Serve it where Python {lock.python} has: {wanted}."
        )


def fits(lock: Lock) -> bool:
    """Whether `check` would pass."""
    return next(_differences(lock), None) is None


def _differences(lock: Lock) -> Iterator[str]:
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    if lock.python and lock.python != here:
        yield f"it needs Python {lock.python}, here is {here}"
    for name, wanted in sorted(lock.packages.items()):
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            yield f"{name} {wanted} is not installed"
        else:
            if version != wanted:
                yield f"it needs {name} {wanted}, here is {version}"
