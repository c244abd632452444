"""The interpreter and packages that a model needs, as they are here."""

import re
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata

from lamplighter.domain.names import distribution_key
from lamplighter.domain.version import Lock

_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
#: Our own package is there wherever a worker runs.
_OURS = "lamplighter"


def lock(roots: Iterable[str], distributions: Iterable[str] = ()) -> Lock:
    """Exact versions of these distributions, of those of these top modules, and of all they require; the standard library
    needs none."""
    found: dict[str, str] = {}
    waiting = [*distributions, *(name for root in roots for name in _distributions(root))]
    while waiting:
        name = distribution_key(waiting.pop())
        if name in found or name == _OURS:
            continue
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        found[name] = distribution.version
        waiting.extend(_required(distribution.requires or ()))
    return Lock(python=f"{sys.version_info.major}.{sys.version_info.minor}", packages=dict(sorted(found.items())))


def required_by(distribution: str) -> Lock:
    """Exact versions of everything that a distribution requires, as they are here, without itself."""
    return lock((), _required(metadata.requires(distribution) or ()))


def _required(requirements: Iterable[str]) -> Iterator[str]:
    """Names of the requirements that are not of an extra; one that is for another platform is simply not installed."""
    for requirement in requirements:
        specifier, _, marker = requirement.partition(";")
        name = _NAME.match(specifier)
        if name is not None and "extra" not in marker:
            yield name.group(1)


def _distributions(root: str) -> list[str]:
    """Names of the distributions that bring a top module; the common names are tried first, for asking all is slow."""
    if root in sys.stdlib_module_names or root == "__main__":
        return []
    direct = [name for name in _guesses(root) if _brings(name, root)]
    return direct or list(metadata.packages_distributions().get(root, ()))


def _guesses(root: str) -> tuple[str, ...]:
    return (root, *({"sklearn": ("scikit-learn",), "xgboost": ("xgboost-cpu",)}.get(root, ())))


def _brings(name: str, root: str) -> bool:
    try:
        distribution = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    record = distribution.read_text("RECORD")
    if record is not None:
        # One line for each of what can be thousands of files; making a path of each is slow.
        return re.search(rf"^{re.escape(root)}(?:/|\.py,)", record, re.MULTILINE) is not None
    files = distribution.files or ()
    return any(file.parts[0] in (root, f"{root}.py") for file in files)
