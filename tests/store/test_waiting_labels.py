"""Labels that wait for their prediction: a look at them reads these and not every label there is."""

from pathlib import Path
from typing import Any

from sqlalchemy import event, text

from lamplighter.store.transaction import Store, Transaction


def plans(change: Transaction, statements: list[tuple[str, Any]]) -> list[str]:
    """How SQLite carries statements out; one text for each."""
    rows = [change.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", values) for said, values in statements]
    return ["; ".join(row[3] for row in found) for found in rows]


def test_those_that_wait_are_claimed_or_dropped(store: Store) -> None:
    with store.transaction() as change:
        change.predictions.label([(name, 1.0, 0) for name in ("comes", "old", "young", "else")], 10)
        change.labels.wait("trains", ["comes", "old", "young"])
        change.labels.wait("buses", ["else"])
        change.connection.execute(text("UPDATE labels SET received_at = 30 WHERE id = 'young'"))
        row = {"number": 1, "model": "trains", "environment": "prod", "arm": "champion", "event_at": 5, "score": 0.5}
        change.predictions.keep([{"id": "comes", **row}])
        assert (change.labels.waiting("trains"), change.labels.waiting("buses")) == (2, 1)
        assert change.labels.expire("trains", 20) == 1
        assert change.labels.claim() == ["comes"]
        assert (change.labels.waiting("trains"), change.labels.expired("trains"), change.labels.waiting("buses")) == (1, 1, 1)


def test_their_index_is_used_where_it_has_to_be_named(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'lamp.db'}")
    said: list[tuple[str, Any]] = []

    def noted(*told: Any) -> None:
        said.append((told[2], told[3]))

    with store.transaction() as change:
        event.listen(store.engine, "before_cursor_execute", noted)
        change.labels.waiting("trains")
        change.labels.claim()
        change.labels.expire("trains", 20)
        event.remove(store.engine, "before_cursor_execute", noted)
        found = plans(change, said)
    store.close()
    assert len(found) == 3
    assert [plan for plan in found if "ix_labels_waits_for" not in plan] == []
