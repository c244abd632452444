"""Inputs that are neither numbers nor categories, from the rows of an adoption to what is said of a window."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from arro3.core import Array, DataType, Table
from arro3.io import write_parquet
from tests.lifecycle.away import AT
from tests.lifecycle.lives import Life
from tests.monitoring.test_form import remarks
from tests.sdk import models

from lamplighter.domain.project import Project
from lamplighter.domain.route import Served
from lamplighter.domain.routing import declared_live
from lamplighter.domain.version import Elsewhere, Version
from lamplighter.lifecycle import watching
from lamplighter.sdk.adoption import Reference, adopted
from lamplighter.sdk.pushing import Columns, push
from lamplighter.sdk.release import registered

MODEL = "complaints"
DAY = 86_400_000_000
SUBJECTS = ("remark (length)", "received (hour)")
TIME = DataType.timestamp("us", tz="UTC")


def scored(count: int, seed: int, words: int, day: int, hours: float = 0.0) -> dict[str, list[Any]]:
    """Complaints of about so many words, received between 8 and 20 on a day, and how angry a model elsewhere finds them.

    `hours` moves what the clock of the source says."""
    random = np.random.default_rng(seed)
    seconds = day * 86_400 + (random.uniform(8.0, 20.0, count) + hours) * 3600
    return {
        "remark": remarks(count, seed, words),
        "received": (seconds * 1e6).astype(np.int64).tolist(),
        "score": random.random(count).tolist(),
    }


def file(folder: Path, rows: Mapping[str, list[Any]]) -> Path:
    """The rows as Parquet, the times as timestamps."""
    made: dict[str, Any] = {
        name: Array(values, DataType.int64()).cast(TIME)
        if name in ("received", "time")
        else Array(values, DataType.float64() if name == "score" else DataType.string())
        for name, values in rows.items()
    }
    write_parquet(Table.from_pydict(made), str(folder / "rows.parquet"))
    return folder / "rows.parquet"


def adopt(life: Life, folder: Path) -> Version:
    # A training table of many months, months ago.
    parts = [scored(40, day, 6, day) for day in range(18_000, 18_060)]
    rows = {name: [value for part in parts for value in part[name]] for name in parts[0]}
    project: Project = models.project(MODEL, monitor={"quality": {"metric": "brier", "limit": 0.9, "window": "1d"}})
    life["dana"].save_project(MODEL, project)
    version = registered(life["dana"], adopted(project, Reference(file(folder, rows), score="score"), Elsewhere(at=AT)))
    with life.kit.store.transaction() as change:
        before = change.routings.of(MODEL, "prod")
        served = Served(number=version.number, digest=version.digest)
        change.routings.save(before, declared_live(before, served, life.clock.now()))
    return version


def test_what_moved_is_told_by_what_was_looked_at(life: Life, tmp_path: Path) -> None:
    version = adopt(life, tmp_path)
    for day, (words, hours) in enumerate(((6, 0.0), (6, 0.0), (14, -8.0), (6, 0.0))):
        rows = scored(1000, 10 + day, words, 19_000 + day, hours)
        rows |= {"id": [f"{day}-{place}" for place in range(1000)], "time": [(19_000 + day) * DAY] * 1000}
        assert push(life["milo"], version, "prod", file(tmp_path, rows), Columns()).kept == 1000
    watching.observe(life.kit)
    found = life["rita"].readings(MODEL, "prod", "drift")
    moved = {
        subject: [one.crossed for one in sorted(found, key=lambda one: one.start) if one.subject == subject]
        for subject in SUBJECTS
    }
    assert moved == {subject: [False, False, True] for subject in SUBJECTS}
    empty = life["rita"].readings(MODEL, "prod", "completeness")
    assert {one.subject for one in empty} == {"remark", "received", "@prediction"}
    assert not any(one.crossed for one in empty)
