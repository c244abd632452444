"""Tokens for pushing: one model, one environment, predictions and labels, and nothing else."""

import base64
from pathlib import Path

import pytest
from tests.api.doorways import Doorways
from tests.lifecycle.away import AT, reference_file
from tests.sdk import models

from lamplighter.domain.errors import Invalid, NotAllowed
from lamplighter.domain.identity import PLATFORM, Purpose, Role
from lamplighter.domain.pushed import Kept, LabelsKept, Pushed
from lamplighter.domain.version import Elsewhere, Version
from lamplighter.lifecycle import authentication, consumers
from lamplighter.sdk import brought, pushing
from lamplighter.sdk.adoption import Reference, adopted
from lamplighter.sdk.answers import Label
from lamplighter.sdk.embedded import Embedded
from lamplighter.sdk.pushing import Columns, Progress
from lamplighter.sdk.release import registered
from lamplighter.sdk.remote import remote

MODEL = "vendor-trains"
ROW = {"id": "v-1", "time": 1_700_000_000_000_000, "score": 0.25, "number": 1}
COLUMNS = Columns(id="id", time="at")


@pytest.fixture(scope="module")
def token(doorways: Doorways, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A token of a vendor for its model in prod."""
    owner = Embedded(
        doorways.kit, authentication.authenticate(doorways.kit, doorways.tokens[Role.DATA_SCIENTIST], Purpose.TOKEN)
    )
    project = models.project(MODEL)
    owner.save_project(MODEL, project)
    reference = Reference(reference_file(tmp_path_factory.mktemp("reference")), score="score", label="late")
    registered(owner, adopted(project, reference, Elsewhere(at=AT)))
    consumers.save(doorways.kit, PLATFORM, "vendor", "risk@trains.example", (), True)
    administrator = remote(doorways.url, doorways.tokens[Role.ADMINISTRATOR])
    try:
        return administrator.issue_push_token("vendor", MODEL, "prod").secret
    finally:
        administrator.close()


def test_it_brings_predictions_and_labels_and_nothing_else(doorways: Doorways, token: str) -> None:
    vendor = remote(doorways.url, token)
    pushed = Pushed(id="v-0", time=1_700_000_000_000_000, score=0.5, number=1)
    assert vendor.push_predictions(MODEL, "prod", [pushed]) == Kept(kept=1, known=0)
    assert vendor.push_labels(MODEL, [Label(id="v-0", value=1.0)]) == LabelsKept(kept=1)
    for refused in (
        lambda: vendor.push_predictions(MODEL, "dev", [pushed]),
        lambda: vendor.push_labels("known", []),
        lambda: vendor.status(MODEL),
        lambda: vendor.issue_push_token("vendor", MODEL, "prod"),
    ):
        with pytest.raises(NotAllowed):
            refused()
    vendor.close()
    with doorways.kit.store.reading() as look:
        assert look.traffic.callers(MODEL)[0][1] == "vendor"


def test_it_may_be_the_password_of_an_address(doorways: Doorways, token: str) -> None:
    path, body = f"/api/v1/models/{MODEL}/predictions", {"environment": "prod", "predictions": [ROW]}

    def basic(secret: str) -> str:
        return f"Basic {base64.b64encode(f'logger:{secret}'.encode()).decode()}"

    assert doorways.ask("POST", path, body=body, Authorization=basic(token)).json() == {"kept": 1, "known": 0, "closed": 0}
    # A person's token is none: browsers send such credentials by themselves.
    for secret in (doorways.tokens[Role.ML_ENGINEER], token[:-1], ""):
        assert doorways.ask("POST", path, body=body, Authorization=basic(secret)).status_code == 401


def test_a_closed_account_brings_nothing(doorways: Doorways, token: str) -> None:
    consumers.save(doorways.kit, PLATFORM, "vendor", "risk@trains.example", (), False)
    path, body = f"/api/v1/models/{MODEL}/predictions", {"environment": "prod", "predictions": [ROW]}
    try:
        answer = doorways.ask("POST", path, token, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "E1304")
    finally:
        consumers.save(doorways.kit, PLATFORM, "vendor", "risk@trains.example", (), True)


def version(doorways: Doorways) -> Version:
    with doorways.kit.store.reading() as look:
        found = look.versions.find(model=MODEL, number=1)
    assert found is not None
    return found


@pytest.mark.parametrize("form", [".csv", ".jsonl", ".parquet"])
def test_a_table_goes_in_bites_and_may_be_sent_again(doorways: Doorways, token: str, tmp_path: Path, form: str) -> None:
    source = table(tmp_path, form)
    vendor, told = remote(doorways.url, token), list[Progress]()
    done = pushing.push(vendor, version(doorways), "prod", source, COLUMNS, rows=40, told=told.append)
    assert done == Progress(rows=100, kept=100)
    assert [progress.rows for progress in told] == [40, 80, 100]
    again = pushing.push(vendor, version(doorways), "prod", source, COLUMNS, start=80, rows=40)
    assert again == Progress(rows=100, kept=0, known=20)
    vendor.close()


def table(folder: Path, form: str) -> Path:
    """A hundred rows in one of the forms, with ids of their own."""
    path = folder / f"pushed{form}"
    lines = [(f"{form}-{row}", 1_700_000_000 + row, row / 100, 3.0, "" if row % 9 == 0 else "hills") for row in range(100)]
    if form == ".parquet":
        _write_parquet(path, lines)
    elif form == ".csv":
        rows = "".join(f"{i},{at}000000,{score},{delay},0.5,coast,{note}\n" for i, at, score, delay, note in lines)
        path.write_text(f"id,at,score,delay,load,line,note\n{rows}")
    else:
        inputs = '"inputs":{"delay":3.0,"load":0.5,"line":"coast"}'
        path.write_text("".join(f'{{"id":"{i}","at":{at}000000,"score":{s},{inputs}}}\n' for i, at, s, _, _ in lines))
    return path


def _write_parquet(path: Path, lines: list[tuple[str, int, float, float, str]]) -> None:
    from typing import Any

    from arro3.core import Array, DataType, Table

    from lamplighter.sdk import table_stream

    moments = Array([at * 1_000_000 for _, at, *_ in lines], DataType.int64()).cast(DataType.timestamp("us", tz="UTC"))
    columns: dict[str, Any] = {
        "id": Array([line[0] for line in lines], DataType.string()),
        "at": moments,
        "score": Array([line[2] for line in lines], DataType.float64()),
        "delay": Array([line[3] for line in lines], DataType.float64()),
        "load": Array([0.5] * len(lines), DataType.float64()),
        "line": Array(["coast"] * len(lines), DataType.string()),
    }
    table_stream.FORMS[".parquet"][1](Table.from_pydict(columns), str(path))


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a.csv", "id,score\nsecret,1\n", "there is no column at"),
        ("a.csv", "id,at,score\nx,secret,1\n", "a time is none"),
        ("a.jsonl", '{"id":"secret"\n', "line 1 is not a JSON object"),
        ("a.txt", "secret", "a.txt ends with .txt"),
        ("a.csv", "id,at,score,delay\nsecret,5,0.1,1\n", "there is no column load"),
    ],
)
def test_a_table_that_does_not_fit_is_refused(
    doorways: Doorways, token: str, tmp_path: Path, name: str, text: str, why: str
) -> None:
    (tmp_path / name).write_text(text)
    vendor = remote(doorways.url, token)
    with pytest.raises(Invalid) as refused:
        pushing.push(vendor, version(doorways), "prod", tmp_path / name, COLUMNS)
    vendor.close()
    assert (refused.value.code, refused.value.why) == ("E1269", f"In short: {why}.")
    assert "secret" not in str(refused.value)


def test_times_of_every_form() -> None:
    assert brought.moments([5, "5", "1970-01-01T00:00:00.000005Z", "1970-01-01T01:00:00.000005+01:00"]) == [5, 5, 5, 5]
