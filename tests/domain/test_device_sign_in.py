"""What people type and machines say of themselves, and the moves of a command that asks for a token."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamplighter.domain import device_sign_in
from lamplighter.domain.device_sign_in import ALPHABET, MOVES, DeviceSignIn, Standing, Step
from lamplighter.domain.errors import Conflict


@given(st.text(max_size=200))
def test_a_machine_writes_no_sentence_onto_the_page(text: str) -> None:
    name = device_sign_in.machine_name(text)
    assert name.isascii()
    assert 0 < len(name) <= 64
    assert not set(name) & set(" <>&\"'/\\:;\n\x1b")


@given(st.text(max_size=40))
def test_a_code_is_eight_letters_or_nothing(text: str) -> None:
    code = device_sign_in.typed_code(text)
    assert code == "" or (len(code) == 8 and set(code) <= set(ALPHABET))


def test_a_move_that_is_not_in_the_table_does_not_exist() -> None:
    one = DeviceSignIn(id="a", user_code="b", machine="m", sender="s", asked_at=1, expires_at=2)
    for standing in Standing:
        for step in Step:
            at = msgspec.structs.replace(one, standing=standing)
            if (standing, step) in MOVES:
                assert at.moved(step, "a@x").standing is MOVES[standing, step]
            else:
                with pytest.raises(Conflict):
                    at.moved(step, "a@x")
