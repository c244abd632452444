"""A large table through a live version, against a script that is written by hand; memory of ours.

`batch.py [ROWS]`. The script reads a whole table, calls `predict_proba` of the pipeline once and writes the scores; it is given
the first rows of the same table, as many as fit: one-hot encoding takes a kilobyte for each.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import ground
import lines
from arro3.core import Array, DataType, Table

from lamplighter.domain.version import address
from lamplighter.sdk import table_stream

ROWS = 1_000_000
#: Rows that the script is given at most, and megabytes that ours may take however many rows there are.
BY_HAND, MEMORY = 500_000, 400.0
#: Rows of the ground that the table repeats.
_PART = 20_000
_BY_HAND = """
import sys, joblib, pandas
from arro3.io import read_parquet
model, table = joblib.load(sys.argv[1]), read_parquet(sys.argv[2]).read_all()
frame = pandas.DataFrame({name: table.column(name).to_pylist() for name in table.schema.names if name != "row"})
with open(sys.argv[3], "w") as out:
    out.writelines(f"{score!r}\\n" for score in model.predict_proba(frame)[:, 1])
"""
#: What `lamp score` does once it knows the version and the address; prints the peak of its memory in kB.
_OURS = """
import re, sys, msgspec
from pathlib import Path
from lamplighter.domain.version import Manifest, Version
from lamplighter.sdk import batch
content, digest, url, token, source, target = sys.argv[1:]
manifest = msgspec.json.decode(Path(content).read_bytes(), type=Manifest)
version = Version(model=manifest.model, number=1, digest=digest, manifest=manifest, author="", created_at=0)
job = batch.plan(version, Path(source))
batch.Scoring(job, version, url, token, Path(source), Path(target)).run(resume=False, told=lambda _: None)
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
"""


def write(path: Path, rows: int) -> None:
    """A Parquet file with the rows of the ground again and again, and their places."""
    records = ground.rows(min(_PART, rows))
    columns: dict[str, Any] = {name: Array([row[name] for row in records], DataType.float64()) for name in ground.NUMBERS}
    columns |= {name: Array([row[name] for row in records], DataType.string()) for name in ground.TEXTS}
    parts = []
    for start in range(0, rows, len(records)):
        places = Array(list(range(start, start + len(records))), DataType.int64())
        table = Table.from_pydict({**columns, "row": places}).slice(0, min(rows - start, len(records)))
        parts.append(path.with_name(f"part-{start}"))
        parts[-1].write_bytes(table_stream.stream(table))
    table_stream.join(parts, path)
    for part in parts:
        part.unlink()


def timed(*command: str) -> tuple[float, str]:
    """Seconds of a command, and what it printed."""
    started = time.monotonic()
    printed = subprocess.run([sys.executable, "-c", *command], check=True, stdout=subprocess.PIPE, text=True).stdout
    return time.monotonic() - started, printed


def scored(model: ground.Trained, source: Path) -> tuple[float, float]:
    """Seconds in which ours scores the table, and its memory in MB."""
    with ground.serving(model) as server:
        url, target = server.address.partition("/m/")[0], source.with_name("scored.parquet")
        manifest = model.artifacts / address(model.served.digest)
        seconds, printed = timed(_OURS, *map(str, (manifest, model.served.digest, url, ground.TOKEN, source, target)))
    return seconds, int(printed) / 1024


def main(rows: int) -> None:
    """Print the lines."""
    model, few = ground.trained("hist_gradient_boosting"), min(rows, BY_HAND)
    with tempfile.TemporaryDirectory() as folder:
        source, first = Path(folder) / "rows.parquet", Path(folder) / "first.parquet"
        write(source, rows)
        write(first, few)
        seconds, memory = scored(model, source)
        by_hand, _ = timed(_BY_HAND, str(model.pickled), str(first), f"{folder}/scores")
    lines.line("batch_rows", rows / seconds, "pandas_whole", few / by_hand, "rows/s")
    lines.line("batch_memory", memory, "limit", MEMORY, "MB", lower_is_better=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
