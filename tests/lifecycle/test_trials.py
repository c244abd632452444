"""Champion against challenger: decided by rows of many days, kept whatever comes out."""

from typing import Any

import numpy as np
import pytest
from tests.lifecycle.lives import Life
from tests.lifecycle.segments import Segment, scored
from tests.sdk import models

from lamplighter.domain.challenge import Challenge, Verdict
from lamplighter.domain.errors import Conflict, NotFound
from lamplighter.domain.events.challenge import ChallengeDecided
from lamplighter.domain.events.routing import ShadowSet
from lamplighter.domain.events.run import RetrainingMoved
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.route import Arm
from lamplighter.domain.version import Version
from lamplighter.lifecycle import challenges, collection, watching
from lamplighter.lifecycle.reactions import react
from lamplighter.lifecycle.watching import Label

DAY = 86_400_000_000
MONDAY = 19_000 * DAY
MODEL = "tried"
ONE_DAY = "All rows are of one day. Days are compared, since rows of one day are alike, and it takes two of them."


@pytest.fixture
def versions(life: Life) -> list[Version]:
    versions = life.versions(models.project(MODEL), 2)
    life.appoint(versions[0], "dev")
    return versions


def trial(life: Life, versions: list[Version], least: int = 50) -> Challenge:
    """An open trial, without processes."""
    with life.kit.store.reading() as look:
        environment = look.environment("dev")
    return challenges.challenge(life.kit, life.actor("milo"), versions[1], environment, "brier", least)


def rows(life: Life, versions: list[Version], days: int, *, better: bool = True, **more: Any) -> None:
    """Labelled rows of some days that both have scored."""
    generator, labels = np.random.default_rng(4), []
    segment = Segment(life.settings, "dev")
    for day in range(days):
        truth = generator.integers(0, 2, 40)
        champion, challenger = np.full(40, 0.5), np.clip(truth + generator.normal(0.0, 0.3, 40), 0.0, 1.0)
        if not better:
            challenger = 1.0 - challenger
        at = MONDAY + day * DAY
        for start in range(0, 40, 2):
            name, pair = f"d{day}-{start}", slice(start, start + 2)
            segment.write(
                scored(versions[0], name, champion[pair].tolist(), at=at),
                scored(versions[1], name, challenger[pair].tolist(), at=at, arm=Arm.SHADOW, columns={}, **more),
            )
            labels += [Label(id=f"{name}.{row}", value=float(value)) for row, value in enumerate(truth[pair])]
    watching.push_labels(life.kit, versions[0].model, labels)
    collection.collect(life.kit, "dev")


@pytest.mark.parametrize(
    ("days", "better", "verdict", "why"),
    [
        (8, True, Verdict.CHALLENGER_WINS, "The challenger is better"),
        (8, False, Verdict.CHAMPION_STAYS, "The challenger is not better"),
        (0, True, Verdict.NOT_ENOUGH_EVIDENCE, "No row has a label and both scores."),
        # Rows of one day are one group, and one group has no interval.
        (1, True, Verdict.NOT_ENOUGH_EVIDENCE, "All rows are of one day."),
    ],
)
def test_a_trial_is_decided_on_the_same_rows(
    life: Life, versions: list[Version], days: int, better: bool, verdict: Verdict, why: str
) -> None:
    opened = trial(life, versions, least=30)
    rows(life, versions, days, better=better)
    decided = life["milo"].decide(opened.id, MONDAY, MONDAY + 9 * DAY, conclude=True)
    assert (decided.verdict, decided.rows) == (verdict, 40 * days)
    assert decided.why.startswith(why)
    # What was written down can be read again, by everybody and for ever.
    assert life["rita"].challenges(MODEL) == [decided]
    assert [event.verdict for event in life.events(ChallengeDecided)] == [verdict]
    assert life["rita"].verify_journal().verified
    (evidence,) = [one for one in life["rita"].version(versions[1].name).evidence if one.kind == "selection"]
    assert evidence.digest == decided.selection
    made = life["rita"].selection(opened.id).selection
    assert (made.primary.verdict, made.primary.n, made.choice) == (verdict, 40 * days, decided.choice)
    # Asked again about the same evidence, or without saying about which, it says the same; about another it does not.
    assert life["milo"].decide(opened.id, MONDAY, MONDAY + 9 * DAY) == decided
    assert life["milo"].decide(opened.id) == decided
    assert len(life.events(ChallengeDecided)) == 1
    with pytest.raises(Conflict):
        life["milo"].decide(opened.id, MONDAY, MONDAY + 8 * DAY)


@pytest.mark.parametrize(
    ("days", "why"),
    [
        (0, "Not enough evidence yet: 0 of 100 labelled rows. No row has a label and both scores. It goes on."),
        (1, f"Not enough evidence yet: 40 of 100 labelled rows. {ONE_DAY} It goes on."),
        (2, "Not enough evidence yet: 80 of 100 labelled rows. It goes on."),
    ],
)
def test_a_trial_goes_on_while_there_is_too_little(life: Life, versions: list[Version], days: int, why: str) -> None:
    opened = trial(life, versions, least=100)
    rows(life, versions, days)
    early = life["milo"].decide(opened.id, MONDAY, MONDAY + 9 * DAY)
    assert (early.verdict, early.rows, early.why) == (Verdict.RUNNING, 40 * days, why)
    assert life["rita"].challenges(MODEL) == [opened]
    assert life.events(ChallengeDecided) == []


def test_a_trial_that_was_looked_at_too_early_is_decided_later(life: Life, versions: list[Version]) -> None:
    opened = trial(life, versions, least=100)
    life["milo"].decide(opened.id, MONDAY, MONDAY + 9 * DAY)
    rows(life, versions, 8)
    assert life["milo"].decide(opened.id, MONDAY, MONDAY + 9 * DAY).verdict is Verdict.CHALLENGER_WINS


def test_a_trial_that_cannot_be_is_refused_before_anything_scores_along(life: Life, versions: list[Version]) -> None:
    with pytest.raises(NotFound) as unknown:
        life["milo"].challenge(versions[1].name, "dev", metric="accuracy")
    assert unknown.value.why == "Known: auc, brier, log_loss, mae, rmse."
    with pytest.raises(Conflict):
        life["milo"].challenge(versions[1].name, "staging")
    assert life.events(ShadowSet) == []
    assert life["rita"].challenges(MODEL) == []


@pytest.mark.parametrize(("watched", "decides"), [("auc", "auc"), ("accuracy", "brier")])
def test_what_a_training_made_is_tried_by_the_figure_that_is_watched(life: Life, watched: str, decides: str) -> None:
    """Where rows cannot be compared by that figure one after the other, the Brier score decides."""
    versions = life.versions(models.project("trained", monitor={"quality": {"metric": watched}}), 2)
    life.appoint(versions[0], "dev")
    with life.kit.store.transaction() as change:
        event = RetrainingMoved(model="trained", retraining="T-1", state="finished", number=2)
        entry = change.journal.append(event, PLATFORM, life.clock.now())
    react(life.kit, entry)
    (opened,) = life["rita"].challenges("trained")
    assert (opened.champion, opened.challenger, opened.metric) == (1, 2, decides)
    (live,) = life["rita"].status("trained").live
    assert (live.number, live.shadow) == (1, 2)
