"""Who should deploy it: a table in which every situation has exactly one line."""

from itertools import product

import msgspec
import pytest

from lamplighter.domain.advice import RULES, Arrangement, Situation, advise, rule_for, situation_of
from lamplighter.domain.readiness import Light, Part, Readiness, Reading

INPUTS = Situation.__struct_fields__
SITUATIONS = [Situation(**dict(zip(INPUTS, values, strict=True))) for values in product((False, True), repeat=5)]


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda found: "".join(str(int(getattr(found, n))) for n in INPUTS))
def test_each_situation_has_one_line_and_its_alternatives(situation: Situation) -> None:
    lines = [rule for rule in RULES if rule.matches(situation)]
    assert len(lines) == 1
    advice = advise(situation)
    assert (advice.rule, advice.why, advice.arrangement) == (lines[0].name, lines[0].why, lines[0].arrangement)
    turned = {name: msgspec.structs.replace(situation, **{name: not getattr(situation, name)}) for name in INPUTS}
    others = {name: advise(other) for name, other in turned.items()}
    expected = [(other.rule, other.arrangement) for other in others.values() if other.arrangement is not advice.arrangement]
    assert [(found.rule, found.arrangement) for found in advice.alternatives] == expected
    assert len({found.change for found in advice.alternatives}) == len(advice.alternatives)


def test_no_line_is_idle_and_no_name_is_used_twice() -> None:
    assert {rule_for(situation).name for situation in SITUATIONS} == {rule.name for rule in RULES}
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert {rule.arrangement for rule in RULES} == set(Arrangement)


def test_the_words_say_which_way_the_input_would_have_to_turn() -> None:
    calm = Situation(critical=True, often=False, receiver=True, platform_red=False, model_red=False)
    assert [(found.change, found.arrangement) for found in advise(calm).alternatives] == [
        ("criticality lowered", Arrangement.DATA_SCIENTIST_LED),
        ("new versions monthly or more often", Arrangement.COLLABORATIVE),
        ("wiring or bulb red", Arrangement.COLLABORATIVE),
    ]


@pytest.mark.parametrize("red", [(), *[(part,) for part in Part], tuple(Part)])
def test_what_is_red_says_who_can_repair_it(red: tuple[Part, ...]) -> None:
    lights = {part: Light.RED if part in red else Light.AMBER for part in Part}
    readiness = Readiness(readings=tuple(Reading(part=part, light=light, seen="") for part, light in lights.items()))
    found = situation_of(critical=True, often=False, receiver=True, readiness=readiness)
    assert found.platform_red == bool({Part.SOCKET, Part.LADDER} & set(red))
    assert found.model_red == bool({Part.WIRING, Part.BULB} & set(red))
    assert (found.critical, found.often, found.receiver) == (True, False, True)


def test_a_part_that_was_not_probed_is_red() -> None:
    assert {Readiness(readings=()).light(part) for part in Part} == {Light.RED}
