"""A large table through a live version, against a loop that is written by hand over the same file; memory of both.

`batch.py [ROWS]`; the loop reads the table in pieces, calls `predict_proba` of the pipeline and writes the scores.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import ground
import lines
import msgspec
from arro3.core import Array, DataType, Table

from lamplighter.domain.version import Manifest, Version, address
from lamplighter.sdk import batch, table_stream

ROWS = 1_000_000
_BY_HAND = """
import sys, joblib, pandas
from arro3.io import read_parquet
model, out = joblib.load(sys.argv[1]), open(sys.argv[3], "w")
for piece in read_parquet(sys.argv[2], batch_size=5000):
    frame = pandas.DataFrame({name: piece.column(name).to_pylist() for name in piece.schema.names if name != "row"})
    out.writelines(f"{score!r}\\n" for score in model.predict_proba(frame)[:, 1])
"""
_OURS = """
import sys
sys.path.insert(0, sys.argv[1])
import batch
batch.score(*sys.argv[2:])
"""


def write(path: Path, rows: int) -> None:
    """A Parquet file with the rows of the ground again and again, and their places."""
    records = ground.rows(20_000)
    parts = []
    for start in range(0, rows, len(records)):
        some = records[: min(len(records), rows - start)]
        columns: dict[str, Any] = {name: Array([row[name] for row in some], DataType.float64()) for name in ground.NUMBERS}
        columns |= {name: Array([row[name] for row in some], DataType.string()) for name in ground.TEXTS}
        columns["row"] = Array(list(range(start, start + len(some))), DataType.int64())
        parts.append(path.with_name(f"part-{start}"))
        parts[-1].write_bytes(table_stream.stream(Table.from_pydict(columns)))
    table_stream.join(parts, path)


def score(name: str, url: str, source: str, target: str) -> None:
    """What `lamp score` does once it knows the version and the address."""
    model = ground.trained(name)
    manifest = msgspec.json.decode((model.artifacts / address(model.served.digest)).read_bytes(), type=Manifest)
    version = Version(model=ground.MODEL, number=1, digest=model.served.digest, manifest=manifest, author="", created_at=0)
    job = batch.plan(version, Path(source))
    batch.Scoring(job, version, url, ground.TOKEN, Path(source), Path(target)).run(resume=False, told=lambda _: None)


def timed(*command: str) -> tuple[float, float]:
    """Seconds of a command, and the peak of its memory in MB; the children of this process that ended before count too."""
    started = time.monotonic()
    subprocess.run([sys.executable, *command], check=True)
    return time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main(rows: int) -> None:
    """Ours first, so that its memory is not hidden behind that of the loop."""
    model = ground.trained("hist_gradient_boosting")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "rows.parquet"
        write(source, rows)
        with ground.serving(model) as server:
            url = server.address.partition("/m/")[0]
            here = str(Path(__file__).parent)
            ours = timed("-c", _OURS, here, "hist_gradient_boosting", url, str(source), f"{folder}/scored.parquet")
        theirs = timed("-c", _BY_HAND, str(model.pickled), str(source), f"{folder}/scores")
    lines.line("batch_rows", rows / ours[0], "pandas_loop", rows / theirs[0], "rows/s")
    lines.line("batch_memory", ours[1], "limit", 400.0, "MB", lower_is_better=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
