"""What a selection follows from, and what is asked of one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.specimens import guardrail, primary, sealed, selection, starter, starter_text

from lamplighter.domain.challenge import Choice, Verdict
from lamplighter.domain.decoding import from_json
from lamplighter.domain.errors import Invalid
from lamplighter.domain.policy import read_policy
from lamplighter.domain.project_file import project_from
from lamplighter.domain.record import canonical
from lamplighter.domain.selection import Held, Sealed, Selection, chosen, look_alpha, sealed_in
from lamplighter.domain.selection_rule import Costs, SelectionPlan, SelectionRule, check_plan, check_rule, stricter


@given(verdict=st.sampled_from(Verdict), found=st.lists(st.sampled_from(Held), max_size=4))
def test_a_swap_needs_the_figure_and_every_guardrail(verdict: Verdict, found: list[Held]) -> None:
    choice, by, why = chosen(primary(verdict=verdict), [guardrail(held) for held in found])
    if verdict is Verdict.CHALLENGER_WINS and set(found) <= {Held.KEPT}:
        assert choice is Choice.SWAP
    elif verdict is Verdict.CHAMPION_STAYS or Held.BROKEN in found:
        assert choice is Choice.KEEP
    else:
        assert choice is Choice.UNDECIDED
    assert by in ("brier", "flips of ops-dashboard")
    assert why


def test_however_often_one_looks_no_more_than_alpha_is_spent() -> None:
    spent = [look_alpha(0.05, look) for look in range(1, 1000)]
    assert spent[0] == 0.025
    assert spent == sorted(spent, reverse=True)
    assert 0.0499 < sum(spent) < 0.05


def test_what_was_signed_is_read_from_its_own_bytes() -> None:
    made = selection(guardrail())
    found = sealed(made)
    # A release that knows more fields writes more of them; what was signed stays as it was.
    assert from_json(canonical(found), Sealed) == found
    assert found.selection == made
    assert found.file.startswith(found.message)
    assert sealed_in({"content": found.content, "key": "no key", "signature": ""}) is None
    assert sealed_in({"content": "{}", "key": found.key, "signature": found.signature}) is None


RULE = SelectionRule(alpha=0.05, margin=0.01, least_rows=500, flips=0.1, slower=2.0, quick_ms=5.0, costlier=0.05)


@given(
    plan=st.builds(
        SelectionPlan,
        margin=st.none() | st.floats(0.0, 1.0),
        least_rows=st.none() | st.integers(1, 10_000),
        flips=st.none() | st.floats(0.001, 1.0),
        slower=st.none() | st.floats(1.0, 10.0),
        quick_ms=st.none() | st.floats(0.0, 100.0),
        costlier=st.none() | st.floats(0.0, 1.0),
    )
)
def test_a_model_only_narrows_what_its_tier_asks(plan: SelectionPlan) -> None:
    held = stricter(RULE, plan)
    assert held.alpha == RULE.alpha
    assert (held.margin, held.least_rows) == (max(plan.margin or 0.0, 0.01), max(plan.least_rows or 1, 500))
    for name in ("flips", "slower", "quick_ms", "costlier"):
        own, tier = getattr(plan, name), getattr(RULE, name)
        assert getattr(held, name) == (tier if own is None else min(own, tier))


@pytest.mark.parametrize(
    "plan",
    [
        {"flips": 0.0}, {"flips": 1.5}, {"margin": -0.1}, {"slower": 0.5}, {"least_rows": 0}, {"costlier": float("inf")},
        {"costs": Costs(false_positive=-1.0, false_negative=1.0)}, {"costs": Costs(false_positive=0.0, false_negative=0.0)},
    ],
)  # fmt: skip
def test_a_bound_that_can_hold_for_nothing_is_refused(plan: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refusal:
        check_plan(SelectionPlan(**plan))
    assert refusal.value.code == "E1563"


def test_both_files_are_held_to_it() -> None:
    project = project_from(
        {"model": {"name": "m"}, "selection": {"flips": 0.02, "costs": {"false_positive": 1, "false_negative": 5}}}
    )
    assert project.selection.costs == Costs(false_positive=1.0, false_negative=5.0)
    with pytest.raises(Invalid, match="selection"):
        project_from({"model": {"name": "m"}, "selection": {"flips": 2.0}})
    with pytest.raises(Invalid):
        check_rule(SelectionRule(alpha=0.9))
    with pytest.raises(Invalid):
        check_rule(SelectionRule(flips=0.0))

    assert [tier.selection.flips for tier in starter().tier] == [0.2, 0.1]
    with pytest.raises(Invalid, match="alpha is a probability") as refusal:
        read_policy(starter_text().replace("alpha = 0.05", "alpha = 5.0", 1))
    assert refusal.value.why.startswith("Line ")


def test_unknown_fields_of_a_newer_release_are_read() -> None:
    known = selection(guardrail())
    newer = canonical(known).replace(b'{"alpha"', b'{"added_later":1,"alpha"', 1)
    assert from_json(newer, Selection) == known
