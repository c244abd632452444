"""What can be seen of processes from outside: which of it means that nobody is answered, and from when on."""

from typing import Any

import msgspec
import pytest

from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.observation import Observation
from lamplighter.domain.route import Served, WorkerReport
from lamplighter.domain.routing import Routing
from lamplighter.lifecycle.presence import Presence, Seen

PLACE = Environment(name="prod", level=Level.PRODUCTION, port=1, workers=2)
LIVE = Routing(model="trains", environment="prod", champion=Served(number=3, digest="d"))


def report(slot: int, **more: Any) -> WorkerReport:
    return WorkerReport(**{"pid": slot, "slot": slot, "started_at": 1, "written_at": 2, "revision": 5, **more})


def well(**more: Any) -> Observation:
    """Both processes run, with the version loaded."""
    usual: dict[str, Any] = {"alive": True, "revision": 5, "loaded": frozenset("d"), "reports": (report(0), report(1))}
    return Observation(**{**usual, **more})


class Eye:
    """One environment that is looked at every two seconds."""

    def __init__(self) -> None:
        self.presence, self.now = Presence(), 100.0

    def look(self, seen: Observation, *, on_trial: frozenset[str] = frozenset(), wanted: int = 5, live: Routing = LIVE) -> Seen:
        self.now += 2.0
        return self.presence.look(PLACE, seen, wanted, [live], set(on_trial), self.now)

    def seconds_until_absent(self, seen: Observation, **more: Any) -> float:
        start = self.now
        while self.now < start + 1_000.0:
            if self.look(seen, **more).absent:
                return self.now - start
        return float("inf")


def test_a_group_that_dies_is_told_at_the_first_look() -> None:
    eye = Eye()
    assert eye.look(well()).absent == {}
    assert eye.look(Observation(alive=False)).absent == {
        "trains": "v3 answers nobody: the processes of prod have ended and are started again."
    }


def test_a_group_that_was_never_seen_is_given_time_to_start() -> None:
    assert 6.0 <= Eye().seconds_until_absent(Observation(alive=False)) < 10.0


def test_a_group_that_was_brought_to_run_and_does_not_is_told_at_the_next_look() -> None:
    eye = Eye()
    assert eye.look(Observation(alive=False)).absent == {}
    eye.presence.was_started()
    assert list(eye.look(Observation(alive=False)).absent) == ["trains"]


def test_a_group_that_is_being_started_anew_is_given_time() -> None:
    eye = Eye()
    eye.look(well())
    eye.presence.being_started()
    assert 6.0 <= eye.seconds_until_absent(Observation(alive=False)) < 10.0


def test_a_version_that_is_just_coming_is_not_missed() -> None:
    eye = Eye()
    assert eye.seconds_until_absent(Observation(alive=False), on_trial=frozenset({"trains"})) == float("inf")


def test_a_model_that_runs_elsewhere_needs_no_process_here() -> None:
    away = msgspec.structs.replace(LIVE, elsewhere=True)
    assert Eye().seconds_until_absent(Observation(alive=False), live=away) == float("inf")


def test_a_process_that_does_not_stay_up_is_told_once_it_has_had_time() -> None:
    eye = Eye()
    eye.look(well())
    assert 6.0 <= eye.seconds_until_absent(well(revision=-1, loaded=frozenset(), reports=(report(0),))) < 10.0


def test_a_version_that_fails_its_golden_request_is_told_with_the_reason() -> None:
    eye = Eye()
    refused = well(loaded=frozenset(), refused={"d": "It fails on its golden rows (model-failed): it raised"})
    assert 6.0 <= eye.seconds_until_absent(refused) < 10.0
    assert eye.look(refused).absent["trains"].endswith("It fails on its golden rows (model-failed): it raised")


def loading(slot: int, **more: Any) -> WorkerReport:
    """A process that loads the version and answers by the route before."""
    return report(slot, **{"loading": ("d",), "revision": 4, **more})


def seen_with(*reports: WorkerReport) -> Observation:
    return well(revision=min(one.revision for one in reports), loaded=frozenset(), reports=reports)


def test_a_version_that_loads_beside_others_that_answer_is_given_three_times_what_it_took() -> None:
    eye = Eye()
    eye.look(well())
    slow = loading(1, revision=-1, load_seconds={"d": 9.0})
    assert 27.0 <= eye.seconds_until_absent(seen_with(report(0, loaded=("d",)), slow)) < 31.0
    eye.look(well())
    quick = loading(1, revision=-1, load_seconds={"d": 0.1})
    assert 6.0 <= eye.seconds_until_absent(seen_with(report(0, loaded=("d",)), quick)) < 10.0


