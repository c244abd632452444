"""Evidence by digest. It is added and never changed; the newest of a kind counts."""

from typing import Any

from lamplighter.domain.evidence import Evidence
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class EvidenceFound(Collection[Evidence]):
    """All facts about versions."""

    table = schema.evidence
    kind = Evidence

    def columns(self, record: Evidence) -> dict[str, Any]:
        """The digest is the key, so the same facts are kept once."""
        return {**super().columns(record), "digest": record.digest}

    def newest(self, version: str) -> dict[str, Evidence]:
        """The newest evidence of each kind for a version."""
        found = self.all(newest="at", version=version)
        return {evidence.kind: evidence for evidence in reversed(found)}
