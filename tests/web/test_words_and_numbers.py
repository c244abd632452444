"""How times, numbers, events, facts and error codes read, and what is drawn from figures."""

import time
from datetime import UTC, datetime
from enum import Enum
from typing import get_args

import httpx2
import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from tests.web import seed
from tests.web.conftest import Site

from lamplighter.domain.errors import LampError
from lamplighter.domain.events import AnyEvent
from lamplighter.domain.events.base import Event
from lamplighter.domain.events.version import VersionRefused
from lamplighter.domain.monitor import Reading
from lamplighter.domain.rollout import Phase
from lamplighter.views import telling
from lamplighter.web import assets, catalogue, facts, glossary, numbers, times
from lamplighter.web.drift import drift
from lamplighter.web.plots.line import Series, line
from lamplighter.web.plots.points import Point
from lamplighter.web.plots.scale import across, round_scale
from lamplighter.web.plots.sparkline import sparkline
from lamplighter.web.quality import lower_is_better, over_time


@pytest.mark.parametrize(
    ("number", "words"),
    [(0.0, "0 %"), (1.0, "100 %"), (0.12, "12 %"), (0.003, "0.3 %"), (0.99999, "99.9 %"), (0.0512, "5.1 %"), (0.5, "50 %")],
)
def test_shares(number: float, words: str) -> None:
    assert numbers.share(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0.1874, "0.187"),
        (41.23, "41.2"),
        (1250.4, "1,250"),
        (0.0, "0"),
        (-0.0261, "-0.0261"),
        (0.000399, "0.0004"),
        (21.0, "21"),
        (0.5, "0.500"),
    ],
)
def test_figures(number: float, words: str) -> None:
    assert numbers.figure(number) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (0.4, "400 ms"), (59, "59 s"), (240, "4 min"), (26 * 3600, "26 h"), (41 * 86400, "41 d")]
)
def test_lengths_of_time(seconds: float, words: str) -> None:
    assert times.length(seconds) == words


