"""Routes that change under traffic: who answers, who is recorded, and that no caller notices."""

import time
from collections import Counter
from pathlib import Path

import msgspec
from tests.serving.groundwork import MODEL, Ground, inference, put, streaming, until

from lamplighter.domain.record import canonical
from lamplighter.domain.route import Arm, ModelRoute, Route, Served, takes_challenger
from lamplighter.domain.version import Badge, address


def test_a_format_that_the_rule_book_does_not_allow_is_not_opened(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    served = ground.version(7)
    revision = ground.route(ModelRoute(model=MODEL, champion=served, formats=(Badge.AUDITED,)))
    with ground.serving():
        until(lambda: ground.adopted(revision))
        (report,) = ground.reports()
        assert report.loaded == ()
        assert report.refused[served.digest].startswith("format-not-allowed: plan.json (json, data) is none of the formats")
        assert ground.caller().infer()[0] == 503
        ground.route(ModelRoute(model=MODEL, champion=served, formats=(Badge.DATA,)))
        until(lambda: ground.caller().infer()[0] == 200)


def test_versions_change_under_load_without_a_failed_request(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    versions = [ground.version(number, float(number)) for number in range(1, 5)]
    ground.route(ModelRoute(model=MODEL, champion=versions[0]))
    with ground.serving(2):
        with streaming(ground, 4) as streams:
            for turn in range(1, 13):
                champion, previous = versions[turn % 4], versions[(turn - 1) % 4]
                challenger, share = (versions[(turn + 1) % 4], 0.3) if turn % 3 == 0 else (None, 0.0)
                revision = ground.route(
                    ModelRoute(model=MODEL, champion=champion, challenger=challenger, share=share, previous=previous)
                )
                until(lambda revision=revision: ground.adopted(revision, 2))  # type: ignore[misc]
                time.sleep(0.05)
        assert [stream.failed for stream in streams] == [[], [], [], []]
        answered = Counter(version for stream in streams for version in stream.acknowledged.values())
        assert set(answered) == {f"{MODEL}@{number}" for number in range(1, 5)}
        # Only what the last route names is still loaded.
        until(lambda: all(len(report.loaded) == 3 for report in ground.reports()))
    acknowledged = {name: version for stream in streams for name, version in stream.acknowledged.items()}
    recorded = {record.request: f"{record.model}@{record.number}" for record in ground.scored()}
    assert acknowledged.items() <= recorded.items()


def test_a_rollback_to_the_previous_version_is_only_a_pointer(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    old, new = ground.version(1), ground.version(2, 100.0)
    ground.route(ModelRoute(model=MODEL, champion=new, previous=old))
    with ground.serving():
        caller = ground.caller()
        assert caller.infer()[2]["Lamp-Version"] == f"{MODEL}@2"
        # The bytes are gone: whoever tried to load the version again would fail.
        (ground.artifacts / address(old.digest)).unlink()
        revision = ground.route(ModelRoute(model=MODEL, champion=old, previous=new))
        until(lambda: ground.adopted(revision))
        assert caller.infer()[2]["Lamp-Version"] == f"{MODEL}@1"


def test_a_slow_or_broken_load_of_one_model_does_not_hold_up_another(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    one, two = ground.version(1), ground.version(2, 100.0)
    other, damaged = ground.version(1, model="other"), ground.version(2, 5.0, model="other")
    path = ground.artifacts / address(damaged.digest)
    path.write_bytes(path.read_bytes().replace(b"5", b"6"))
    ground.route(ModelRoute(model=MODEL, champion=one, previous=two), ModelRoute(model="other", champion=other))
    with ground.serving():
        caller = ground.caller()
        revision = ground.route(
            ModelRoute(model=MODEL, champion=two), ModelRoute(model="other", champion=damaged, previous=other)
        )
        until(lambda: ground.adopted(revision))
        assert caller.infer()[2]["Lamp-Version"] == f"{MODEL}@2"
        assert caller.infer(path="/v2/models/other/infer")[2]["Lamp-Version"] == "other@1"
        report = ground.reports()[0]
        assert report.refused == {damaged.digest: "The bytes of the manifest differ from their digest."}
        assert {two.digest, other.digest} <= set(report.loaded)


def test_versions_that_cannot_be_what_they_are_called_are_refused(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    good = ground.version(1)
    stranger = ground.version(3, model="another")
    unknown = put(
        ground.artifacts,
        canonical(msgspec.json.decode((ground.artifacts / address(good.digest)).read_bytes()) | {"runtime": "os"}),
    )
    odd = put(ground.artifacts, b"{}")
    absent = "0" * 64
    tried = [
        Served(number=10 + place, digest=digest)
        for place, digest in enumerate((stranger.digest, unknown, odd, absent, "../../x"))
    ]
    ground.route(ModelRoute(model=MODEL, champion=good))
    with ground.serving():
        caller = ground.caller()
        for served in tried:
            revision = ground.route(ModelRoute(model=MODEL, champion=served, previous=good))
            until(lambda revision=revision: ground.adopted(revision))  # type: ignore[misc]
            assert list(ground.reports()[0].refused) == [served.digest]
            assert caller.infer()[2]["Lamp-Version"] == f"{MODEL}@1"
        # A challenger that cannot be loaded leaves its share to the champion.
        revision = ground.route(ModelRoute(model=MODEL, champion=good, challenger=tried[3], share=1.0))
        until(lambda: ground.adopted(revision))
        assert caller.infer()[2]["Lamp-Version"] == f"{MODEL}@1"
        # What was refused for missing bytes is tried again with the next route.
        later = ground.version(20, 7.0)
        content = (ground.artifacts / address(later.digest)).read_bytes()
        (ground.artifacts / address(later.digest)).unlink()
        revision = ground.route(ModelRoute(model=MODEL, champion=later, previous=good))
        until(lambda: ground.adopted(revision))
        put(ground.artifacts, content)
        revision = ground.route(ModelRoute(model=MODEL, champion=later, previous=good))
        until(lambda: ground.adopted(revision))
        assert caller.infer()[2]["Lamp-Version"] == f"{MODEL}@20"
        assert ground.reports()[0].refused == {}


def test_routes_that_cannot_be_read_or_are_not_ours_change_nothing(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    good = ground.version(1)
    revision = ground.route(ModelRoute(model=MODEL, champion=good))
    with ground.serving():
        caller = ground.caller()
        foreign = canonical(Route(environment="elsewhere", revision=99, models=()))
        for content in (b"", b"{", b'{"environment": 3}', foreign):
            (ground.directory / "route.json").write_bytes(content)
            written = time.time_ns() // 1000
            until(lambda written=written: ground.reports()[0].written_at > written + 60_000)  # type: ignore[misc]
            assert caller.infer()[0] == 200
        assert ground.adopted(revision)


def test_a_failing_challenger_never_fails_a_caller(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    champion, challenger = ground.version(1), ground.version(2, refuses_unknown_carriers=True)
    ground.route(ModelRoute(model=MODEL, champion=champion, challenger=challenger, share=1.0))
    unknown = inference()
    unknown["inputs"][2]["data"] = ["ZZ"]
    with ground.serving():
        caller = ground.caller()
        for number in range(5):
            status, body, headers = caller.post(f"/v2/models/{MODEL}/infer", unknown, Lamp_Request_Id=f"r{number}")
            assert (status, body["outputs"][0]["data"], headers["Lamp-Version"]) == (200, [6.0], f"{MODEL}@1")
        assert caller.infer()[2]["Lamp-Version"] == f"{MODEL}@2"
        # Asked for by name, nobody else answers for it.
        path = f"/v2/models/{MODEL}/versions/2/infer"
        status, body, headers = caller.post(path, unknown, Lamp_Request_Id="named")
        assert (status, headers["Lamp-Version"], list(body)) == (502, f"{MODEL}@2", ["error"])
        assert "ZZ" not in body["error"]
        until(lambda: sum(meter.requests for meter in ground.reports()[0].meters) == 12)
        meters = {meter.arm: (meter.requests, meter.failures, meter.rows) for meter in ground.reports()[0].meters}
        assert meters == {Arm.CHAMPION: (5, 0, 5), Arm.CHALLENGER: (7, 6, 1)}
        assert ground.reports()[0].failed_requests == 1
    records = ground.scored()
    first = [record for record in records if record.request == "r0"]
    assert [(record.arm, bool(record.failure), len(record.columns), list(record.scores)) for record in first] == [
        (Arm.CHALLENGER, True, 0, []),
        (Arm.CHAMPION, False, 3, [6.0]),
    ]
    named = next(record for record in records if record.request == "named")
    assert (named.arm, len(named.columns), named.scores, "ZZ" in named.failure) == (Arm.CHALLENGER, 3, [], False)


def test_the_share_is_sticky_and_exact_for_each_key(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    champion, challenger = ground.version(1), ground.version(2, 100.0)
    keys = [f"customer-{number}" for number in range(70)]
    moved: set[str] = set()
    route = ModelRoute(model=MODEL, champion=champion, challenger=challenger)
    ground.route(route)
    with ground.serving(2):
        callers = [ground.caller() for _ in range(3)]
        for share in (0.1, 0.4, 0.4):
            now = msgspec.structs.replace(route, share=share)
            revision = ground.route(now)
            until(lambda revision=revision: ground.adopted(revision, 2))  # type: ignore[misc]
            versions = {key: {caller.infer(Lamp_Key=key)[1]["model_version"] for caller in callers} for key in keys}
            assert versions == {key: {"2" if takes_challenger(now, key) else "1"} for key in keys}
            on_trial = {key for key in keys if versions[key] == {"2"}}
            assert moved <= on_trial
            moved = on_trial
        assert 12 <= len(moved) <= 45


def test_a_shadow_scores_the_same_rows_and_answers_nobody(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    champion, shadow = ground.version(1), ground.version(2, 100.0, refuses_unknown_carriers=True)
    ground.route(ModelRoute(model=MODEL, champion=champion, shadow=shadow))
    unknown = inference()
    unknown["inputs"][2]["data"] = ["ZZ"]
    with ground.serving():
        caller = ground.caller()
        for number in range(20):
            assert caller.infer(Lamp_Request_Id=f"r{number}")[1]["outputs"][0]["data"] == [16.0]
        assert caller.post(f"/v2/models/{MODEL}/infer", unknown, Lamp_Request_Id="odd")[0] == 200
        assert caller.infer(path=f"/v2/models/{MODEL}/versions/2/infer")[0] == 404
    records = ground.scored()
    by_arm = {arm: {record.request: record for record in records if record.arm is arm} for arm in (Arm.CHAMPION, Arm.SHADOW)}
    assert by_arm[Arm.CHAMPION].keys() == by_arm[Arm.SHADOW].keys()
    assert all(record.columns == {} and record.number == 2 for record in by_arm[Arm.SHADOW].values())
    assert {tuple(record.scores) for record in by_arm[Arm.SHADOW].values()} == {(116.0,), ()}
    assert by_arm[Arm.SHADOW]["odd"].failure.startswith("model-failed")
