"""Models that are switched off, in real process groups: nobody is answered by a version of them."""

from pathlib import Path

import msgspec
import pytest
from tests.serving.groundwork import MODEL, Ground, until

from lamplighter.domain.outage import Fallback, Outage
from lamplighter.domain.route import ModelRoute
from lamplighter.domain.switch import SWITCHED_OFF

OFF = 1_700_000_000_000_000
CONSTANT, KEPT = Outage(answer=Fallback.CONSTANT, value=0.25), Outage(answer=Fallback.LAST_KNOWN_GOOD, max_age=10**9)


@pytest.mark.parametrize("declared", [None, CONSTANT, KEPT, Outage(answer=Fallback.VERSION)])
def test_what_is_declared_answers_or_nobody_until_it_is_on_again(tmp_path: Path, declared: Outage | None) -> None:
    ground = Ground(tmp_path)
    is_version = declared is not None and declared.answer is Fallback.VERSION
    on = ModelRoute(
        model=MODEL,
        champion=ground.version(7),
        previous=ground.version(6, 100.0),
        outage=declared,
        fallback=ground.version(6, 100.0) if is_version else None,
    )
    ground.route(on)
    with ground.serving(2):
        until(lambda: ground.adopted(1, 2))
        well = ground.caller().infer()[1]["outputs"][0]["data"]
        revision = ground.route(msgspec.structs.replace(on, off_since=OFF))
        until(lambda: ground.adopted(revision, 2))
        answers = [ground.caller().infer() for _ in range(6)]
        if declared is None or declared is KEPT:
            assert {status for status, _, _ in answers} == {503}
        else:
            assert {status for status, _, _ in answers} == {200}
            assert {headers["Lamp-Fallback"] for _, _, headers in answers} == {declared.answer.value}
            assert all(body["outputs"][0]["data"] != well for _, body, _ in answers)
        assert ground.caller().infer(path=f"/v2/models/{MODEL}/versions/7/infer")[0] == 503
        revision = ground.route(on)
        until(lambda: ground.adopted(revision, 2))
        assert ground.caller().infer()[1]["outputs"][0]["data"] == well
    failed = {record.failure for record in ground.scored() if record.failure}
    assert failed == {f"{SWITCHED_OFF}: The model is switched off."}
    assert not [record for record in ground.scored() if record.broke]


def test_a_problem_says_what_it_is(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.route(ModelRoute(model=MODEL, champion=ground.version(7), off_since=OFF))
    with ground.serving():
        status, body, headers = ground.caller().post(
            f"/m/{MODEL}/invocations", {"inputs": {"dep_delay": [5.0], "distance": [1000], "carrier": ["UA"]}}
        )
    assert (status, body["type"], headers["Lamp-Version"]) == (503, "urn:lamplighter:problems/switched-off", f"{MODEL}@7")
