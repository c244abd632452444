"""How many rows were answered, counted as they come, and of the labelled rows of a day those that were."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_ANSWERED = """
    INSERT INTO answered_rows (model, environment, number, count)
    SELECT model, environment, number, SUM(count) FROM (
        SELECT model, environment, number, COUNT(*) AS count FROM predictions WHERE arm <> 'shadow'
        GROUP BY model, environment, number
        UNION ALL SELECT model, environment, number, gone FROM closed_days
    ) AS found GROUP BY model, environment, number HAVING SUM(count) > 0
"""
# Only where a version has scored along are there rows that have a label and were no answer: their days are looked through.
_ALONG = """
    SELECT DISTINCT model, environment, number, event_at / 86400000000 * 86400000000 AS day FROM predictions
    WHERE arm = 'shadow'
"""
_KNOWN = """
    UPDATE outcomes SET answered = (
        SELECT COUNT(*) FROM predictions JOIN labels ON labels.id = predictions.id WHERE predictions.model = outcomes.model
        AND predictions.environment = outcomes.environment AND predictions.number = outcomes.number
        AND event_at >= day AND event_at < day + 86400000000 AND arm <> 'shadow'
    ) + COALESCE((
        SELECT gone_known FROM closed_days WHERE closed_days.model = outcomes.model AND closed_days.number = outcomes.number
        AND closed_days.environment = outcomes.environment AND closed_days.day = outcomes.day
    ), 0) WHERE model = :model AND environment = :environment AND number = :number AND day = :day
"""


def _short(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "answered_rows",
        *(sa.Column(name, _short(64), nullable=False) for name in ("model", "environment")),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("model", "environment", "number", name=op.f("pk_answered_rows")),
    )
    op.add_column("outcomes", sa.Column("answered", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.execute(_ANSWERED)
    op.execute("UPDATE outcomes SET answered = labelled")
    connection = op.get_bind()
    for day in connection.execute(sa.text(_ALONG)).mappings().all():
        connection.execute(sa.text(_KNOWN), dict(day))
    for name in ("gone", "gone_known"):
        op.drop_column("closed_days", name)
