"""Spot checks of versions that the platform accepted by itself."""

from lamplighter.domain.spot_check import SpotCheck
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class SpotChecks(Collection[SpotCheck]):
    """Every spot check, open or not."""

    table = schema.spot_checks
    kind = SpotCheck
