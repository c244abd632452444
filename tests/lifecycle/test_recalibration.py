"""Another calibration: fitted on earlier days, judged on later ones, made of the same model, and quiet once it is live."""

from collections.abc import Iterator

import msgspec
import numpy as np
import pandas as pd
import pytest
from tests.domain import specimens
from tests.lifecycle.lives import Life, lived
from tests.lifecycle.segments import Segment, scored
from tests.lifecycle.test_movement import look
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter.domain.calibration import Calibration, all_calibrated, calibrated, composed
from lamplighter.domain.decision import Passed, Verdict
from lamplighter.domain.errors import LampError
from lamplighter.domain.evaluation import KIND as EVALUATION
from lamplighter.domain.evaluation import evaluation_in
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.project import Project
from lamplighter.domain.recalibration import Fit, check_recalibrates, recalibration_of
from lamplighter.domain.robustness import KIND as ROBUSTNESS
from lamplighter.domain.version import Version
from lamplighter.domain.version_comparison import Contrast
from lamplighter.lifecycle import judging, profiles, watching
from lamplighter.lifecycle.watching import Label
from lamplighter.monitoring.evaluated import evaluated_from
from lamplighter.sdk.answers import Facts

MODEL = "calibrated"
DAY = 86_400_000_000
MONDAY = 19_000 * DAY
#: Days of rows, rows of each, and the share of the positive ones that is negative: scores say too much.
DAYS, ROWS, LOST = 12, 150, 0.4
#: A limit that no scores of these tests come near.
QUALITY = {"metric": "brier", "limit": 0.9, "window": "7d", "least_rows": 50}
#: The desk decides for itself; whoever else calls takes the decision of the version.
DESK = {"name": "gate-desk", "owner": address("bea"), "threshold": 0.7}


def project() -> Project:
    return models.critical(MODEL, consumer=[DESK], monitor={"quality": QUALITY})


