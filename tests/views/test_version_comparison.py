"""Versions side by side: the same rows or none, apart with the reason, and best only beyond chance."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
import pytest
from tests.domain import specimens
from tests.lifecycle.lives import Life, lived
from tests.sdk import models

from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.record import digest_of
from lamplighter.domain.version import Version
from lamplighter.domain.version_comparison import Contrast, Line, VersionComparison
from lamplighter.sdk.answers import Facts
from lamplighter.sdk.evaluated import Kept, kept

MODEL = "abreast"
ROWS = 800
ASKED = [{"metric": "auc", "operator": ">=", "bound": 0.6, "slice": "track = 'a'"}]
PROJECT = models.project(MODEL, requirement=ASKED)
RANDOM = np.random.default_rng(8)
RATE = RANDOM.beta(2.0, 3.0, ROWS)
LABELS = (RANDOM.random(ROWS) < RATE).astype(float).tolist()
TABLE = {"delay": RANDOM.normal(size=ROWS).tolist(), "track": RANDOM.choice(["a", "b"], ROWS).tolist()}
#: A good version, one that is better by little, and one that knows little.
GOOD, LIKE, BAD = (np.clip(RATE + RANDOM.normal(0.0, spread, ROWS), 0.01, 0.99).tolist() for spread in (0.02, 0.03, 0.4))
FIGURES = {"": {"auc": {"value": 0.8, "low": 0.7, "high": 0.9, "n": 10}, "recall": {"value": 0.5}, "lift": {"value": 2.0}}}


@pytest.fixture
def life(tmp_path: Any) -> Iterator[Life]:
    with lived(tmp_path / "home") as life:
        yield life


def evaluated(scores: Sequence[float], *, labels: Sequence[float] = LABELS, held_out: bool = True) -> Kept:
    return kept(PROJECT, TABLE, labels, scores, held_out=held_out)


def brought(life: Life, scores: Sequence[float] | None = None, *, threshold: float = 0.5, **more: Any) -> Version:
    """A version whose files are of no matter; where there are scores, evaluated with these."""
    dana = life["dana"]
    dana.save_project(MODEL, PROJECT)
    made = specimens.manifest(model=MODEL)
    number = len(dana.versions(MODEL)) + 1
    manifest = msgspec.structs.replace(
        made,
        artifacts=(),
        decision=msgspec.structs.replace(made.decision, threshold=threshold),
        provenance=msgspec.structs.replace(made.provenance, seed=number),
    )
    facts = [Facts(kind="performance", facts={"figures": FIGURES}), Facts(kind="load-check", facts={"latency_ms": 0.25})]
    if scores is not None:
        facts.append(carried(life, evaluated(scores, **more)))
    return dana.register(MODEL, manifest, facts)


def carried(life: Life, found: Kept) -> Facts:
    life["dana"].put_artifact(found.evidence.facts["scores"], found.content)
    return found.evidence


def line(found: VersionComparison, name: str) -> Line:
    return next(one for one in found.lines if one.name == name)


def standings(found: VersionComparison, name: str) -> dict[int, Contrast | None]:
    return {cell.number: cell.standing for cell in line(found, name).cells}


def test_versions_on_one_set_are_held_against_the_live_one(life: Life) -> None:
    good, bad, like = brought(life, GOOD), brought(life, BAD), brought(life, LIKE)
    life.appoint(good)
    found = life["rita"].compare(MODEL)
    assert (found.environment, found.base, found.champion, found.compared) == ("prod", 1, True, (1, 2, 3))
    assert (found.rows, found.kept, found.held_out, found.apart) == (ROWS, ROWS, True, ())
    names = ["auc", "lift", "recall"]
    assert [one.name for one in found.lines] == [*names, *(f"{name} where track = 'a'" for name in names)]
    assert standings(found, "auc") == {1: None, 2: Contrast.WORSE, 3: Contrast.UNCLEAR}
    assert standings(found, "lift") == {1: None, 2: Contrast.UNCLEAR, 3: Contrast.UNCLEAR}
    assert "No interval" in line(found, "lift").cells[1].why
    assert [one.best for one in found.lines][:2] == [0, 0]
    assert life["rita"].compare(MODEL, "1,2").lines[0].best == 1
    assert found.sides[0].latency_ms == 0.25
    assert found.sides[0].live_in == ("prod",)
    assert [side.digest for side in found.sides] == [good.digest, bad.digest, like.digest]


def test_the_base_may_be_another_and_then_everything_is_the_opposite(life: Life) -> None:
    brought(life, GOOD), brought(life, BAD)
    there, back = (life["rita"].compare(MODEL, names) for names in ("1,2", "v2, 1"))
    assert (there.champion, there.environment, there.base, back.base) == (False, "", 1, 2)
    for one, other in zip(there.lines, back.lines, strict=True):
        assert one.cells[1].difference == pytest.approx(-(other.cells[1].difference or 0.0))
        assert one.best == other.best


def test_another_threshold_differs_in_decisions_only(life: Life) -> None:
    brought(life, GOOD, threshold=0.5), brought(life, GOOD, threshold=0.3)
    found = life["rita"].compare(MODEL)
    assert standings(found, "auc") == {1: None, 2: Contrast.SAME}
    assert standings(found, "recall") == {1: None, 2: Contrast.BETTER}
    assert [side.threshold for side in found.sides] == [0.5, 0.3]


def test_the_same_scores_are_the_same(life: Life) -> None:
    brought(life, GOOD), brought(life, GOOD)
    cell = line(life["rita"].compare(MODEL), "auc").cells[1]
    assert (cell.difference, cell.difference_low, cell.difference_high, cell.standing) == (0.0, 0.0, 0.0, Contrast.SAME)


def test_versions_of_other_sets_are_apart_with_the_reason_and_their_own_figures(life: Life) -> None:
    turned = [1.0 - LABELS[0], *LABELS[1:]]
    brought(life, GOOD), brought(life, BAD, labels=turned), brought(life), brought(life, BAD, held_out=False)
    found = life["rita"].compare(MODEL, "1,2,3,4")
    assert found.compared == (1,)
    assert found.sentence == "No other version is known to be evaluated on the rows of v1."
    other, unknown, learned = found.apart
    assert other.why.startswith(f"It was evaluated on another set: {ROWS} rows, sha256:")
    assert unknown.why == "On which rows it was evaluated is not known."
    assert learned.why == "It was measured on rows that it learned from, and v1 was not."
    assert all(one.fix and one.figures == {"": {"auc": 0.8, "recall": 0.5, "lift": 2.0}} for one in found.apart)


def test_without_a_set_of_the_base_nothing_is_compared(life: Life) -> None:
    brought(life), brought(life, GOOD), brought(life, BAD)
    found = life["rita"].compare(MODEL, "1,2,3")
    assert (found.lines, found.compared, found.evaluation) == ((), (), "")
    assert [one.why for one in found.apart][1:] == ["v1 has no set to hold it against."] * 2


def test_a_version_that_was_evaluated_anew_is_known_on_both_sets(life: Life) -> None:
    first, second = brought(life, GOOD), brought(life, BAD, labels=[1.0 - label for label in LABELS])
    assert life["rita"].compare(MODEL).compared == (1,)
    life["dana"].add_evidence(first.name, carried(life, evaluated(LIKE, labels=[1.0 - label for label in LABELS])))
    assert life["rita"].compare(MODEL).compared == (1, 2)
    third = brought(life, LIKE)
    assert life["rita"].compare(MODEL, f"1,{third.number}").compared == (1, third.number)
    assert second.number == 2


def test_kept_scores_that_cannot_be_trusted_are_not_compared(life: Life) -> None:
    brought(life, GOOD), brought(life, BAD)
    facts = dict(evaluated(GOOD).evidence.facts)
    other = evaluated(BAD, labels=[1.0 - label for label in LABELS])
    carried(life, other)
    wrong, broken = brought(life), brought(life)
    life["dana"].add_evidence(wrong.name, Facts(kind="evaluation", facts={**facts, "scores": other.evidence.facts["scores"]}))
    rubbish = b"nothing that was kept"
    digest = life["dana"].put_artifact(digest_of(rubbish), rubbish)
    life["dana"].add_evidence(broken.name, Facts(kind="evaluation", facts={**facts, "scores": digest}))
    found = life["rita"].compare(MODEL, "1,2,3,4")
    assert found.compared == (1, 2)
    assert [one.why for one in found.apart] == [
        "The labels that were kept of it are others, though it names the same set.",
        "The scores that were kept of it cannot be read.",
    ]


def test_evidence_that_names_scores_nobody_brought_is_refused(life: Life) -> None:
    version = brought(life)
    with pytest.raises(Invalid, match="E1140"):
        life["dana"].add_evidence(version.name, evaluated(GOOD).evidence)
    assert "evaluation" not in {one.kind for one in life["rita"].version(version.name).evidence}


def test_what_cannot_be_compared_is_refused(life: Life) -> None:
    life["dana"].save_project(MODEL, PROJECT)
    with pytest.raises(NotFound, match="E1286"):
        life["rita"].compare(MODEL)
    for _ in range(7):
        brought(life, GOOD)
    assert [side.number for side in life["rita"].compare(MODEL).sides] == [5, 6, 7]
    for names, code in (("1,2,3,4,5,6,7", "E1285"), ("other@1", "E1287"), ("1,9", "E1201"), ("1,x", "E1101")):
        with pytest.raises((Invalid, NotFound), match=code):
            life["rita"].compare(MODEL, names)
    with pytest.raises(NotFound):
        life["rita"].compare("nothing")