def test_an_instant_carries_its_exact_time() -> None:
    instant = int(datetime(2013, 7, 9, 18, 4, tzinfo=UTC).timestamp() * 1_000_000)
    assert 'datetime="2013-07-09T18:04:00.000Z"' in times.when(instant)
    assert "2013" in times.when(instant)
    assert str(datetime.now(tz=UTC).year) not in times.day(time.time_ns() // 1000)
    assert times.read_local(times.local(instant).replace(tzinfo=None).isoformat()) == instant
    assert times.read_local("yesterday") is None


def test_every_event_has_its_sentence() -> None:
    kinds = set(get_args(AnyEvent))
    assert kinds == set(Event.__subclasses__())
    assert set(telling.SENTENCES) == kinds
    for kind in kinds:
        assert telling.sentence(kind())


def test_text_in_an_event_is_not_read_as_a_form() -> None:
    event = VersionRefused(number=2, environment="prod", side="it", person="a@b.c", reason="{e.model.__class__}")
    assert telling.sentence(event) == "a@b.c refused v2 for prod, for it. {e.model.__class__}"


@pytest.mark.parametrize(("title", "kind"), glossary.LISTS)
def test_every_word_of_a_list_has_its_meaning(title: str, kind: type[Enum]) -> None:
    missing = {member.value for member in kind} - set(glossary.members(kind))
    assert missing <= {"start", "finish", "fail"}


def test_a_tooltip_is_the_sentence_of_the_definition() -> None:
    assert glossary.sentence_of(Phase.PAUSED) == "Somebody stopped the clock; the share stays."


def test_the_catalogue_has_every_code_that_is_raised() -> None:
    known = catalogue.catalogue()
    assert {"E1101", "E1201", "E1510", "E1134"} <= set(known)
    assert all(refusal.what and refusal.why and refusal.fix for refusals in known.values() for refusal in refusals)
    assert LampError.code in known


def test_facts_of_any_shape_become_lines() -> None:
    found = facts.lines({"passed": True, "metrics": {"auc": 0.7123}, "slices": [{"origin": "EWR"}], "names": ["a", "b"]})
    assert [(line.name, line.value) for line in found] == [
        ("passed", "yes"),
        ("metrics.auc", "0.712"),
        ("slices.0.origin", "EWR"),
        ("names", "a, b"),
    ]
    (packages,) = facts.lines({"packages": {f"p{number}": "1.0" for number in range(40)}})
    assert packages.value.startswith("p0 1.0, p1 1.0, ")
    assert len(facts.lines({str(number): number for number in range(200)})) == facts.MOST + 1


@given(some.floats(-1e9, 1e9), some.floats(-1e9, 1e9))
@example(0.0, 5e-324)
def test_a_scale_is_round_and_holds_its_numbers(one: float, other: float) -> None:
    low, high = min(one, other), max(one, other)
    scale = round_scale(low, high)
    slack = (scale.high - scale.low) * 1e-6
    assert scale.low <= low + slack
    assert high <= scale.high + slack
    assert 2 <= len(scale.ticks) <= 6
    assert scale.up(scale.high) == pytest.approx(0, abs=1e-6)


def test_a_moment_alone_stands_in_the_middle() -> None:
    assert across(5, 5, 5) == 500


def test_a_sparkline_of_nothing_is_flat() -> None:
    assert 'd="M0 12h1h1h1V12z"' in sparkline([0, 0, 0])
    assert 'd="M0 12V0h1V6h1V12z"' in sparkline([10, 5])


def test_the_caption_says_what_the_line_shows() -> None:
    start = int(datetime(2013, 4, 1, tzinfo=UTC).timestamp() * 1_000_000)
    calm = seed.reading("m", 1, "brier", start, 0.17, limit=0.19)
    storm = seed.reading("m", 1, "brier", start + 7 * seed.DAY, 0.213, limit=0.19, crossed=True)
    plot = over_time([storm, calm], "brier")
    assert plot is not None
    assert plot.caption.startswith("Brier score of v1 was 0.213 (0.205 to 0.221) in the newest window, ")
    assert "beyond its limit 0.19, first crossed in" in plot.caption
    assert plot.title == "Brier score, lower is better"
    assert [row[2] for row in plot.rows] == ["0.213", "0.170"]
    assert plot.drawing.count('class="dot"') == 2
    assert over_time([calm], "auc") is None


def test_which_way_is_better_comes_from_the_measure() -> None:
    assert (lower_is_better("brier"), lower_is_better("auc"), lower_is_better("failures")) == (True, False, True)


def test_inputs_are_ranked_by_how_far_they_moved() -> None:
    def moved(column: str, value: float, end: int = 0) -> Reading:
        more = {"aspect": "drift", "column": column, "limit": 0.1, "crossed": value > 0.1, "end": seed.NOW + end}
        return seed.reading("m", 1, "psi", seed.NOW - 7 * seed.DAY, value, **more)

    older = moved("visib", 0.9, end=-1)
    found = drift([moved("temp", 0.05), moved("precip", 0.3), moved("visib", 0.2), older, moved("@prediction", 0.02)])
    assert found is not None
    assert [one.column for one in found.inputs] == ["precip", "visib", "temp"]
    assert found.caption.startswith("2 of 3 inputs moved beyond the limit in ")
    assert found.caption.endswith("0 of them matter; precip first (0.300). The predictions did not move (0.0200).")
    assert drift([]) is None


@pytest.mark.parametrize("name", ["lamp.css", "lamp.js", "keys.js", "sign-in.js", "favicon.svg"])
def test_an_asset_is_kept_by_browsers_while_it_is_the_same(site: Site, name: str) -> None:
    answer = httpx2.get(f"{site.url}{assets.address(name)}")
    assert (answer.status_code, "immutable" in answer.headers["cache-control"]) == (200, True)
    assert answer.headers["x-content-type-options"] == "nosniff"
    again = httpx2.get(f"{site.url}/static/{name}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", ["LAMP.CSS", "..%2fpage.py", "lamp.css%00", "%2e%2e%2f%2e%2e%2fsettings.py", ".", "lamp.cs"])
def test_only_files_of_the_folder_are_served(site: Site, name: str) -> None:
    assert httpx2.get(f"{site.url}/static/{name}").status_code == 404


@pytest.mark.parametrize(("hours", "dots"), [(1, 1), (3, 0)])
def test_a_line_of_one_hour_is_seen_although_it_has_no_length(hours: int, dots: int) -> None:
    points = tuple(Point(hour, 1.0, 1.0, 1.0, "14:00") for hour in range(hours))
    drawn = line([Series("failed", 1, points, plain=True)], label="Failed requests")
    assert drawn.count('class="dot') == dots