def test_a_version_that_was_never_loaded_is_given_a_minute_while_the_one_before_answers() -> None:
    eye = Eye()
    eye.look(well())
    assert 60.0 <= eye.seconds_until_absent(seen_with(loading(0), loading(1))) < 64.0


@pytest.mark.parametrize(("took", "given"), [(0.1, 60.0), (9.0, 60.0), (30.0, 90.0)])
def test_a_group_that_begins_is_given_a_minute_or_the_time_that_its_version_takes(took: float, given: float) -> None:
    begins = seen_with(*(loading(slot, revision=-1, load_seconds={"d": took}) for slot in range(2)))
    eye = Eye()
    assert given <= eye.seconds_until_absent(begins) < given + 4.0
    eye.look(well())
    eye.presence.being_started()
    assert given <= eye.seconds_until_absent(begins) < given + 4.0


def test_a_version_that_loads_more_slowly_than_before_is_given_a_minute_while_the_one_before_answers() -> None:
    eye = Eye()
    eye.look(well())
    assert 60.0 <= eye.seconds_until_absent(seen_with(*(loading(slot, load_seconds={"d": 0.1}) for slot in range(2)))) < 64.0


@pytest.mark.parametrize("is_seen_away", [True, False])
def test_processes_that_die_while_they_load_are_told_although_a_start_is_given_time(is_seen_away: bool) -> None:
    eye, absent = Eye(), False
    for start in range(1, 6):
        whole = loading(0, revision=-1, started_at=1), loading(1, revision=-1, started_at=start)
        absent = absent or bool(eye.look(seen_with(*whole)).absent)
        if is_seen_away:
            absent = absent or bool(eye.look(well(revision=-1, loaded=frozenset(), reports=whole[:1])).absent)
        if absent:
            break
    assert absent
    assert eye.now <= 100.0 + 10.0
    told = eye.look(seen_with(*whole)).absent["trains"]
    assert told == "v3 does not answer everybody in prod. Processes end again and again before they have loaded it."


def test_a_process_that_dies_once_and_loads_beside_another_is_not_told() -> None:
    eye = Eye()
    eye.look(well(reports=(report(0, loaded=("d",)), report(1, loaded=("d",)))))
    eye.look(well(revision=-1, loaded=frozenset(), reports=(report(0, loaded=("d",)),)))
    again = loading(1, revision=-1, started_at=2, load_seconds={"d": 5.0})
    assert eye.seconds_until_absent(seen_with(report(0, loaded=("d",), load_seconds={"d": 5.0}), again)) >= 13.0


def test_nobody_waits_for_a_version_that_loads_again_because_every_process_died() -> None:
    eye = Eye()
    eye.look(well())
    slow = [loading(slot, revision=-1, load_seconds={"d": 9.0}) for slot in range(2)]
    assert 6.0 <= eye.seconds_until_absent(seen_with(*slow)) < 10.0


def test_one_in_quarantine_is_told_of_elsewhere() -> None:
    eye = Eye()
    assert eye.seconds_until_absent(well(loaded=frozenset(), quarantined={"d": "It died."})) == float("inf")


def test_a_route_that_is_not_adopted_is_told_after_five_minutes() -> None:
    eye = Eye()
    assert 300.0 <= eye.seconds_until_absent(well(), wanted=6) <= 304.0


def test_what_is_there_again_counts_as_there_after_a_minute() -> None:
    eye = Eye()
    eye.look(well())
    eye.look(Observation(alive=False))
    seen = [eye.look(well()) for _ in range(32)]
    assert [one.present for one in seen[:29]] == [{}] * 29
    assert list(seen[-1].present) == ["trains"]


def test_refusals_of_a_minute_are_added_up_across_processes_and_their_deaths() -> None:
    eye = Eye()
    # What was refused before the first look is not news.
    assert eye.look(well(reports=(report(0, turned_away={"trains": 900}), report(1)))).turned_away == {}
    first = well(reports=(report(0, turned_away={"trains": 903}), report(1, turned_away={"trains": 2})))
    assert eye.look(first).turned_away == {"trains": 5}
    reborn = report(0, started_at=7, turned_away={"trains": 4})
    again = well(reports=(reborn, report(1, turned_away={"trains": 2})))
    assert eye.look(again).turned_away == {"trains": 9}
    assert [eye.look(again).turned_away for _ in range(31)][-1] == {}
