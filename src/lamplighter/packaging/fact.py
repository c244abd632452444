"""What drafting a version has measured, one piece at a time."""

from collections.abc import Mapping
from typing import Any

from lamplighter.domain.record import Record


class Fact(Record, frozen=True):
    """One piece of evidence."""

    #: `compilation`, `load-check`, `parity` or `robustness`.
    kind: str
    facts: Mapping[str, Any]
