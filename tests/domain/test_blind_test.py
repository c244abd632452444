"""What is said of a case, and what comes of it."""

import msgspec
import pytest
from tests.domain import specimens

from lamplighter.domain.blind_test import agrees, filled, met, read_said, tally, terms_of
from lamplighter.domain.errors import Invalid

CLASSES = specimens.blind_test()
CARD = CLASSES.cards[0]
NUMBERS = specimens.blind_test(classes=(), cards=(msgspec.structs.replace(CARD, score=12.0, within=2.0),))


@pytest.mark.parametrize(("said", "same"), [("yes", True), ("no", False), ("unsure", None)])
def test_a_yes_is_the_positive_class(said: str, same: bool | None) -> None:
    assert agrees(CLASSES, CARD, said) is same


@pytest.mark.parametrize(("said", "same"), [("10", True), ("14", True), ("14.1", False), ("-12", False), ("unsure", None)])
def test_a_number_agrees_within_what_the_case_says(said: str, same: bool | None) -> None:
    assert agrees(NUMBERS, NUMBERS.cards[0], read_said(NUMBERS, said)) is same


@pytest.mark.parametrize("text", ["yes", "nan", "inf", "", "1,5", "12 minutes"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="no answer to this case"):
        read_said(NUMBERS, text)


def test_what_is_not_sure_agrees_with_nothing_and_is_answered() -> None:
    found = tally(CLASSES, {"storm": "unsure"})
    assert (found.answered, found.sure, found.agreed, found.done, met(CLASSES, found)) == (1, 0, 0, True, False)


def test_the_mark_of_what_was_agreed_hangs_on_each_part_of_it_and_on_no_answer_of_the_version() -> None:
    other = msgspec.structs.replace(CARD, decision="0", score=0.1, expected="0", origin="failure")
    assert terms_of(specimens.blind_test(cards=(other,))) == terms_of(CLASSES)
    parts = {"agree_at_least": 2, "must_agree": ("storm",), "question": "Late?!", "person": specimens.IVO, "environment": "dev"}
    changed = [specimens.blind_test(**{name: value}) for name, value in parts.items()]
    changed.append(specimens.blind_test(cards=(msgspec.structs.replace(CARD, words="In rain."),)))
    assert len({terms_of(one) for one in [CLASSES, *changed]}) == len(changed) + 1


def test_inputs_stand_in_the_question_as_people_read_them() -> None:
    said = filled("Is {carrier} late at {hour}, {rain}, {none}? {", {"carrier": "UA", "hour": 6.0, "rain": False})
    assert said == "Is UA late at 6, no, not known? {"