def answered(life: Life, version: Version, first: int, days: int = DAYS, *, lost: float = LOST, rows: int = ROWS) -> None:
    """Days of rows like those of the sample, with what came true; half of each day is asked by the desk."""
    by = version.manifest.calibrates
    records, labels = [], []
    for day in range(first, first + days):
        columns, truth = models.columns(rows, seed=4 + day)
        scores = models.fitted().predict_proba(pd.DataFrame(columns))[:, 1].tolist()
        scores = all_calibrated(by, scores) if by else scores
        kept = np.random.default_rng(day).random(rows) >= lost
        for name, half in (("gate-desk", slice(0, rows // 2)), ("travel-app", slice(rows // 2, rows))):
            request, some = f"v{version.number}-{day}-{name}", {key: values[half] for key, values in columns.items()}
            records.append(
                scored(version, request, scores[half], at=MONDAY + day * DAY + DAY // 4, columns=some, consumer=name)
            )
            came = [float(value and one) for value, one in zip(truth[half], kept[half].tolist(), strict=True)]
            labels += [Label(id=records[-1].row_id(row), value=value) for row, value in enumerate(came)]
    end = scored(version, f"v{version.number}-{first}-end", [0.5], at=MONDAY + (first + days) * DAY + 1)
    Segment(life.settings, name=f"{version.number}-{first + 1}-000000").write(*records, end)
    watching.push_labels(life.kit, MODEL, labels)
    look(life)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """A platform on which a version is live that says too much."""
    with lived(tmp_path_factory.mktemp("calibrated") / "home") as life:
        found = life.version(project())
        life.appoint(found)
        answered(life, found, 0)
        yield life


@pytest.fixture
def version(shared: Life) -> Version:
    return shared["rita"].versions(MODEL)[0]


@pytest.fixture(scope="module")
def made(shared: Life) -> Version:
    return shared["dana"].recalibrate(f"{MODEL}@1", "prod", "It warns too often.").version


def gates(life: Life, number: int) -> dict[str, Verdict]:
    with life.kit.store.reading() as look:
        version = look.versions.find(model=MODEL, number=number)
        assert version is not None
        decision = judging.judge(life.kit, look, version, look.environment("prod"), life.actor("dana"))
    return {one.gate: one.verdict for one in decision.judgements}


def evidence(life: Life, version: Version, kind: str) -> dict[str, object]:
    return dict(next(one for one in life["rita"].version(version.name).evidence if one.kind == kind).facts)


def test_it_is_compared_on_the_evaluation_set_by_its_calibrated_scores(shared: Life, version: Version, made: Version) -> None:
    before, after = (evaluation_in(newest(shared, one)) for one in (version, made))
    assert before is not None
    assert after is not None
    assert (before.digest, before.rows) == (after.digest, after.rows)
    rows, mapped = (evaluated_from(shared.kit.artifacts.get(one.scores)) for one in (before, after))
    by = made.manifest.calibrates
    assert by is not None
    assert mapped.scores.tolist() == pytest.approx(all_calibrated(by, rows.scores.tolist()), abs=1e-12)
    lines = {line.metric: line.cells[1] for line in shared["rita"].compare(MODEL, "1,2").lines}
    assert lines["auc"].standing is Contrast.SAME
    assert lines["brier"].value == pytest.approx(float(np.mean((mapped.scores - mapped.labels) ** 2)))


def newest(life: Life, version: Version) -> Evidence:
    return next(one for one in life["rita"].version(version.name).evidence if one.kind == EVALUATION)


def test_later_days_judge_what_earlier_days_were_fitted_on(shared: Life, version: Version) -> None:
    found = shared["rita"].recalibration(version.name, "prod")
    assert (found.seen.rows, found.unseen.rows) == (DAYS * ROWS / 2, DAYS * ROWS / 2)
    assert (found.seen.start, found.seen.end) == (MONDAY, found.unseen.start)
    assert found.unseen.end == MONDAY + DAYS * DAY
    assert found.is_better
    brier, figures = found.compared["brier"], found.figures[""]
    assert brier.high < 0.0
    assert (brier.before, brier.after) == pytest.approx((figures["brier"].before, figures["brier"].after))
    assert figures["calibration_error"].after < figures["calibration_error"].before / 2
    assert "auc" not in figures
    assert sum(dot.rows for dot in found.before) == sum(dot.rows for dot in found.after) == found.unseen.rows
    assert found.sentence.startswith("On 900 later rows of 6 days that it has not seen, the Brier score goes from 0.")


def test_decisions_are_counted_at_the_threshold_of_each_consumer(shared: Life, version: Version) -> None:
    found = shared["rita"].recalibration(version.name, "prod")
    scores: dict[str, list[float]] = {"gate-desk": [], "travel-app": []}
    for day in range(DAYS):
        columns, _ = models.columns(ROWS, seed=4 + day)
        each = models.fitted().predict_proba(pd.DataFrame(columns))[:, 1].tolist()
        scores["gate-desk"] += each[: ROWS // 2]
        scores["travel-app"] += each[ROWS // 2 :]
    for name, at in (("gate-desk", 0.7), ("travel-app", 0.5)):
        down = sum(one >= at > calibrated(found.fitted, one) for one in scores[name])
        assert (found.consumers[name].down, found.consumers[name].up) == (down, 0)
        assert down > 0


def test_the_mean_alone_can_be_shifted(shared: Life, version: Version) -> None:
    found = shared["rita"].recalibration(version.name, "prod", Fit.INTERCEPT)
    assert found.fitted.slope == 1.0
    assert found.fitted.intercept < 0.0
    assert found.is_better


def test_the_version_is_the_same_model_and_says_how_it_was_made(shared: Life, version: Version, made: Version) -> None:
    found = recalibration_of(shared["rita"].version(made.name).evidence)
    assert found is not None
    assert made.manifest.calibration == found.fitted == found.whole
    files = {one.role: one.digest for one in version.manifest.artifacts}
    others = {one.role: one.digest for one in made.manifest.artifacts}
    assert {role for role in files if files[role] != others[role]} == {"profile"}
    assert made.note == "Calibrated on 900 rows of prod, otherwise v1. It warns too often."
    assert found.reason == "It warns too often."


def test_gates_say_what_stays_and_what_was_found_anew(shared: Life, version: Version, made: Version) -> None:
    verdicts = gates(shared, made.number)
    for gate in ("parity", "load_check", "data_checks", "robustness"):
        assert isinstance(verdicts[gate], Passed), verdicts[gate]
        assert "Found of v1 (evidence " in verdicts[gate].why
    facts, before = evidence(shared, made, "performance"), evidence(shared, version, "performance")
    figures, of_base = facts["figures"][""], before["figures"][""]  # type: ignore[index]
    assert figures["auc"] == of_base["auc"]
    assert figures["brier"] != of_base["brier"]
    assert figures["brier"]["n"] == 900
    assert facts["scores"] == {"environment": "prod", "rows": 900, "versions": [1]}


def test_what_was_tried_is_bounded_by_the_calibration(shared: Life, version: Version, made: Version) -> None:
    before, after = (evidence(shared, one, ROBUSTNESS) for one in (version, made))
    by = made.manifest.calibrates
    assert by is not None
    for was, is_now in zip(before["stressed"], after["stressed"], strict=True):  # type: ignore[call-overload]
        assert is_now["failed"] == was["failed"]
        assert (is_now["shift"] is None) == (was["shift"] is None or not was["turned"])
        # No score moves by much more than before: the line is not steep.
        assert is_now["shift"] is None or 0.0 <= is_now["shift"]["value"] <= was["shift"]["value"] + 0.05


def test_its_scores_are_calibrated_once_more(life: Life) -> None:
    first = life.version(project())
    life.appoint(first)
    answered(life, first, 0)
    second = life["dana"].recalibrate(first.name, "prod", "It warns too often.").version
    life.appoint(second)
    answered(life, second, 14, lost=0.7)
    third = life["dana"].recalibrate(second.name, "prod", "It warns too often again.")
    one, other = second.manifest.calibrates, third.recalibration.fitted
    assert one is not None
    assert third.version.manifest.calibration == composed(one, other) == third.recalibration.whole
    assert third.recalibration.counted == (2,)
    # Another threshold keeps the calibration, and is counted of calibrated scores.
    at = life["dana"].retune(third.version.name, "prod", 0.3, "sooner").version
    assert at.manifest.calibration == third.version.manifest.calibration


def test_it_alarms_nobody_once_it_is_live(life: Life) -> None:
    first = life.version(project())
    life.appoint(first)
    answered(life, first, 0)
    second = life["dana"].recalibrate(first.name, "prod", "It warns too often.").version
    life.appoint(second)
    answered(life, second, 14, days=7, rows=600)
    start = MONDAY + 14 * DAY
    calibration = [one for one in life["rita"].readings(MODEL, "prod", "calibration") if one.start >= start]
    assert {one.number for one in calibration} == {2}
    assert not [one for one in calibration if one.crossed]
    assert [one for one in life["rita"].readings(MODEL, "prod", "calibration") if one.crossed and one.number == 1]
    drift = [one for one in life["rita"].readings(MODEL, "prod", "drift") if one.start >= start and one.column == "@prediction"]
    assert drift
    assert not [one for one in drift if one.crossed]
    estimated = [one for one in life["rita"].readings(MODEL, "prod", "estimate", "brier") if one.start >= start]
    measured = [one for one in life["rita"].readings(MODEL, "prod", "quality", "brier") if one.start >= start]
    assert estimated[-1].value == pytest.approx(measured[-1].value, abs=0.02)


def test_the_reference_holds_the_rows_in_cells_that_have_moved(shared: Life, version: Version, made: Version) -> None:
    before, after = (profiles.profile_of(shared.kit, one) for one in (version, made))
    assert before is not None
    assert after is not None
    by = made.manifest.calibrates
    assert by is not None
    known, moved = before.columns["@prediction"], after.columns["@prediction"]
    assert (moved.counts() == known.counts()).all()
    assert moved.edges[1:-1] == pytest.approx([calibrated(by, one) for one in known.edges.tolist()][1:-1], abs=1e-12)
    assert before.identity != after.identity
    assert {name: one.tally.rows for name, one in after.columns.items()} == {
        name: one.tally.rows for name, one in before.columns.items()
    }
    assert after.truth is not None
    assert (int(after.truth.rows.sum()), after.truth.held_out) == (DAYS * ROWS, True)


def refused(life: Life, reference: str, fit: Fit = Fit.LOGISTIC, reason: str = "to see", since: int = 0) -> LampError:
    with pytest.raises(LampError) as refusal:
        life["dana"].recalibrate(reference, "prod", reason, fit, since)
    return refusal.value


def test_what_cannot_be_calibrated_is_refused(shared: Life, version: Version, made: Version) -> None:
    assert refused(shared, version.name, reason=" ").code == "E1205"
    # The same rows ask for the same line.
    assert refused(shared, version.name).code == "E1208"
    # Nothing is on record of what the new version answered.
    assert refused(shared, made.name).why == (
        "Of 0 labelled rows of 0 days: 0 rows, 0 of them positive, to fit, and 200 with 20 of each class are needed; "
        "0 rows, 0 of them positive, to judge it, and 200 with 20 of each class are needed; "
        "the later half has 0 days, and 5 are needed."
    )
    few = refused(shared, version.name, since=MONDAY + 8 * DAY)
    assert few.code == "E1206"
    lacks = "Of 600 labelled rows of 4 days: the later half has 2 days, and 5 are needed."
    assert few.why == f"{lacks} Days that are left out, since labels are still to come: 1."
    assert shared["rita"].recalibration(version.name, "prod").left_out == "1 day is left out, since labels are still to come."
    with pytest.raises(LampError) as refusal:
        shared["dana"].add_evidence(made.name, Facts(kind="recalibration", facts={}))
    assert refusal.value.code == "E1324"


def test_days_that_are_no_better_make_no_version(life: Life) -> None:
    first = life.version(project())
    life.appoint(first)
    # Scores say too much at first, and much too little afterwards.
    answered(life, first, 0, days=6)
    answered(life, first, 7, days=6, lost=-1.0)
    found = refused(life, first.name)
    assert found.code == "E1209"
    assert "worse, beyond chance" in found.why or "may be chance" in found.why
    assert len(life["rita"].versions(MODEL)) == 1


def test_a_number_and_a_version_elsewhere_have_no_calibration() -> None:
    found = specimens.version()
    output = msgspec.structs.replace(found.manifest.contract.output, meaning="number")
    contract = msgspec.structs.replace(found.manifest.contract, output=output)
    with pytest.raises(LampError) as refusal:
        check_recalibrates(msgspec.structs.replace(found, manifest=msgspec.structs.replace(found.manifest, contract=contract)))
    assert refusal.value.code == "E1204"


def test_nobody_registers_a_line_that_falls(shared: Life, version: Version) -> None:
    falls = msgspec.structs.replace(version.manifest, calibration=Calibration(slope=-1.0))
    with pytest.raises(LampError) as refusal:
        shared["dana"].register(MODEL, falls, [])
    assert refusal.value.code == "E1581"
