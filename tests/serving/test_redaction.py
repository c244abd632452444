"""What of the inputs is written down: by column and by share, before anything reaches the disk."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from tests.serving.groundwork import MODEL, Ground, inference, until

from lamplighter.domain.log import Log, LogPlan, LogRule, Redaction, log_of
from lamplighter.domain.route import Arm, ModelRoute
from lamplighter.serving.redaction import KEY, Redactor, redaction_key

SECRET = "Zaphod-Beeblebrox"


def rows(*carriers: str | None) -> dict[str, Any]:
    body = inference(len(carriers))
    body["inputs"][2]["data"] = list(carriers)
    return body


def test_nothing_of_a_redacted_column_reaches_the_disk_and_the_answer_is_the_same(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    redact = {"carrier": Redaction.HASH, "distance": Redaction.DROP}
    ground.route(ModelRoute(model=MODEL, champion=ground.version(1), log=Log(redact=redact)))
    for turn in ("first", "second"):
        with ground.serving(2):
            until(lambda: ground.adopted(1, 2))
            asked = rows(SECRET, "UA", None, SECRET)
            status, body, _ = ground.caller().post(f"/v2/models/{MODEL}/infer", asked, Lamp_Request_Id=turn)
            assert (status, body["outputs"][0]["data"]) == (200, [6.0, 16.0, 6.0, 6.0])
    first, second = sorted(ground.scored(), key=lambda record: record.request)
    assert list(first.columns) == ["dep_delay", "carrier"]
    assert first.redacted == ("carrier", "distance")
    hashes = first.columns["carrier"]
    assert (hashes[0], hashes[2]) == (hashes[3], None)
    assert len({*hashes}) == 3
    # Equal values stay equal in other processes and after a restart.
    assert second.columns == first.columns
    everything = b"".join(path.read_bytes() for path in ground.directory.rglob("*") if path.is_file())
    assert SECRET.encode() not in everything
    # Without the secret nobody can try names until one fits.
    assert hashlib.blake2b(f'["carrier","{SECRET}"]'.encode(), digest_size=16).hexdigest() != hashes[0]
    assert (ground.directory / KEY).stat().st_mode & 0o777 == 0o600


def test_a_share_of_the_requests_keeps_its_inputs_and_every_request_its_scores(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    broken = ground.version(2, refuses_unknown_carriers=True)
    champion, shadow = ground.version(1), ground.version(3, 1.0)
    log = Log(sample=0.25)
    ground.route(ModelRoute(model=MODEL, champion=champion, challenger=broken, share=1.0, shadow=shadow, log=log))
    with ground.serving(2):
        until(lambda: ground.adopted(1, 2))
        caller = ground.caller()
        for number in range(200):
            asked = rows(SECRET if number % 2 else "UA")
            assert caller.post(f"/v2/models/{MODEL}/infer", asked, Lamp_Request_Id=f"r{number}")[0] == 200
    redactor = Redactor(log)
    expected = {name for name in (f"r{number}" for number in range(200)) if redactor.kept(name, {"a": [1]})}
    assert 25 < len(expected) < 75
    found = ground.scored()
    # Whichever version answered, the same requests have their inputs, once.
    assert sorted(record.request for record in found if record.columns) == sorted(expected)
    answered = [record for record in found if record.arm is not Arm.SHADOW and not record.failure]
    assert len({record.request for record in answered}) == len(answered) == 200
    assert {(len(record.scores), record.rows, record.consumer) for record in answered} == {(1, 1, "booking")}
    assert {record.arm for record in answered} == {Arm.CHAMPION, Arm.CHALLENGER}


def test_ordinary_requests_that_go_the_short_way_are_held_to_the_same(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    log = Log(redact={"carrier": Redaction.HASH}, sample=0.5)
    ground.route(ModelRoute(model=MODEL, champion=ground.version(1), log=log))
    with ground.serving():
        until(lambda: ground.adopted(1))
        caller = ground.caller()
        for _ in range(60):
            row = {"dep_delay": 5.0, "distance": 1000, "carrier": SECRET}
            assert caller.post(f"/m/{MODEL}/invocations", {"dataframe_records": [row]})[0] == 200
    found = ground.scored()
    expected = {record.request for record in found if Redactor(log).kept(record.request, {"a": [1]})}
    assert len(found) == 60
    assert {record.request for record in found if record.columns} == expected
    assert 10 < len(expected) < 50
    assert all(SECRET.encode() not in path.read_bytes() for path in (ground.directory / "segments").iterdir())


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_the_share_is_that_of_the_ids(share: float) -> None:
    redactor = Redactor(Log(sample=share))
    kept = sum(bool(redactor.kept(f"request-{number}", {"a": [1]})) for number in range(20_000))
    assert abs(kept / 20_000 - share) < 0.015


def test_a_secret_that_cannot_be_kept_still_hides(tmp_path: Path) -> None:
    absent = tmp_path / "absent"
    assert len({redaction_key(absent), redaction_key(absent)}) == 2
    (tmp_path / KEY).write_bytes(b"")
    assert len(redaction_key(tmp_path)) == 32
    (tmp_path / KEY).unlink()
    assert redaction_key(tmp_path) == redaction_key(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [KEY]


def test_a_project_adds_to_the_rule_and_never_takes_away() -> None:
    rule = LogRule(redact={"name": Redaction.HASH, "iban": Redaction.DROP}, least_sample=0.2)
    plan = LogPlan(redact={"name": Redaction.DROP, "iban": Redaction.HASH, "age": Redaction.HASH}, sample=0.1)
    everything = {"name": Redaction.DROP, "iban": Redaction.DROP, "age": Redaction.HASH}
    assert log_of(rule, plan) == Log(redact=everything, sample=0.2)
    assert log_of(rule, LogPlan()) == Log(redact=rule.redact, sample=1.0)
    assert log_of(LogRule(), LogPlan()) == Log()
