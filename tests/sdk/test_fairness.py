"""Figures of fairness by the definitions of fairlearn, on rows that carry a column that the model never sees."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.metrics import precision_score, recall_score  # type: ignore[import-untyped]

from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.evidence import Evidence
from lamplighter.domain.project import Project
from lamplighter.domain.project_file import project_from
from lamplighter.domain.treatment import Treatment, treatment_in
from lamplighter.sdk.build import Build
from lamplighter.sdk.release import checked

METRICS = [f"{name}_{kind}" for name in ("demographic_parity", "equal_opportunity", "equalized_odds", "predictive_parity")
           for kind in ("difference", "ratio")]  # fmt: skip
ROWS = 3_000


def people(seed: int) -> pd.DataFrame:
    source = np.random.default_rng(seed)
    sex = source.choice(["f", "m", "x"], ROWS, p=[0.45, 0.45, 0.1])
    income = source.normal(30, 8, ROWS) + 4 * (sex == "m")
    debt = source.gamma(2, 4, ROWS)
    repaid = (income - debt + source.normal(0, 8, ROWS) > 20).astype(int)
    age = source.integers(18, 80, ROWS)
    return pd.DataFrame({"income": income, "debt": debt, "sex": sex, "age": age, "repaid": repaid})


TRAINED, UNSEEN = people(1), people(2)
MODEL = LogisticRegression().fit(TRAINED[["income", "debt"]], TRAINED["repaid"])
DECIDED = (MODEL.predict_proba(UNSEEN[["income", "debt"]])[:, 1] >= 0.5).astype(int)


def asked(*criteria: dict[str, Any], **more: Any) -> Project:
    return project_from({"model": {"name": "loans"}, "fairness": {"criterion": list(criteria), **more}})


def criterion(metric: str, column: str = "sex", **more: Any) -> dict[str, Any]:
    return {"column": column, "metric": metric, "bound": 0.5, **more}


def build(**changes: Any) -> Build:
    columns = ["income", "debt", "sex", "age"]
    given = {
        "model": MODEL, "sample": TRAINED[["income", "debt"]], "labels": TRAINED["repaid"], "evaluation": UNSEEN[columns],
        "evaluation_labels": UNSEEN["repaid"],
    }  # fmt: skip
    return Build(**{**given, **changes})


def treated(project: Project, made: Build) -> Treatment:
    facts = {one.kind: one.facts for one in checked(project, made).evidence}
    found = treatment_in(Evidence(version="v", kind="fairness", facts=facts["fairness"], author="a", at=1))
    assert found is not None
    return found


def by_group(metric: str, decided: Any, repaid: Any, groups: Any) -> float:
    """`MetricFrame.difference()` and `.ratio()` between groups, of the rates that fairlearn names; for equalized odds the worst
    of two."""
    rates = {
        "demographic_parity": [lambda true, made: float(np.mean(made))],
        "equal_opportunity": [recall_score],
        "equalized_odds": [recall_score, lambda true, made: 1.0 - recall_score(true, made, pos_label=0)],
        "predictive_parity": [precision_score],
    }
    name, _, kind = metric.rpartition("_")
    found = []
    for rate in rates[name]:
        each = [rate(repaid[groups == group], decided[groups == group]) for group in sorted(set(groups))]
        found.append(max(each) - min(each) if kind == "difference" else min(each) / max(each))
    return float(max(found) if kind == "difference" else min(found))


@pytest.fixture(scope="module")
def found() -> Treatment:
    return treated(asked(*(criterion(metric) for metric in METRICS)), build())


def test_every_measure_is_what_fairlearn_defines(found: Treatment) -> None:
    assert [one.metric for one in found.figures] == METRICS
    wanted = [by_group(metric, DECIDED, UNSEEN["repaid"].to_numpy(), UNSEEN["sex"].to_numpy()) for metric in METRICS]
    assert [one.value for one in found.figures] == pytest.approx(wanted)
    assert all(one.low <= one.value <= one.high for one in found.figures)
    assert (found.rows, found.held_out, found.favourable, found.unmeasured) == (ROWS, True, "1", ())


def test_the_smallest_group_of_what_is_compared_is_named(found: Treatment) -> None:
    least = {one.metric.value: (one.smallest, one.n) for one in found.figures}
    few = UNSEEN[UNSEEN["sex"] == "x"]
    assert least["demographic_parity_ratio"] == ("x", len(few))
    assert least["equal_opportunity_ratio"] == ("x", int(few["repaid"].sum()))


def test_the_decision_that_is_good_for_people_may_be_the_negative_one() -> None:
    names = ("demographic_parity_ratio", "equal_opportunity_difference")
    found = treated(asked(*map(criterion, names), favourable="0"), build())
    wanted = [by_group(name, 1 - DECIDED, 1 - UNSEEN["repaid"].to_numpy(), UNSEEN["sex"].to_numpy()) for name in names]
    assert [one.value for one in found.figures] == pytest.approx(wanted)
    assert found.favourable == "0"


def test_groups_may_be_named_and_numbers_cut() -> None:
    found = treated(
        asked(
            criterion("demographic_parity_ratio", groups=["f", "m"]),
            criterion("demographic_parity_ratio", "age", cuts=[30, 60]),
        ),
        build(),
    )
    named, cut = found.figures
    two = UNSEEN["sex"].isin(["f", "m"]).to_numpy()
    assert [group.name for group in named.groups] == ["f", "m"]
    wanted = by_group(named.metric, DECIDED[two], UNSEEN["repaid"].to_numpy()[two], UNSEEN["sex"].to_numpy()[two])
    assert named.value == pytest.approx(wanted)
    ages = pd.cut(UNSEEN["age"], [0, 30, 60, 200], right=False, labels=["below 30", "from 30 below 60", "from 60"])
    assert {group.name: group.rows for group in cut.groups} == ages.value_counts().to_dict()


def test_without_labels_only_decisions_are_compared() -> None:
    made = build(sample=TRAINED[["income", "debt", "sex"]], labels=None, evaluation=None, evaluation_labels=None)
    found = treated(asked(criterion("demographic_parity_ratio"), criterion("equalized_odds_difference")), made)
    assert [one.metric for one in found.figures] == ["demographic_parity_ratio"]
    assert [(one.metric, one.why) for one in found.unmeasured] == [("equalized_odds_difference", "The rows have no labels.")]
    assert not found.held_out


@pytest.mark.parametrize(
    ("project", "refusal", "fix"),
    [
        (asked(criterion("demographic_parity_ratio", "sexx")), NotFound, "Did you mean sex?"),
        (asked(criterion("demographic_parity_ratio"), favourable="paid"), NotFound, "Use the name of a class"),
        (asked(criterion("demographic_parity_ratio", "age")), Invalid, "cuts = [25, 60]"),
    ],
)
def test_what_cannot_be_measured_is_refused(project: Project, refusal: Any, fix: str) -> None:
    with pytest.raises(refusal) as caught:
        checked(project, build())
    assert fix in caught.value.fix


@pytest.mark.parametrize(
    "plan",
    [
        {"none": "It is about flights.", "criterion": [criterion("demographic_parity_ratio")]},
        {"criterion": [criterion("demographic_parity_ratio", bound=80)]},
        {"criterion": [criterion("demographic_parity_ratio", "age", cuts=[60, 30])]},
        {"criterion": [criterion("demographic_parity_ratio", groups=["f"])]},
        {"criterion": [criterion("statistical_parity")]},
    ],
)
def test_a_plan_that_is_not_valid_is_refused(plan: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        project_from({"model": {"name": "loans"}, "fairness": plan})
    assert caught.value.code in ("E1252", "E1111")
