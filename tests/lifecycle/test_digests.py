"""A week in one sentence: the counts are those of the rows, and the words those of the business owner."""

import random
import re
from pathlib import Path

import msgspec
import pytest
from tests.web import seed

from lamplighter.domain.digest import WEEK, Digest, DigestPlan, Verdict, Week, sentence, week_before
from lamplighter.domain.monitor_plan import Labels
from lamplighter.lifecycle.digests import digest
from lamplighter.lifecycle.kit import Kit

MONDAY = week_before(seed.NOW)[0]
WORDS = DigestPlan(things="late flights", verb="warned about", alarms="warnings")


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    kit = seed.open_kit(tmp_path)
    seed.healthy(kit, "price-001")
    with kit.store.transaction() as change:
        project = change.project("price-001")
        change.projects.put(msgspec.structs.replace(project, monitor=msgspec.structs.replace(project.monitor, digest=WORDS)))
    return kit


def fill(
    kit: Kit,
    start: int,
    rows: int,
    *,
    hits: float,
    wrong: float = 0.05,
    known: float = 1.0,
    arm: str = "champion",
    model: str = "price-001",
) -> tuple[int, int, int]:
    """Rows of a week, of which a part of those that are late got a warning; how many were late, warned, and both."""
    chance = random.Random(start + rows)
    made, labels = [], []
    late = warned = both = 0
    for row in range(rows):
        is_late = chance.random() < 0.3
        says = chance.random() < (hits if is_late else wrong)
        key = f"{model[-12:]}-{arm}-{start}-{row}.0"
        at = start + chance.randrange(WEEK)
        made.append(
            {
                "id": key,
                "number": 1,
                "model": model,
                "environment": "prod",
                "arm": arm,
                "event_at": at,
                "score": 0.8 if says else 0.2,
            }
        )
        if chance.random() < known:
            labels.append((key, float(is_late), 0))
            late, warned, both = late + is_late, warned + says, both + (says and is_late)
    with kit.store.transaction() as change:
        change.predictions.keep(made)
        change.predictions.label(labels, seed.NOW)
    return late, warned, both


def told(kit: Kit, now: int = seed.NOW) -> Digest:
    with kit.store.reading() as look:
        return digest(look, "price-001", now)


def test_the_counts_are_those_of_the_rows(kit: Kit) -> None:
    for week in range(1, 5):
        fill(kit, MONDAY - week * WEEK, 400, hits=0.8)
    late, warned, both = fill(kit, MONDAY, 500, hits=0.8)
    fill(kit, MONDAY, 300, hits=0.0, arm="shadow")
    fill(kit, MONDAY + WEEK, 10, hits=0.0)
    wrong = round(100 * (warned - both) / warned)
    assert told(kit).sentence == (
        f"Last week it warned about {both} of {late} late flights; {wrong} in 100 warnings were wrong. Normal."
    )


@pytest.mark.parametrize(("before", "now", "verdict"), [(0.8, 0.3, "Worse"), (0.3, 0.9, "Better"), (0.6, 0.6, "Normal")])
def test_a_week_is_held_against_those_before(kit: Kit, before: float, now: float, verdict: str) -> None:
    for week in range(1, 9):
        fill(kit, MONDAY - week * WEEK, 300, hits=before)
    fill(kit, MONDAY, 600, hits=now)
    assert re.search(rf"{verdict}( than usual)?\.$", told(kit).sentence)


def test_a_week_without_a_warning_is_worse_where_there_were_some_before(kit: Kit) -> None:
    for week in range(1, 9):
        fill(kit, MONDAY - week * WEEK, 300, hits=0.6)
    late, _, _ = fill(kit, MONDAY, 600, hits=0.0, wrong=0.0)
    assert told(kit).sentence == f"Last week it warned about 0 of {late} late flights; it gave no warnings. Worse than usual."


def test_the_first_week_says_that_there_is_no_other(kit: Kit) -> None:
    fill(kit, MONDAY, 200, hits=0.8)
    assert told(kit).sentence.endswith("There is no week to compare it with yet.")


def test_what_is_not_known_is_not_told(kit: Kit) -> None:
    fill(kit, MONDAY, 400, hits=0.8, known=0.1)
    assert told(kit).sentence.startswith("We do not know yet how it did last week: the truth is known for ")


def test_nobody_asked(kit: Kit) -> None:
    assert told(kit).sentence == "Nobody asked it last week."


def test_rows_of_another_year_are_told_with_their_week(kit: Kit) -> None:
    start = MONDAY - 60 * WEEK
    fill(kit, start, 200, hits=0.8)
    assert told(kit).start == start
    assert re.match(r"In the week from \d+ \w{3} \d{4} it warned about ", told(kit).sentence)


def test_a_week_is_told_once_its_truth_is_due(kit: Kit) -> None:
    with kit.store.transaction() as change:
        project = change.project("price-001")
        monitor = msgspec.structs.replace(project.monitor, labels=Labels(expected_after="14d"))
        change.projects.put(msgspec.structs.replace(project, monitor=monitor))
    fill(kit, MONDAY, 200, hits=0.8)
    fill(kit, MONDAY - 2 * WEEK, 200, hits=0.8)
    assert told(kit).start == MONDAY - 2 * WEEK


@pytest.mark.parametrize(
    "week", [Week(9000, 8800, 530, 450, 412), Week(9000, 8800, 530, 0, 0), Week(), Week(9000, 5), Week(90, 90, distance=270.0)]
)
def test_everybody_can_read_it(week: Week) -> None:
    plan = DigestPlan(things="late flights", verb="warned about", alarms="warnings", unit="minutes")
    said = sentence(plan, week, "last week", Verdict.WORSE, number=bool(week.distance))
    assert grade(said) <= 8
    assert not re.search(r"precision|recall|threshold|label|score|drift|predict|AUC|Brier|model", said)


def grade(text: str) -> float:
    """Flesch-Kincaid grade, with groups of vowels as syllables."""
    words = re.findall(r"[a-z]+|[\d,.]*\d", text.lower())
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word)))) for word in words)
    sentences = len(re.findall(r"[.;:]( |$)", text))
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59
