"""Imports held to the packages that a model declares, so that one that happens to be installed here is no more there than it
would be in an environment of the model's own."""

import os
import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.metadata import Distribution, DistributionFinder, packages_distributions
from pathlib import Path
from typing import Any

from lamplighter.domain.names import distribution_key

#: What a worker itself needs, wherever it runs.
_OURS = ("lamplighter", "msgspec", "numpy")
_MODULE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,79}")
_STANDARD = tuple({sysconfig.get_path(name) + os.sep for name in ("stdlib", "platstdlib")})
_SITES = tuple(f"{os.sep}{name}{os.sep}" for name in ("site-packages", "dist-packages"))


class Declared(MetaPathFinder):
    """Finds what the finders of the process find, but no distribution beside these, and no module beside theirs, those of the
    standard library and those that the model brings in the working directory."""

    def __init__(self, distributions: Iterable[str], finders: Sequence[Any]) -> None:
        self._distributions = {distribution_key(name) for name in (*distributions, *_OURS)}
        owners = packages_distributions()
        self._modules = {
            module for module in owners if not self._distributions.isdisjoint(map(distribution_key, owners[module]))
        }
        self._finders = tuple(finders)

    def find_spec(self, fullname: str, path: Sequence[str] | None = None, target: Any = None) -> ModuleSpec | None:
        """Where a module is; nothing for one that is not declared."""
        found = (finder.find_spec(fullname, path, target) for finder in self._finders)
        spec: ModuleSpec | None = next((one for one in found if one is not None), None)
        if spec is None or path is not None or fullname in self._modules or _is_free(spec):
            return spec
        return None

    def find_distributions(self, context: DistributionFinder.Context = DistributionFinder.Context()) -> Iterator[Distribution]:  # noqa: B008  immutable
        """The distributions that are declared, for libraries look there for what they may use."""
        for finder in self._finders:
            for one in getattr(finder, "find_distributions", lambda _: ())(context):
                if distribution_key(one.name or "") in self._distributions:
                    yield one


def hold(distributions: Iterable[str]) -> None:
    """From now on this process imports nothing but what is declared."""
    sys.meta_path[:] = [Declared(distributions, tuple(sys.meta_path))]


def missing(error: BaseException) -> str:
    """The top module whose absence is behind an error; empty if none is."""
    seen: BaseException | None = error
    for _ in range(20):
        if seen is None:
            break
        name = (seen.name or "").partition(".")[0] if isinstance(seen, ModuleNotFoundError) else ""
        if _MODULE.fullmatch(name):
            return name
        seen = seen.__cause__ or seen.__context__
    return ""


def _is_free(spec: ModuleSpec) -> bool:
    """Whether it is of the interpreter, of the standard library, or what the model brings along."""
    places = [spec.origin] if spec.has_location and spec.origin else list(spec.submodule_search_locations or ())
    return all(_is_standard(place) or place.startswith(f"{Path.cwd()}{os.sep}") for place in places)


def _is_standard(place: str) -> bool:
    return place.startswith(_STANDARD) and not any(site in place for site in _SITES)
