"""Rows as a notebook, a table library and a file take them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from lamplighter.domain.contract import Contract, Kind
from lamplighter.domain.decoding import from_json
from lamplighter.domain.errors import Invalid
from lamplighter.domain.instant import rfc3339
from lamplighter.domain.rows import Rows, column_of
from lamplighter.sdk import spreadsheet, table_stream

if TYPE_CHECKING:  # pandas is an extra
    import pandas as pd

#: The type of columns that hold microseconds since the epoch.
TIME = "time"
#: What the columns of rows hold that are no inputs.
_TYPES: Mapping[str, str] = {
    "time": TIME,
    "answered_at": TIME,
    **dict.fromkeys(("id", "request", "version", "consumer", "decision", "failure"), Kind.TEXT),
    **dict.fromkeys(("score", "label"), Kind.NUMBER),
}
#: Rows that a notebook shows.
_SHOWN = 20
_JSON, _CSV = ".json", ".csv"


class Frame:
    """A table of rows. `pyarrow.table(frame)`, `polars.DataFrame(frame)` and DuckDB take it as it is."""

    def __init__(
        self, columns: Mapping[str, Sequence[Any]], inputs: Mapping[str, Kind], says: str, redacted: Sequence[str] = ()
    ) -> None:
        #: Values by column; times are microseconds since the epoch, UTC, and nothing is `None`.
        self.columns = columns
        #: What is in it, as a sentence.
        self.says = says
        #: Names of the columns that are inputs of the model.
        self.inputs = tuple(inputs)
        #: Names of the inputs that are not as they came: hashes, or nothing.
        self.redacted = tuple(redacted)
        self._types: Mapping[str, str] = {**_TYPES, **inputs}

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The rows, each as its values by column."""
        return (dict(zip(self.columns, row, strict=True)) for row in zip(*self.columns.values(), strict=True))

    def records(self) -> list[dict[str, Any]]:
        """The rows with their times as texts of RFC 3339."""
        return [{name: rfc3339(one) if self._types[name] == TIME else one for name, one in row.items()} for row in self]

    def to_pandas(self) -> "pd.DataFrame":
        """The rows with types of pandas: times in UTC, and nothing as pandas says it. Needs pandas."""
        import pandas as pd

        return pd.DataFrame({name: _series(self._types[name], values) for name, values in self.columns.items()})

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The rows as a PyCapsule with an Arrow stream."""
        return self._table().__arrow_c_stream__(requested_schema)

    def content(self, suffix: str) -> bytes:
        """The bytes of a file: `.parquet`, `.csv`, `.arrow` or `.json`; raises `Invalid` for any other.

        In `.csv`, which spreadsheets open, texts that begin like a formula have an apostrophe in front of them.
        """
        check_form(Path(f"rows{suffix}"))
        if suffix == _JSON:
            return msgspec.json.encode(self.records())
        return table_stream.content(self._table(spreadsheet.cell if suffix == _CSV else str), suffix)

    def write(self, path: Path) -> None:
        """Write a file whose form its suffix says; raises `Invalid` for another suffix or a place that takes none."""
        content = self.content(path.suffix)
        try:
            path.write_bytes(content)
        except OSError as error:
            raise Invalid(
                "The rows cannot be written.", why=f"{error.strerror}.", fix="Name a place that takes a file.", code="E1259"
            ) from None

    def __repr__(self) -> str:
        return f"<{self.says}>"

    def _repr_html_(self) -> str:
        """A caption and the first rows, for a notebook."""
        heads = "".join(f"<th>{escape(name)}</th>" for name in self.columns)
        rows = zip(*(values[:_SHOWN] for values in self.columns.values()), strict=True)
        cells = (
            "".join(f"<td>{escape(self._shown(*one))}</td>" for one in zip(self.columns, row, strict=True)) for row in rows
        )
        more = f" The first {_SHOWN} are shown." if len(self) > _SHOWN else ""
        body = "".join(f"<tr>{row}</tr>" for row in cells)
        return (
            f"<table><caption>{escape(self.says)}{more}</caption><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
        )

    def _shown(self, name: str, value: Any) -> str:
        if value is None:
            return ""
        if self._types[name] == TIME:
            return rfc3339(value)
        return f"{value:.6g}" if isinstance(value, float) else str(value)

    def _table(self, write: Callable[[str], str] = str) -> Any:
        from arro3.core import Table

        written = {
            name: [write(one) if isinstance(one, str) else one for one in values] for name, values in self.columns.items()
        }
        return Table.from_pydict({write(name): _array(self._types[name], values) for name, values in written.items()})


def check_form(path: Path) -> None:
    """Raise `Invalid` for a file of a form in which no rows are written."""
    forms = (*table_stream.FORMS, _JSON)
    if path.suffix not in forms:
        raise Invalid(
            f"Rows are written as {', '.join(forms)}.",
            why=f"{path.name} ends with {path.suffix or 'nothing'}.",
            fix="Name a file of one of these forms.",
            code="E1198",
        )


def frame_of(rows: Rows) -> Frame:
    """The rows of an answer of the platform."""
    return Frame(rows.columns, rows.inputs, rows.sentence, rows.redacted)


def sample_frame(content: bytes, contract: Contract, name: str) -> Frame:
    """The rows of a sample that is kept with a version."""
    columns = from_json(content, dict[str, list[Any]])
    kinds = {column_of(column.name): column.kind for column in contract.inputs}
    known = {column_of(column.name): columns[column.name] for column in contract.inputs}
    return Frame(known, kinds, f"{len(next(iter(known.values()), ())):,} rows of the reference of {name}.")


def _series(kind: str, values: Sequence[Any]) -> Any:
    import pandas as pd

    if kind == TIME:
        return pd.to_datetime(pd.Series(values, dtype="int64"), unit="us", utc=True)
    has_gaps = any(value is None for value in values)
    types = {
        Kind.NUMBER: "float64",
        Kind.INTEGER: "Int64" if has_gaps else "int64",
        Kind.BOOLEAN: "boolean" if has_gaps else "bool",
    }
    return pd.Series(list(values), dtype=types.get(Kind(kind)) or (None if len(values) else "object"))


def _array(kind: str, values: Sequence[Any]) -> Any:
    from arro3.core import Array, DataType

    if kind == TIME:
        return Array(list(values), type=DataType.int64()).cast(DataType.timestamp("us", tz="UTC"))
    types = {Kind.NUMBER: DataType.float64(), Kind.INTEGER: DataType.int64(), Kind.BOOLEAN: DataType.bool()}
    if kind == Kind.NUMBER:
        values = [None if value is None else float(value) for value in values]
    return Array(list(values), type=types.get(Kind(kind), DataType.utf8()))
