"""What all tables share: their names for constraints, and their kinds of columns."""

from sqlalchemy import Column, MetaData, String, Text
from sqlalchemy.types import TypeEngine

#: Names of constraints, so that migrations can speak of them on both databases.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _short(length: int) -> TypeEngine[str]:
    """A text that compares by bytes, whatever the database was made with."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


NAME = _short(64)
PARTY = _short(200)
DIGEST = _short(64)
ROW = _short(80)
SLICE = _short(400)
KEY = _short(250)
TITLE = _short(500)


def body() -> Column[str]:
    """The whole record, as JSON."""
    return Column("body", Text, nullable=False)
