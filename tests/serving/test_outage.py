"""What is answered while the champion fails, by a real process group."""

import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.serving.groundwork import MODEL, NEVER, Ground, inference, until

from lamplighter.domain.outage import Fallback, Outage
from lamplighter.domain.route import Arm, ModelRoute
from lamplighter.domain.version import address
from lamplighter.serving.clock import Clock
from lamplighter.serving.codecs.base import Question
from lamplighter.serving.outage import MOST_KEPT, MOST_ROWS
from lamplighter.serving.outage import Outage as Standing

CONSTANT = Outage(answer=Fallback.CONSTANT, value=0.25)
LAST = Outage(answer=Fallback.LAST_KNOWN_GOOD, max_age=NEVER)
VERSION = Outage(answer=Fallback.VERSION)


def carrier(name: str, delay: float = 5.0) -> dict[str, Any]:
    """A row whose carrier the strict champion refuses if it is `ZZ`."""
    body = inference()
    body["inputs"][0]["data"] = [delay]
    body["inputs"][2]["data"] = [name]
    return body


def ask(ground: Ground, body: dict[str, Any], **headers: str) -> tuple[int, list[float] | None, str | None, str | None]:
    status, answer, sent = ground.caller().post(f"/v2/models/{MODEL}/infer", body, **headers)
    data = answer["outputs"][0]["data"] if status == 200 else None
    return status, data, sent.get("Lamp-Version"), sent.get("Lamp-Fallback")


def test_a_constant_answers_only_what_the_champion_fails(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.route(ModelRoute(model=MODEL, champion=ground.version(7, refuses_unknown_carriers=True), outage=CONSTANT))
    with ground.serving():
        assert ask(ground, carrier("UA")) == (200, [16.0], f"{MODEL}@7", None)
        assert ask(ground, carrier("ZZ"), Lamp_Request_Id="odd") == (200, [0.25], f"{MODEL}@7", "constant")
        assert ground.caller().post(f"/v2/models/{MODEL}/versions/7/infer", carrier("ZZ"))[0] == 502
        until(lambda: sum(meter.requests for report in ground.reports() for meter in report.meters) == 4)
        meters = {meter.arm: (meter.requests, meter.failures) for meter in ground.reports()[0].meters}
    assert meters == {Arm.CHAMPION: (3, 2), Arm.FALLBACK: (1, 0)}
    odd = [(record.arm, list(record.scores), bool(record.failure)) for record in ground.scored() if record.request == "odd"]
    assert odd == [(Arm.CHAMPION, [], True), (Arm.FALLBACK, [0.25], False)]


def test_another_version_answers_under_its_own_name(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    strict, other = ground.version(7, refuses_unknown_carriers=True), ground.version(3, 100.0)
    ground.route(ModelRoute(model=MODEL, champion=strict, outage=VERSION, fallback=other))
    with ground.serving():
        assert ask(ground, carrier("ZZ")) == (200, [106.0], f"{MODEL}@3", "version")
        assert ground.caller().infer(path=f"/v2/models/{MODEL}/versions/3/infer")[0] == 404


def test_the_last_good_answer_is_kept_for_a_key_or_for_the_same_rows(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.route(ModelRoute(model=MODEL, champion=ground.version(7, refuses_unknown_carriers=True), outage=LAST))
    with ground.serving():
        assert ask(ground, carrier("UA", 1.0), Lamp_Key="ann")[1] == [12.0]
        assert ask(ground, carrier("ZZ"), Lamp_Key="ann") == (200, [12.0], f"{MODEL}@7", "last-known-good")
        assert ask(ground, carrier("ZZ"), Lamp_Key="bob")[0] == 502
        assert ask(ground, carrier("ZZ"))[0] == 502


def test_an_answer_grows_too_old_and_no_more_than_a_bound_is_kept() -> None:
    moment = [0]
    clock = Clock(lambda: moment[0], lambda: moment[0])
    standing = Standing(Outage(answer=Fallback.LAST_KNOWN_GOOD, max_age=10), None, None, clock)  # type: ignore[arg-type]
    for number in range(MOST_KEPT + 1):
        standing.keep(f"k{number}", Question({}, 1), [float(number)])
    kept = {name: _found(standing, name) for name in ("k0", "k1", f"k{MOST_KEPT}")}
    assert kept == {"k0": [], "k1": [1.0], f"k{MOST_KEPT}": [float(MOST_KEPT)]}
    moment[0] = 10
    clock.tick()
    assert _found(standing, "k1") == [1.0]
    moment[0] = 11
    clock.tick()
    assert _found(standing, "k1") == []
    standing.keep("many", Question({}, MOST_ROWS + 1), [0.0] * (MOST_ROWS + 1))
    assert _found(standing, "many", MOST_ROWS + 1) == []


def _found(standing: Standing, owner: str, rows: int = 1) -> list[float]:
    return standing._last(owner, Question({}, rows)).scores


@pytest.mark.parametrize("broken", ["plan", "nothing declared"])
def test_a_champion_that_cannot_be_loaded(tmp_path: Path, broken: str) -> None:
    ground = Ground(tmp_path)
    served, other = ground.version(7), ground.version(3, 100.0)
    manifest = msgspec.json.decode((ground.artifacts / address(served.digest)).read_bytes())
    plan, kept = ground.artifacts / address(manifest["artifacts"][0]["digest"]), b"damaged"
    whole = plan.read_bytes()
    plan.write_bytes(kept)
    route = ModelRoute(model=MODEL, champion=served, previous=other, outage=VERSION, fallback=other)
    ground.route(msgspec.structs.replace(route, outage=None, fallback=None) if broken != "plan" else route)
    with ground.serving():
        if broken != "plan":
            assert ask(ground, carrier("UA")) == (503, None, None, None)
            return
        assert ask(ground, carrier("UA")) == (200, [116.0], f"{MODEL}@3", "version")
        plan.write_bytes(whole)
        revision = ground.route(route)
        until(lambda: ground.adopted(revision))
        assert ask(ground, carrier("UA")) == (200, [16.0], f"{MODEL}@7", None)


def test_a_drill_hits_its_own_requests_only_and_only_with_its_own_token(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    ground.route(ModelRoute(model=MODEL, champion=ground.version(7), outage=CONSTANT))
    with ground.serving():
        assert ground.caller().infer(Lamp_Drill="outage")[0] == 403
        ground.admit(drills=True)
        until(lambda: ground.caller().infer(Lamp_Drill="outage")[0] == 200)
        assert ask(ground, carrier("UA"), Lamp_Drill="outage") == (200, [0.25], f"{MODEL}@7", "constant")
        assert ask(ground, carrier("UA")) == (200, [16.0], f"{MODEL}@7", None)
        assert ground.caller().infer(Lamp_Drill="fire")[0] == 400
        asked = time.time_ns() // 1000
        until(lambda: all(report.written_at > asked for report in ground.reports()))
        failures = sum(meter.failures for report in ground.reports() for meter in report.meters)
    assert failures == 0
