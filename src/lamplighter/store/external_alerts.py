"""Alerts of other monitoring systems, each as it was told last."""

from typing import Any

from sqlalchemy import delete, func, select

from lamplighter.domain.external_alert import ExternalAlert
from lamplighter.store import schema
from lamplighter.store.collection import Collection


class ExternalAlerts(Collection[ExternalAlert]):
    """Alerts by their fingerprint."""

    table = schema.external_alerts
    kind = ExternalAlert

    def columns(self, record: ExternalAlert) -> dict[str, Any]:
        """Whether it fires stands beside the record."""
        return {**super().columns(record), "fires": record.fires}

    def count(self) -> int:
        """How many are kept."""
        return int(self.connection.execute(select(func.count()).select_from(self.table)).scalar() or 0)

    def forget(self, before: int) -> None:
        """Drop those that were told last before this moment, microseconds since the epoch, those that fire too: an alert that
        goes on is told again and again."""
        self.connection.execute(delete(self.table).where(self.table.c.heard_at < before))
