"""A table as pyarrow reads it, for whoever has that: texts as dictionaries, columns by several threads.

pyarrow is in an environment of its own, as peers are; nothing but its reader is taken from there.
"""

import sys
from importlib import import_module
from pathlib import Path

from environments import environment
from million import TEXTS

_HERE = Path(__file__).parent / "readers" / "pyarrow"


class ByPyarrow:
    """A Parquet file as a stream of record batches."""

    def __init__(self, path: Path, rows: int) -> None:
        """`rows` is how many come at once."""
        place = environment(_HERE).parents[1]
        packages = str(next(place.glob("lib/*/site-packages")))
        if packages not in sys.path:
            # Last, so that what the project has is what the project has.
            sys.path.append(packages)
        self._path, self._rows = path, rows

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        pyarrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
        file = parquet.ParquetFile(self._path, read_dictionary=list(TEXTS))
        batches = file.iter_batches(batch_size=self._rows, use_threads=True)
        stream: object = pyarrow.RecordBatchReader.from_batches(file.schema_arrow, batches).__arrow_c_stream__(requested_schema)
        return stream
