"""Look-alikes: one act gives a word on each, and what is not alike or not as it was is left out by name."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.lifecycle.lives import Life, advance, lived
from tests.lifecycle.retrains import asked, govern
from tests.sdk.cast import address

from lamplighter.domain.acceptance import Side
from lamplighter.domain.errors import NotFound
from lamplighter.domain.events.version import VersionAccepted
from lamplighter.domain.look_alike import LookAlikes, Shown
from lamplighter.domain.rollout import Phase, Rollout
from lamplighter.domain.version import DecisionRule
from lamplighter.sdk.answers import Facts

STORES = [f"demand-{place}" for place in ("bergen", "hamar", "oslo", "tromso", "voss")]


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with lived(tmp_path / "home") as life:
        govern(life)
        yield life


@pytest.fixture
def rollouts(life: Life) -> list[Rollout]:
    """Five retrains alike, one whose figures moved far, one with another threshold."""
    alike = [asked(life, name, better=place / 1000) for place, name in enumerate(STORES)]
    return [
        *alike,
        asked(life, "demand-skien", better=-0.12),
        asked(life, "demand-other", decision=DecisionRule(threshold=0.7)),
    ]


def group(life: Life) -> LookAlikes:
    (found,) = life["bea"].look_alikes()
    return found


def shown(found: LookAlikes, *more: Rollout) -> list[Shown]:
    members = [Shown(rollout=one.rollout, binding=one.binding) for one in found.members]
    return [*members, *(Shown(rollout=one.id, binding="b" * 64) for one in more)]


def test_one_act_gives_a_word_on_each_and_what_stands_apart_is_shown_first(life: Life, rollouts: list[Rollout]) -> None:
    found = group(life)
    assert [one.model for one in found.members] == STORES
    assert [one.model for one in found.apart] == ["demand-skien"]
    assert "(-12.0%), more than 5 %." in found.apart[0].apart
    assert found.sides == ("business", "it")
    assert all(0.0 <= one.low <= one.high <= 0.0041 for one in found.spread)
    done = life["ivo"].sign_look_alikes(found.key, Side.IT, shown(found, rollouts[5], rollouts[6]), "Looked at the spread.")
    assert [word.model for word in done.signed] == STORES
    assert len({word.binding for word in done.signed}) == len({word.version for word in done.signed}) == 5
    assert [(one.name, one.why.split(":")[0]) for one in done.left_out] == [
        ("demand-skien@2", "It stands apart"),
        ("demand-other@2", "It does not wait in this group any more."),
    ]
    assert [(event.model, event.person) for event in life.events(VersionAccepted)] == [
        (name, address("ivo")) for name in STORES
    ]
    life["bea"].sign_look_alikes(group(life).key, Side.BUSINESS, shown(group(life)))
    for rollout in rollouts:
        advance(life.kit, life.rollout(rollout), 1.0)
    assert [life.rollout(one).phase is Phase.PENDING for one in rollouts] == [True] * 5 + [False] * 2
    assert life["bea"].look_alikes() == []


def test_what_changed_meanwhile_and_who_holds_a_key_already_is_left_out_by_name(life: Life, rollouts: list[Rollout]) -> None:
    wrong = life["rita"].sign_look_alikes(group(life).key, Side.IT, shown(group(life)))
    assert wrong.signed == ()
    assert {one.why.split(".")[0] for one in wrong.left_out} == {"You cannot sign for IT"}
    found = group(life)
    life["dana"].add_evidence(f"{STORES[2]}@2", Facts(kind="fairness", facts={"gap": 0.2}))
    done = life["bea"].sign_look_alikes(found.key, Side.IT, shown(found))
    assert [word.model for word in done.signed] == [name for name in STORES if name != STORES[2]]
    assert [(one.name, one.why.split(".")[0]) for one in done.left_out] == [
        (f"{STORES[2]}@2", f"{STORES[2]}@2 is not what it was")
    ]
    rest = group(life)
    both = life["bea"].sign_look_alikes(rest.key, Side.BUSINESS, shown(rest))
    assert both.signed == ()
    assert {one.why.split(".")[0] for one in both.left_out} == {"One person cannot hold both keys"}
    gone = life["ivo"].sign_look_alikes(rest.key, Side.BUSINESS, [Shown(rollout="R-99", binding="")])
    assert [(one.name, one.why) for one in gone.left_out] == [("", "It does not wait in this group any more.")]
    with pytest.raises(NotFound):
        life["ivo"].sign_look_alikes("00000000", Side.IT, shown(found))
