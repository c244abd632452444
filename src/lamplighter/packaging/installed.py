"""Every distribution that is installed here: what a training that runs here is run with, whether it imports them or reads their
files."""

import re
import sys
from importlib import metadata

from lamplighter.domain.names import distribution_key
from lamplighter.domain.version import Lock

#: Ours is recorded by its version.
_OURS = "lamplighter"
_FIELD = re.compile(r"^(Name|Version): *(.*?) *$", re.MULTILINE)


def installed() -> tuple[Lock, tuple[str, ...]]:
    """Exact versions of those that an index has, and the names of the others that this process has loaded."""
    found = {distribution_key(name): (version, one) for one in metadata.distributions() for name, version in [_called(one)]}
    found.pop(_OURS, None)
    local = {name for name, (_, one) in found.items() if one.read_text("direct_url.json") is not None}
    packages = {name: found[name][0] for name in sorted(found.keys() - local)}
    lock = Lock(python=f"{sys.version_info.major}.{sys.version_info.minor}", packages=packages)
    return lock, tuple(sorted(_loaded(local))) if local else ()


def _called(distribution: metadata.Distribution) -> tuple[str, str]:
    """Name and version. There are hundreds of distributions, and the library parses each whole, with its description."""
    head = (distribution.read_text("METADATA") or "").partition("\n\n")[0]
    fields = dict(_FIELD.findall(head))
    if fields.keys() == {"Name", "Version"}:
        return fields["Name"], fields["Version"]
    return distribution.name, distribution.version


def _loaded(names: set[str]) -> set[str]:
    """Those of which a module is loaded."""
    tops = {name.partition(".")[0] for name in sys.modules}
    brought = metadata.packages_distributions()
    return names & {distribution_key(name) for top in tops for name in brought.get(top, ())}
