"""`python -m lamplighter.serving.table_reader`: opens Parquet files and Arrow streams of callers, in a process of its own.

Formats that unfold on reading can ask for any amount of memory, and their reader can abort the process it runs in. So it runs
here, with little memory and nothing to lose. On standard input come requests, on standard output go answers; each is a length
in 4 little-endian bytes and that many bytes. A request begins with one byte that names its form; an answer is MessagePack.
"""

import io
import resource
import struct
import sys
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

import msgspec
from arro3 import io as arrow
from arro3.core import Array, DataType, Field, RecordBatchReader, dictionary_dictionary, dictionary_indices

LENGTH = struct.Struct("<I")
#: The byte that stands for a form.
PARQUET, ARROW = b"p", b"a"
#: Rows, values and bytes of text that are read at most; there is one row more, so that the caller hears of too many. What is
#: read becomes objects in the process that serves, some forty bytes for each value.
MOST_ROWS = 10_001
MOST_VALUES = 4_000_000
MOST_TEXT = 64 * 1024 * 1024
_MEMORY = 1024 * 1024 * 1024
_BATCH = 1024


class Refused(Exception):
    """The table is readable and not taken."""

    def __init__(self, slug: str, detail: str) -> None:
        super().__init__(detail)
        self.slug = slug
        self.detail = detail


class Read(msgspec.Struct):
    """What came of a request."""

    #: By name; empty if the table was refused.
    columns: dict[str, list[Any]] = {}
    #: Columns of a kind that is not taken, with its name.
    strange: dict[str, str] = {}
    #: Slug of the refusal; empty if there is none.
    slug: str = ""
    #: What to do about it.
    detail: str = ""


_TOO_LARGE = Refused("too-large", "The table is too large once it is unfolded. Send fewer rows.")
_MALFORMED = "The body is not what its Content-Type says: send a whole Parquet file or Arrow stream."
_OPENERS: Mapping[bytes, Callable[[bytes], RecordBatchReader]] = {
    PARQUET: lambda content: arrow.read_parquet(io.BytesIO(content), batch_size=_BATCH),
    ARROW: lambda content: arrow.read_ipc_stream(io.BytesIO(content)),
}


def read(form: bytes, content: bytes) -> Read:
    """The columns of a table; never raises for what the bytes hold."""
    try:
        reader = _OPENERS[form](content)
        strange = {field.name: _kind(field.type) for field in _fields(reader) if not _is_taken(field.type)}
        return Read(strange=strange) if strange else Read(_columns(reader))
    except Refused as refused:
        return Read(slug=refused.slug, detail=refused.detail)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # a panic of the reader is no Exception
        return Read(slug="malformed-table", detail=_MALFORMED)


def _fields(reader: RecordBatchReader) -> list[Field]:
    return [reader.schema.field(place) for place in range(len(reader.schema))]


def _columns(reader: RecordBatchReader) -> dict[str, list[Any]]:
    names = [field.name for field in _fields(reader)]
    if len(set(names)) != len(names):
        raise Refused("schema-violation", "Give the columns of a table different names.")
    columns: dict[str, list[Any]] = {name: [] for name in names}
    rows = size = 0
    for batch in reader:
        count = min(batch.num_rows, MOST_ROWS - rows)
        for place, name in enumerate(names):
            values = _values(batch.column(place).slice(0, count))
            size += sum(len(value) for value in values if type(value) is str)
            columns[name].extend(values)
        rows += count
        if size > MOST_TEXT or rows * len(names) > MOST_VALUES:
            raise _TOO_LARGE
        if rows == MOST_ROWS:
            break
    return columns


def _values(array: Array) -> list[Any]:
    """The values; those of a dictionary are not copied for every row."""
    if not DataType.is_dictionary(array.type):
        return array.to_pylist()
    texts = dictionary_dictionary(array).to_pylist()
    return [None if place is None else texts[place] for place in dictionary_indices(array).to_pylist()]


def _is_taken(kind: DataType) -> bool:
    if DataType.is_dictionary(kind):
        return kind.value_type is not None and _is_text(kind.value_type)
    return _is_text(kind) or any(
        test(kind) for test in (DataType.is_integer, DataType.is_floating, DataType.is_boolean, DataType.is_null)
    )


def _kind(kind: DataType) -> str:
    tests = {
        "timestamp": DataType.is_timestamp,
        "date": DataType.is_date,
        "time": DataType.is_time,
        "decimal": DataType.is_decimal,
        "binary": DataType.is_binary,
        "dictionary": DataType.is_dictionary,
        "nested": DataType.is_nested,
    }
    return next((name for name, test in tests.items() if test(kind)), "other")


def _is_text(kind: DataType) -> bool:
    return DataType.is_string(kind) or DataType.is_large_string(kind) or DataType.is_string_view(kind)


def _answer(source: BinaryIO, target: BinaryIO) -> bool:
    """Answer one request; false when there are no more."""
    head = source.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return False
    content = source.read(LENGTH.unpack(head)[0])
    answer = msgspec.msgpack.encode(read(content[:1], content[1:]))
    target.write(LENGTH.pack(len(answer)) + answer)
    target.flush()
    return True


def main() -> None:
    """Answer until the other end closes."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    while _answer(sys.stdin.buffer, sys.stdout.buffer):
        pass


if __name__ == "__main__":
    main()
