"""A version that may not or cannot answer: whoever asks it is told so at once."""

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from lamplighter.domain.expiry import EXPIRED
from lamplighter.domain.route import Served
from lamplighter.domain.switch import SWITCHED_OFF
from lamplighter.domain.version import Manifest
from lamplighter.serving.runtimes.base import Failed
from lamplighter.serving.versions import Loaded


class Refusing:
    """A runtime that fails every request for one reason."""

    def __init__(self, code: str, why: str) -> None:
        self._failure = (code, why)

    async def score(self, columns: Mapping[str, Sequence[Any]], rows: int) -> NoReturn:  # noqa: ARG002
        """Raise `Failed`."""
        raise Failed(*self._failure)

    async def close(self) -> None:
        """Nothing is held."""


def expired(version: Loaded) -> Loaded:
    """The version in the state in which it answers nobody."""
    return Loaded(version.served, version.manifest, Refusing(EXPIRED, "The version is older than its owner allows."))


def switched_off(version: Loaded) -> Loaded:
    """The version in the state in which people let it answer nobody."""
    return Loaded(version.served, version.manifest, Refusing(SWITCHED_OFF, "The model is switched off."))


def unloadable(served: Served, manifest: Manifest) -> Loaded:
    """A version of which nothing but its manifest could be loaded."""
    return Loaded(served, manifest, Refusing("not-ready", "The version could not be loaded."))
