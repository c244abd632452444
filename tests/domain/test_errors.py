"""The kinds of refusal: a stable code, a reason and a way forward each."""

import re

import pytest

from lamplighter.domain import errors
from lamplighter.domain.errors import Conflict, LampError

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, LampError)]


def test_every_kind_has_a_code_of_its_own() -> None:
    assert len(KINDS) == 9
    assert len({kind.code for kind in KINDS}) == len(KINDS)
    assert all(re.fullmatch(r"E\d{4}", kind.code) for kind in KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_refusal_says_what_why_and_how_to_go_on(kind: type[LampError]) -> None:
    refusal = kind("It is busy.", why="Somebody else has it.", fix="Wait.")
    assert (refusal.what, refusal.why, refusal.fix, refusal.code) == (
        "It is busy.",
        "Somebody else has it.",
        "Wait.",
        kind.code,
    )
    assert str(refusal) == f"It is busy. ({kind.code})\n  Why   Somebody else has it.\n  Fix   Wait."
    assert (kind.__doc__ or "").endswith(".")


def test_a_leaf_has_the_code_it_is_given_and_leaves_its_kind_alone() -> None:
    assert Conflict("No.", why="So.", fix="Wait.", code="E1599").code == "E1599"
    assert Conflict.code == "E1500"
