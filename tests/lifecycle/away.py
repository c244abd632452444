"""A model that runs elsewhere: rows that it has scored, and its adoption."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tests.lifecycle.lives import Life
from tests.sdk import models

from lamplighter.domain.project import Project
from lamplighter.domain.version import Elsewhere, Version
from lamplighter.sdk import table_stream
from lamplighter.sdk.adoption import Reference, adopted
from lamplighter.sdk.release import registered

#: Where the model of the tests runs.
AT = "https://trains.example/late"


def scored_rows(count: int, seed: int = 1) -> pd.DataFrame:
    """Delay, load and line of trains, the score that the model gave them elsewhere, and whether they came late."""
    rows, late = models.rows(count, seed)
    score = models.fitted().predict_proba(rows)[:, 1]
    line = np.random.default_rng(seed).choice(["coast", "hills"], count)
    return rows.assign(line=line, score=score, late=late)


def reference_file(folder: Path, count: int = 1500) -> Path:
    """The same as a Parquet file."""
    from arro3.core import Array, DataType, Table

    kinds = {"line": DataType.string(), "late": DataType.int64()}
    frame = scored_rows(count)
    columns: dict[str, Any] = {name: Array(frame[name].tolist(), kinds.get(name, DataType.float64())) for name in frame.columns}
    table_stream.FORMS[".parquet"][1](Table.from_pydict(columns), str(folder / "scored.parquet"))
    return folder / "scored.parquet"


def adopt(life: Life, project: Project, folder: Path, *, back: str = "", **more: Any) -> Version:
    """Register a version of a project's model, as its owner."""
    reference = Reference(reference_file(folder), score="score", label="late", **more)
    life["dana"].save_project(project.name, project)
    return registered(life["dana"], adopted(project, reference, Elsewhere(at=AT, back=back)))
