"""Inputs that are neither numbers nor categories, from the rows of an adoption to what is said of a window."""

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
from lamplighter.domain.pushed import Pushed
from lamplighter.domain.route import Served
from lamplighter.domain.routing import declared_live
from lamplighter.domain.version import Elsewhere, Version
from lamplighter.lifecycle import watching
from lamplighter.sdk.adoption import Reference, adopted
from lamplighter.sdk.release import registered

MODEL = "complaints"
DAY = 86_400_000_000
MONDAY = 19_000 * DAY


def scored(count: int, seed: int, words: int) -> dict[str, list[Any]]:
    """Complaints of about so many words, and how angry a model elsewhere finds them."""
    return {"remark": remarks(count, seed, words), "score": np.random.default_rng(seed).random(count).tolist()}


def adopt(life: Life, folder: Path) -> Version:
    rows = scored(2000, 1, 6)
    kinds = {"remark": DataType.string(), "score": DataType.float64()}
    table = Table.from_pydict({name: Array(values, kinds[name]) for name, values in rows.items()})
    write_parquet(table, str(folder / "scored.parquet"))
    project: Project = models.project(MODEL, monitor={"quality": {"metric": "brier", "limit": 0.9, "window": "1d"}})
    life["dana"].save_project(MODEL, project)
    version = registered(life["dana"], adopted(project, Reference(folder / "scored.parquet", score="score"), Elsewhere(at=AT)))
    with life.kit.store.transaction() as change:
        before = change.routings.of(MODEL, "prod")
        served = Served(number=version.number, digest=version.digest)
        change.routings.save(before, declared_live(before, served, life.clock.now()))
    return version


def pushed(rows: dict[str, list[Any]], day: int) -> list[Pushed]:
    inputs = [dict(zip(list(rows)[:-1], values, strict=True)) for values in zip(*list(rows.values())[:-1], strict=True)]
    return [
        Pushed(id=f"{day}-{place}", time=MONDAY + day * DAY + place, score=score, inputs=given)
        for place, (score, given) in enumerate(zip(rows["score"], inputs, strict=True))
    ]


def test_what_moved_is_told_by_what_was_looked_at(life: Life, tmp_path: Path) -> None:
    adopt(life, tmp_path)
    for day, words in enumerate((6, 14, 14)):
        assert life["milo"].push_predictions(MODEL, "prod", pushed(scored(1000, 10 + day, words), day)).kept == 1000
    watching.observe(life.kit)
    found = [one for one in life["rita"].readings(MODEL, "prod", "drift") if one.column == "remark"]
    assert [(one.subject, one.crossed) for one in sorted(found, key=lambda one: one.start)] == [
        ("remark (length)", False),
        ("remark (length)", True),
    ]
    empty = [one for one in life["rita"].readings(MODEL, "prod", "completeness") if one.column == "remark"]
    assert {one.subject for one in empty} == {"remark"}
