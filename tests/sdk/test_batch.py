"""Whole tables through a live version: the scores of online, whatever ends on the way."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from arro3.core import Array, DataType, Table
from tests.sdk import models
from tests.sdk.grounds import GROUNDS, Ground

from lamplighter.domain.errors import Conflict, Invalid, NotFound, Unavailable
from lamplighter.domain.prediction import frames
from lamplighter.domain.version import Version
from lamplighter.sdk import table_stream
from lamplighter.sdk.batch import Progress, Scoring, plan
from lamplighter.sdk.model import live_in
from lamplighter.sdk.release import release

MODEL = "night-trains"
ROWS = 2_345


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with GROUNDS["embedded"](tmp_path_factory.mktemp("batch")) as ground:
        yield ground


@pytest.fixture(scope="module")
def version(ground: Ground) -> Version:
    version = release(ground["dana"], models.project(MODEL), models.build())
    ground.live(version, "prod")
    return version


@pytest.fixture
def table(tmp_path: Path) -> Path:
    columns, _ = models.columns(ROWS)
    return written(tmp_path / "trains.parquet", {"train": list(range(ROWS)), **columns})


def written(path: Path, columns: Mapping[str, list[Any]]) -> Path:
    kinds = {int: DataType.int64(), float: DataType.float64(), str: DataType.string()}
    arrays: dict[str, Any] = {name: Array(values, kinds[type(values[0])]) for name, values in columns.items()}
    table_stream.FORMS[path.suffix][1](Table.from_pydict(arrays), str(path))
    return path


def read(path: Path) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {}
    for batch in table_stream.batches(path, 1_000):
        for name in batch.schema.names:
            columns.setdefault(name, []).extend(batch.column(name).to_pylist())
    return columns


def scoring(ground: Ground, version: Version, source: Path, target: Path, rows: int = 500) -> Scoring:
    address = live_in(ground["dana"], MODEL, "prod").address
    return Scoring(plan(version, source, rows), version, address, ground.tokens["display"], source, target)


def silent(progress: Progress) -> None:
    """Nobody listens."""


@pytest.mark.parametrize("suffix", [".parquet", ".csv", ".arrow"])
def test_every_row_has_the_score_of_online(ground: Ground, version: Version, table: Path, suffix: str) -> None:
    target = table.with_name(f"scored{suffix}")
    done = scoring(ground, version, table, target).run(resume=False, told=silent)
    assert (done.rows, done.chunks, done.kept) == (ROWS, 5, 0)
    found, columns = read(target), models.columns(ROWS)[0]
    online = ground.endpoint(MODEL, "prod").predict({name: values[:1_000] for name, values in columns.items()})
    alone = [ground.endpoint(MODEL, "prod").predict({n: [v[row]] for n, v in columns.items()}).scores[0] for row in (0, 7, 999)]
    name = version.manifest.contract.output.name
    assert list(found) == ["train", "prediction_id", name, "decision"]
    assert found["train"] == list(range(ROWS))
    assert tuple(found[name][:1_000]) == online.scores
    assert [found[name][row] for row in (0, 7, 999)] == alone
    assert [str(word) for word in found["decision"]] == [
        version.manifest.contract.output.classes[score >= 0.5] for score in found[name]
    ]
    assert len(set(found["prediction_id"])) == ROWS
    assert sorted(path.name for path in table.parent.iterdir()) == sorted([table.name, target.name])


def test_a_job_that_was_ended_goes_on_where_it_stopped(ground: Ground, version: Version, table: Path) -> None:
    target = table.with_name("resumed.parquet")

    def stop(progress: Progress) -> None:
        if progress.chunks == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scoring(ground, version, table, target, rows=300).run(resume=False, told=stop)
    assert not target.exists()
    with pytest.raises(Conflict, match="begun before"):
        scoring(ground, version, table, target, rows=300).run(resume=False, told=silent)
    with pytest.raises(Conflict, match="another job"):
        scoring(ground, version, table, target, rows=400).run(resume=True, told=silent)
    done = scoring(ground, version, table, target, rows=300).run(resume=True, told=silent)
    assert (done.rows, done.chunks, done.kept >= 2) == (ROWS, 8, True)
    assert done.kept_rows == 300 * done.kept
    assert done.rate == (ROWS - done.kept_rows) / done.seconds
    asked = [request for request in _requests(ground) if request.startswith(plan(version, table, 300).name)]
    assert sorted(asked) == sorted({f"{plan(version, table, 300).name}-{place:08d}" for place in range(8)})
    assert read(target)["train"] == list(range(ROWS))


def _requests(ground: Ground) -> list[str]:
    """Ids of everything in the prediction log of the environment."""
    paths = sorted((ground.settings.serving / "prod" / "segments").glob("*.seg"))
    return [record.request for path in paths for record, _ in frames(path.read_bytes())]


def test_a_row_that_does_not_fit_is_named_by_its_place_in_the_table(ground: Ground, version: Version, tmp_path: Path) -> None:
    columns, _ = models.columns(700)
    columns["load"][613] = float("inf")
    source = written(tmp_path / "broken.parquet", columns)
    with pytest.raises(Invalid) as refused:
        scoring(ground, version, source, tmp_path / "out.parquet", rows=200).run(resume=False, told=silent)
    assert "/rows/613/load" in refused.value.why


def test_what_is_no_table_is_refused_before_anything_is_asked(ground: Ground, version: Version, tmp_path: Path) -> None:
    lacking = written(tmp_path / "lacking.csv", {"delay": [1.0]})
    with pytest.raises(Invalid, match="lacks columns"):
        scoring(ground, version, lacking, tmp_path / "out.csv").run(resume=False, told=silent)
    for name, content in (
        ("rows.xlsx", b"x"),
        ("empty.parquet", b""),
        ("torn.parquet", b"PAR1xxPAR1"),
        ("torn.arrow", b"x" * 64),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Invalid):
            scoring(ground, version, tmp_path / name, tmp_path / "out.csv").run(resume=True, told=silent)
    with pytest.raises((Invalid, NotFound)):
        plan(version, tmp_path / "nowhere.csv")
    with pytest.raises(Invalid, match="end with"):
        scoring(ground, version, lacking, tmp_path / "out.txt")


def test_the_table_is_never_replaced_by_its_scores(ground: Ground, version: Version, table: Path) -> None:
    before = table.read_bytes()
    with pytest.raises(Invalid) as caught:
        scoring(ground, version, table, table.parent / "." / table.name)
    assert (caught.value.code, table.read_bytes()) == ("E1195", before)


def test_a_place_that_takes_no_file_is_named(ground: Ground, version: Version, table: Path, tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as caught:
        scoring(ground, version, table, tmp_path / "absent" / "scored.csv").run(resume=False, told=lambda _: None)
    assert (caught.value.code, caught.value.why) == (
        "E1704",
        f"scored.csv in {tmp_path / 'absent'}: No such file or directory.",
    )
