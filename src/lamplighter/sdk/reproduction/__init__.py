"""A version made again from what its record says, in a folder and an environment of its own, on the machine of whoever asks.

It runs the training code of the project, as `lamp check` does, and never in the control plane.
"""

from pathlib import Path

from lamplighter.sdk.interface import Platform
from lamplighter.sdk.reproduction import environment, recipe, run, sources
from lamplighter.sdk.reproduction.compared import Reproduction, compared

__all__ = ["Reproduction", "reproduce"]


def reproduce(platform: Platform, reference: str, repository: Path, place: Path, where: str = "") -> Reproduction:
    """Make a version again below `place`, a new folder, with the code of a git repository.

    `where` is the environment that `@live` and `@prev` are of. Takes as long as the training. Raises `Blocked` for an
    ingredient that is not on record or cannot be had, `Conflict` for a folder that is there, and `NotFound`.
    """
    wanted, place = recipe.of(platform.version(reference, where)), place.absolute()
    sources.check(repository, wanted, place)
    interpreter, shelf = environment.made(wanted, place)
    folder = sources.put(repository, wanted, place / "code")
    rebuilt = run.rebuilt(wanted, folder, interpreter, shelf, place)
    return compared(wanted, rebuilt, str(place))
