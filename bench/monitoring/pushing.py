"""A table of predictions pushed over HTTP into a platform of its own, against reading the same table and doing nothing with it.

`pushing.py [ROWS]`; the table has 20 inputs. Both read Parquet with the reader of the project; what is pushed is counted.
"""

import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from arro3.core import Array, DataType, Table

sys.path.insert(0, str(Path(__file__).parents[1] / "serving"))
import lines

from lamplighter.domain.impact import Impact, Loss
from lamplighter.domain.owners import Owners
from lamplighter.domain.project import Model, Project
from lamplighter.domain.version import Elsewhere, Version
from lamplighter.sdk import brought, local, pushing, table_stream
from lamplighter.sdk.adoption import Reference, adopted
from lamplighter.sdk.connect import local_token
from lamplighter.sdk.interface import Platform
from lamplighter.sdk.pushing import Columns
from lamplighter.sdk.release import registered
from lamplighter.sdk.remote import remote
from lamplighter.settings import read_settings

ROWS, INPUTS, MODEL = 100_000, 20, "pushed"
#: The first of the ports of the platform.
_PORT = 18_770


def write(path: Path, rows: int) -> None:
    """Ids, times of thirty days, scores and inputs: 15 numbers and 5 texts."""
    source = random.Random(5)
    now = time.time_ns() // 1000
    columns: dict[str, Any] = {
        "id": Array([f"row-{row}" for row in range(rows)], DataType.string()),
        "time": Array([now - 30 * 86_400_000_000 * (rows - row) // rows for row in range(rows)], DataType.int64()),
        "score": Array([source.random() for _ in range(rows)], DataType.float64()),
    }
    for place in range(INPUTS - 5):
        columns[f"number{place}"] = Array([source.gauss(0.0, 1.0) for _ in range(rows)], DataType.float64())
    for place in range(5):
        columns[f"text{place}"] = Array([source.choice("abcdefgh") for _ in range(rows)], DataType.string())
    table_stream.FORMS[".parquet"][1](Table.from_pydict(columns), str(path))


def read(path: Path) -> float:
    """Seconds of reading every bite as plain values."""
    begun = time.monotonic()
    for _ in brought.bites(path, pushing.ROWS):
        pass
    return time.monotonic() - begun


def ready(platform: Platform, path: Path) -> Version:
    """A registered version of a model whose inputs are those of the table."""
    me = platform.whoami().email
    owners = Owners(design=me, industrialization=me, deployment=me, monitoring=me, management=me)
    project = Project(model=Model(name=MODEL), owners=owners, impact=Impact(loss=Loss.SMALL))
    platform.save_project(MODEL, project)
    reference = Reference(path, score="score", ignored=("id", "time"))
    return registered(platform, adopted(project, reference, Elsewhere(at="another cloud")))


def main(rows: int) -> None:
    """Push once, read once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        write(path, rows)
        settings = read_settings({}, home=f"{folder}/home", port=_PORT, serving_port=_PORT + 1)
        settings.folder.mkdir(parents=True, exist_ok=True)
        (settings.folder / "config.toml").write_text(f"port = {_PORT}\nserving_port = {_PORT + 1}\n")
        local.start(settings, wait=60.0)
        try:
            platform = remote(settings.url, local_token(settings), timeout=120.0)
            version = ready(platform, path)
            begun = time.monotonic()
            done = pushing.push(platform, version, "prod", path, Columns())
            ours = time.monotonic() - begun
        finally:
            local.stop(settings)
        if done.kept != rows:
            raise SystemExit(f"{done.kept} of {rows} rows were kept")
        lines.line("pushed_rows", rows / ours, "reading_only", rows / read(path), "rows/s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
