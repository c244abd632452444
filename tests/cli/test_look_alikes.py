"""Look-alikes on the command line: one item, its spread, what stands apart first, one act."""

import pytest
from tests.cli.commands import told
from tests.cli.memory import NOON, Memory
from tests.domain.test_look_alike import asked, grouped

from lamplighter.domain.acceptance import Side
from lamplighter.domain.identity import Person, Role
from lamplighter.domain.look_alike import LeftOut, Shown

KINDS = [asked(name, 0.001 * place, sides=("it",), judged_at=NOON) for place, name in enumerate(("bergen", "hamar", "oslo"))]
FAR = asked("late-flights", -0.12, sides=("it",), rollout="R-9", judged_at=NOON)


def platform(**changes: object) -> Memory:
    return Memory(alike=list(grouped(*KINDS, FAR)), **changes)


def test_a_group_is_one_item_and_what_stands_apart_keeps_its_own_line() -> None:
    (group,) = grouped(*KINDS, FAR)
    listed = " ".join(told(platform(), "approvals", "list").out.split())
    assert "3 look-alikes" in listed
    assert f"stands apart from {group.key}: auc moved from 0.7 to 0.616 (-12.0%)" in listed
    assert f"Next: lamp approvals show --group {group.key} lamp approvals show late-flights@8" in listed
    shown = told(platform(), "approvals", "show", "--group", group.key).out
    assert shown == (
        "3 look-alike retrains wait in prod for the word of IT; 1 more of the kind stands\n"
        "apart.\n"
        "  apart      late-flights@2 (R-9): auc moved from 0.7 to 0.616 (-12.0%), more\n"
        "             than 5 %.\n"
        "  alike      Each is a retrain of the version that it replaces, of one project\n"
        "             definition: code, packages, inputs, output and threshold are the\n"
        "             same, every gate passed without a waiver, and no figure moved by\n"
        "             more than 5 %.\n"
        "  auc moved  +0.00% to +0.20%, +0.10% in the middle\n"
        "  KEY       VERSION   REPLACES  FIGURES\n"
        "  R-bergen  bergen@2  v1        auc 0.7 → 0.7\n"
        "  R-hamar   hamar@2   v1        auc 0.7 → 0.7007\n"
        "  R-oslo    oslo@2    v1        auc 0.7 → 0.7014\n"
        f"Next: lamp approvals approve --group {group.key} --seen 2026-03-03T13:32:00.000000+00:00\n"
        "      lamp approvals show late-flights@2\n"
        "http://127.0.0.1:7070/approvals\n"
    )


def test_one_act_accepts_what_was_seen_and_names_what_came_later() -> None:
    late = asked("voss", sides=("it",), judged_at=NOON + 1)
    (group,) = grouped(*KINDS, late)
    changed = LeftOut(rollout="R-oslo", name="oslo@2", why="oslo@2 is not what it was.")
    memory = Memory(alike=[group], left_out=(changed,))
    seen = "2026-03-03T13:32:00.000000+00:00"
    done = told(memory, "approvals", "approve", "--group", group.key, "--seen", seen, "--reason", "Looked.")
    members = tuple(Shown(rollout=one.rollout, binding="b") for one in KINDS)
    assert memory.deeds == [("sign_look_alikes", group.key, Side.IT, members, "Looked.")]
    assert done.out.startswith("✓ 3 of 4 look-alikes are accepted for prod (IT), each with a word of its own.\n")
    assert "oslo@2: oslo@2 is not what it was." in done.out
    assert "voss@2: It came or changed after you have seen the group." in done.out


def test_whoever_has_two_sides_speaks_for_the_one_that_is_asked() -> None:
    (group,) = grouped(*KINDS)
    both = Person(email="bea@example.com", name="Bea", roles=(Role.BUSINESS, Role.IT))
    memory = Memory(alike=[group], me=both)
    told(memory, "approvals", "approve", "--group", group.key, "--seen", "2026-03-03T13:32:00+00:00")
    assert [deed[2] for deed in memory.deeds] == [Side.IT]


@pytest.mark.parametrize("words", [("show",), ("show", "late-flights", "--group", "ab"), ("approve", "--group", "ab")])
def test_what_is_accepted_has_to_be_clear(words: tuple[str, ...]) -> None:
    refused = told(platform(), "approvals", *words)
    assert refused.code == 2
    assert "E1295" in refused.err


def test_a_group_that_waits_no_more_is_not_found() -> None:
    assert told(platform(), "approvals", "show", "--group", "00000000").code == 3
