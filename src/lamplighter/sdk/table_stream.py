"""Tables that may be larger than memory: read in pieces, written in pieces, and joined in the end."""

import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from lamplighter.domain.errors import Invalid, NotFound

_END = b"\xff\xff\xff\xff\x00\x00\x00\x00"
#: Rows of a group in a Parquet file.
_GROUP = 100_000


def _csv(file: Path, rows: int) -> Any:
    from arro3.io import infer_csv_schema, read_csv

    schema = infer_csv_schema(str(file), has_header=True)
    return read_csv(str(file), schema, has_header=True, batch_size=rows)


def _parquet(file: Path, rows: int) -> Any:
    from arro3.io import read_parquet

    return read_parquet(str(file), batch_size=rows)


def _arrow(file: Path, rows: int) -> Any:  # noqa: ARG001
    from arro3.io import read_ipc, read_ipc_stream

    with file.open("rb") as opened:
        is_file = opened.read(6) == b"ARROW1"
    return (read_ipc if is_file else read_ipc_stream)(str(file))


def _write_parquet(reader: Any, file: str | IO[bytes]) -> None:
    from arro3.io import write_parquet

    write_parquet(reader, file, compression="zstd(3)", max_row_group_size=_GROUP)


def _write_csv(reader: Any, file: str | IO[bytes]) -> None:
    from arro3.io import write_csv

    write_csv(reader, file, header=True)


def _write_arrow(reader: Any, file: str | IO[bytes]) -> None:
    from arro3.io import write_ipc

    # What ends with `.arrow` is a file to every reader; a stream would end with `.arrows`.
    write_ipc(reader, file, compression=None)


#: By suffix: how a file is read in batches of about so many rows, and how a stream of batches is written.
FORMS: dict[str, tuple[Callable[[Path, int], Any], Callable[[Any, str | IO[bytes]], None]]] = {
    ".parquet": (_parquet, _write_parquet),
    ".csv": (_csv, _write_csv),
    ".arrow": (_arrow, _write_arrow),
}


def check_form(file: Path) -> None:
    """Raise `Invalid` for a file of another form."""
    if file.suffix not in FORMS:
        raise Invalid(
            f"Tables end with {', '.join(FORMS)}.",
            why=f"{file.name} ends with {file.suffix or 'nothing'}.",
            fix="Name a file of one of these forms.",
            code="E1198",
        )


def batches(file: Path, rows: int) -> Iterator[Any]:
    """Record batches of at most so many rows, in the order of the file; raises `NotFound` and `Invalid`."""
    check_form(file)
    try:
        for batch in FORMS[file.suffix][0](file, rows):
            for start in range(0, batch.num_rows, rows):
                yield batch.slice(start, min(rows, batch.num_rows - start))
    except FileNotFoundError:
        raise NotFound("There is no such table.", why=f"{file.name} does not exist.", fix="Name a file that exists.") from None
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # the library's errors share no base, its panics are no exceptions, and texts may hold data
        raise Invalid(
            f"{file.name} cannot be read as a table.",
            why=f"The reader of {file.suffix} stopped with {type(error).__name__}.",
            fix="Write the file again, or give it the suffix of its form.",
            code="E1198",
        ) from None


def columns(batch: Any) -> dict[str, list[Any]]:
    """The values of a batch by column, as Python has them; those of a dictionary are not copied for every row."""
    return {name: _values(batch.column(place)) for place, name in enumerate(batch.schema.names)}


def _values(array: Any) -> list[Any]:
    from arro3.core import DataType, dictionary_dictionary, dictionary_indices

    if not DataType.is_dictionary(array.type):
        return list(array.to_pylist())
    texts = dictionary_dictionary(array).to_pylist()
    return [None if place is None else texts[place] for place in dictionary_indices(array).to_pylist()]


def stream(table: Any) -> bytes:
    """The bytes of a table or batch as an Arrow stream."""
    from arro3.io import write_ipc_stream

    written = io.BytesIO()
    write_ipc_stream(table, written, compression=None)
    return written.getvalue()


def content(table: Any, suffix: str) -> bytes:
    """The bytes of a file of the form that its suffix says."""
    written = io.BytesIO()
    FORMS[suffix][1](table, written)
    return written.getvalue()


def join(parts: Sequence[Path], target: Path) -> None:
    """Write the rows of Arrow streams with one schema into one table, a part at a time; there is at least one part."""
    from arro3.io import read_ipc_stream

    with io.BufferedReader(_Joined(parts), 1 << 20) as joined:
        FORMS[target.suffix][1](read_ipc_stream(joined), str(target))


class _Joined(io.RawIOBase):
    """Several Arrow streams as one: the schema of the first, the batches of all. Each part begins with the message of its
    schema, behind its length in bytes 4 to 7, and ends with the mark of the end."""

    def __init__(self, parts: Sequence[Path]) -> None:
        self._pieces = self._cut(parts)
        self._rest = b""

    def _cut(self, parts: Sequence[Path]) -> Iterator[bytes]:
        for place, part in enumerate(parts):
            content = part.read_bytes().removesuffix(_END)
            yield content if place == 0 else content[8 + int.from_bytes(content[4:8], "little") :]
        yield _END

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = next(self._pieces, b"")
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)
