"""Live versions with packages that something is known about."""

from typing import TYPE_CHECKING

from lamplighter.domain.vulnerability import Exposed, LiveExposures

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction


def vulnerabilities(look: "Transaction") -> LiveExposures:
    """Those that load such a package where they answer first, then by model and environment."""
    loaded = look.advisory_loads.newest()
    if loaded is None:
        return LiveExposures(load=None)
    live = [(one.model, one.environment, one.champion.number) for one in look.routings.all() if one.champion]
    versions = {(one.model, one.number): one for one in look.versions.numbered(sorted({(one[0], one[2]) for one in live}))}
    known = {key: look.exposure(version) for key, version in versions.items()}
    found = [
        Exposed(
            model=model, environment=environment, number=number, loads=versions[key].manifest.loads_packages, exposure=exposure
        )
        for model, environment, number in live
        if (exposure := known.get(key := (model, number))) is not None and exposure.found
    ]
    order = sorted(found, key=lambda one: (not one.loads, one.model, one.environment))
    return LiveExposures(load=loaded, live=tuple(order))
