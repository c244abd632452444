"""From a trial to a signed selection: guardrails, looks at one pair, the signature, and the gate that reads nothing else."""

from typing import Any

import msgspec
import numpy as np
import pytest
from tests.lifecycle.lives import Life
from tests.lifecycle.segments import Segment, scored
from tests.lifecycle.test_trials import DAY, MODEL, MONDAY, trial
from tests.sdk import models

from lamplighter.domain.challenge import Challenge, Choice
from lamplighter.domain.decision import Passed, Refused, Verdict
from lamplighter.domain.errors import Conflict
from lamplighter.domain.route import Arm
from lamplighter.domain.selection import Guard, Held, Selection
from lamplighter.domain.version import Version
from lamplighter.gates import challenger
from lamplighter.lifecycle import collection, judging, watching
from lamplighter.lifecycle.watching import Label
from lamplighter.store import schema

#: One that turns many decisions of its consumer, and one that is only surer of itself.
TURNING, SURER = (0.99, 0.44), (0.9, 0.1)
DESK = "gate-desk"


def versions(life: Life, **more: Any) -> list[Version]:
    found = life.versions(models.project(MODEL, consumer=[{"name": DESK, "owner": "gail@trains.example"}], **more), 2)
    life.appoint(found[0], "dev")
    return found


def scores(life: Life, pair: list[Version], of_challenger: tuple[float, float], start: int = 0, slow: int = 400) -> None:
    """Ten days of thirty rows: the champion says 0.6 of what comes true and 0.25 of the rest."""
    generator, labels, segment = np.random.default_rng(4 + start), [], Segment(life.settings, "dev")
    for day in range(start, start + 10):
        truth = generator.integers(0, 2, 30)
        for row, label in enumerate(truth):
            at, name = MONDAY + day * DAY, f"d{day}-{row}"
            champion = 0.6 if label else 0.25
            surer = float(np.clip(of_challenger[0 if label else 1] + generator.normal(0.0, 0.02), 0.0, 1.0))
            segment.write(
                scored(pair[0], name, [champion], at=at, consumer=DESK),
                scored(pair[1], name, [surer], at=at, consumer=DESK, arm=Arm.SHADOW, columns={}, duration=slow),
            )
            labels.append(Label(id=f"{name}.0", value=float(label)))
    watching.push_labels(life.kit, MODEL, labels)
    collection.collect(life.kit, "dev")


def selected(life: Life, pair: list[Version], start: int = 0) -> tuple[Challenge, Selection]:
    opened = trial(life, pair)
    decided = life["milo"].decide(opened.id, MONDAY + start * DAY, MONDAY + (start + 10) * DAY)
    return decided, life["rita"].selection(opened.id).selection


def says(life: Life, version: Version) -> Verdict:
    with life.kit.store.reading() as look:
        held = judging.dossier(life.kit, look, version, look.environment("dev"))
    return challenger.Gate(needed=True).judge(held)


def found(made: Selection) -> dict[str, Held]:
    return {one.name: one.held for one in made.guardrails}


def test_a_good_challenger_is_selected_and_the_gate_lets_it_in(life: Life) -> None:
    pair = versions(life, selection={"costs": {"false_positive": 1, "false_negative": 5}})
    scores(life, pair, SURER)
    decided, made = selected(life, pair)
    assert (decided.choice, decided.look, made.by) == (Choice.SWAP, 1, "brier")
    assert found(made) == {"latency": Held.KEPT, "cost": Held.KEPT, "flips of gate-desk": Held.KEPT}
    assert made.unguarded == {Guard.FAIRNESS: "lamp.toml names no criterion."}
    assert (made.champion_version, made.challenger_version) == (pair[0].digest, pair[1].digest)
    assert isinstance(says(life, pair[1]), Passed)
    life.appoint(pair[1], "dev")
    assert says(life, pair[1]) == Passed(why="It is the version that is live there.")


def test_one_that_turns_too_many_decisions_is_kept_out_although_it_is_better(life: Life) -> None:
    pair = versions(life)
    # Much surer of what comes true, and it decides for all the rest as well.
    scores(life, pair, TURNING)
    decided, made = selected(life, pair)
    assert made.primary.verdict == "challenger-wins"
    assert (decided.choice, made.by) == (Choice.KEEP, "flips of gate-desk")
    verdict = says(life, pair[1])
    assert isinstance(verdict, Refused)
    assert "decisions of gate-desk turn" in verdict.why


def test_what_a_consumer_accepts_is_its_own_budget(life: Life) -> None:
    consumer = {"name": DESK, "owner": "gail@trains.example", "flips": 1.0}
    pair = life.versions(models.project(MODEL, consumer=[consumer]), 2)
    life.appoint(pair[0], "dev")
    scores(life, pair, TURNING)
    assert selected(life, pair)[0].choice is Choice.SWAP


def test_one_that_takes_too_long_is_kept_out(life: Life) -> None:
    pair = versions(life)
    scores(life, pair, SURER, slow=60_000)
    decided, made = selected(life, pair)
    assert (decided.choice, made.by) == (Choice.KEEP, "latency")


def test_groups_that_nobody_measured_leave_it_open(life: Life) -> None:
    criterion = {"column": "sex", "metric": "demographic_parity_ratio", "bound": 0.8}
    pair = versions(life, fairness={"criterion": [criterion]})
    scores(life, pair, SURER)
    decided, made = selected(life, pair)
    assert (decided.choice, made.by) == (Choice.UNDECIDED, "fairness of demographic_parity_ratio by sex")
    assert not says(life, pair[1])


def test_each_further_look_at_a_pair_has_less_to_spend(life: Life) -> None:
    pair = versions(life)
    scores(life, pair, SURER)
    scores(life, pair, SURER, start=10)
    (_, first), (_, second) = selected(life, pair), selected(life, pair, start=10)
    assert [(one.look, one.alpha) for one in (first, second)] == [(1, 0.025), (2, pytest.approx(0.05 / 6))]
    assert first.data != second.data


def test_what_was_changed_behind_its_back_is_no_selection(life: Life) -> None:
    pair = versions(life)
    scores(life, pair, SURER)
    decided, _ = selected(life, pair)
    with life.kit.store.transaction() as change:
        held = change.evidence.find(digest=decided.selection)
        assert held is not None
        forged = dict(held.facts) | {"content": held.facts["content"].replace('"choice":"swap"', '"choice":"keep"')}
        body = msgspec.json.encode(msgspec.structs.replace(held, facts=forged))
        where = schema.evidence.c.digest == decided.selection
        change.evidence.connection.execute(schema.evidence.update().where(where).values(body=body))
    with pytest.raises(Conflict) as refusal:
        life["rita"].selection(decided.id)
    assert refusal.value.code == "E1566"
    verdict = says(life, pair[1])
    assert verdict == Refused(
        why="What says that it was selected is not signed by this platform.",
        fix=f"Let it score along with lamp challenge start {pair[1].name}.",
    )


def test_a_running_trial_has_no_selection(life: Life) -> None:
    opened = trial(life, versions(life))
    with pytest.raises(Conflict) as refusal:
        life["rita"].selection(opened.id)
    assert refusal.value.code == "E1539"
