"""What shadows score beside the versions that answer, as counts that add up, over processes and their deaths."""

import os
import signal
from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from tests.serving.groundwork import MODEL, Ground, inference, until

from lamplighter.domain.contract import Column, Contract, Kind, Meaning, Output
from lamplighter.domain.paired import DIFFERENCE_BOUNDS, Paired, added
from lamplighter.domain.route import Arm, ModelRoute, Served, WorkerPast, WorkerReport, compared
from lamplighter.domain.version import DecisionRule, Manifest
from lamplighter.serving.pairing import Pairs
from lamplighter.serving.runtimes.base import Failed
from lamplighter.serving.versions import Attempt, Loaded
from lamplighter.serving.withheld import Refusing

SCORES = st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)), min_size=1, max_size=5)


def version(number: int, threshold: float) -> Loaded:
    contract = Contract(inputs=(Column(name="x", kind=Kind.NUMBER),), output=Output(name="y", meaning=Meaning.PROBABILITY))
    manifest = Manifest(
        model=MODEL, runtime="compiled", contract=contract, artifacts=(), decision=DecisionRule(threshold=threshold)
    )
    return Loaded(Served(number=number, digest=str(number)), manifest, Refusing("model-failed", "It is not asked."))


LIVE, SHADOW = version(7, 0.5), version(8, 0.4)


def counted(requests: list[list[tuple[float, float]]]) -> Pairs:
    pairs = Pairs()
    for rows in requests:
        one = Attempt(SHADOW, Arm.SHADOW, 1, [score for score, _ in rows])
        pairs.count(5, one, Attempt(LIVE, Arm.CHAMPION, 1, [other for _, other in rows]))
    return pairs


@given(st.lists(SCORES, min_size=1, max_size=8), st.integers(0, 8))
def test_counts_say_what_the_scores_say_and_parts_add_up(requests: list[list[tuple[float, float]]], cut: int) -> None:
    rows = [row for request in requests for row in request]
    (whole,) = counted(requests).meters()
    assert (whole.requests, whole.rows, sum(whole.bins)) == (len(requests), len(rows), len(rows))
    assert whole.up == sum(score >= 0.4 and other < 0.5 for score, other in rows)
    assert whole.down == sum(score < 0.4 and other >= 0.5 for score, other in rows)
    assert whole.largest == max(abs(score - other) for score, other in rows)
    assert whole.bins[0] == sum(score == other for score, other in rows)
    assert whole.bins[1] == sum(0.0 < abs(score - other) <= DIFFERENCE_BOUNDS[1] for score, other in rows)
    (together,) = added([*counted(requests[:cut]).meters(), *counted(requests[cut:]).meters()])
    assert _exact(together) == _exact(whole)
    assert abs(together.sizes - whole.sizes) < 1e-9


def _exact(pair: Paired) -> tuple[object, ...]:
    return pair.requests, pair.rows, pair.bins, pair.up, pair.down, pair.largest


def test_what_one_of_them_failed_is_compared_with_nothing() -> None:
    pairs = Pairs()
    broke = Failed("model-failed", "It raised.")
    pairs.count(5, Attempt(SHADOW, Arm.SHADOW, 1, [], broke), Attempt(LIVE, Arm.CHAMPION, 1, [0.5]))
    pairs.count(5, Attempt(SHADOW, Arm.SHADOW, 1, [0.5]), Attempt(LIVE, Arm.CHAMPION, 1, [], broke))
    pairs.count(5, Attempt(SHADOW, Arm.SHADOW, 1, [0.5]), Attempt(LIVE, Arm.FALLBACK, 0, [0.9], fallback="constant"))
    (seen,) = pairs.meters()
    assert (seen.requests, seen.rows, seen.failures) == (0, 0, 1)


def test_a_report_that_is_in_the_past_already_counts_once() -> None:
    (pair,) = counted([[(0.5, 0.5)]]).meters()
    report = WorkerReport(pid=1, slot=0, started_at=3, written_at=4, revision=1, pairs=(pair,))
    past = WorkerPast(started_at=3, pairs=(pair,))
    assert compared([report], [past]) == (pair,)
    assert compared([msgspec.structs.replace(report, started_at=9)], [past])[0].rows == 2


def test_a_group_counts_over_the_death_of_a_process_and_tells_prometheus(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    live, shadow = ground.version(7), ground.version(8, 0.25, refuses_unknown_carriers=True)
    route = ModelRoute(model=MODEL, champion=live, shadow=shadow, shadow_since=5)
    revision = ground.route(route)
    unknown = inference()
    unknown["inputs"][2]["data"] = ["ZZ"]

    def seen() -> list[tuple[int, ...]]:
        pasts = [
            msgspec.json.decode(path.read_bytes(), type=WorkerPast) for path in (ground.directory / "past").glob("[0-9]*.json")
        ]
        pairs = compared(ground.reports(), pasts)
        return [(pair.run, pair.number, pair.against, pair.requests, pair.rows, pair.failures) for pair in pairs]

    with ground.serving():
        caller = ground.caller()
        for _ in range(5):
            caller.infer(2)
        caller.post(f"/v2/models/{MODEL}/infer", unknown)
        until(lambda: seen() == [(5, 8, 7, 5, 10, 1)])
        pid = ground.reports()[0].pid
        os.kill(pid, signal.SIGKILL)
        until(lambda: ground.reports()[0].pid != pid and ground.adopted(revision))
        ground.caller().infer(2)
        until(lambda: seen() == [(5, 8, 7, 6, 12, 1)])
        page = ground.caller().get("/metrics")[1].decode()
    labels = f'model="{MODEL}",version="8",against="7",run="5",env="prod"'
    assert f"lamp_shadow_rows_total{{{labels}}} 12" in page
    assert f'lamp_shadow_difference_bucket{{{labels},le="0.2"}} 0' in page
    assert f'lamp_shadow_difference_bucket{{{labels},le="0.5"}} 12' in page
    assert f"lamp_shadow_difference_sum{{{labels}}} 3.000000" in page
