"""A file that does not fit is refused with the names that may stand there."""

import pytest

from lamplighter.domain.errors import Invalid
from lamplighter.domain.project_file import read_project

_MODEL = '[model]\nname = "churn"\n'


@pytest.mark.parametrize(
    ("more", "why", "fix"),
    [
        (
            '[outage]\nanswer = "constnt"\n',
            "Invalid enum value 'constnt' - at `$.outage.answer`. Known: fail, constant, last-known-good, version.",
            "Did you mean constant?",
        ),
        (
            '[[requirement]]\nmetrc = "auc"\n',
            "Object contains unknown field `metrc` - at `$.requirement[0]`. Known: metric, operator, bound, slice.",
            "Did you mean metric?",
        ),
        (
            '[env.prod.rollout]\nsteps = [100]\nundecided = "maybe"\n',
            "Invalid enum value 'maybe' - at `$.env[...].rollout.undecided`. Known: roll-back, hold, ask.",
            "Correct the field that is named.",
        ),
        (
            "[outage]\nvalue = true\n",
            "Expected `float | null`, got `bool` - at `$.outage.value`.",
            "Correct the field that is named.",
        ),
    ],
)
def test_a_name_that_is_unknown_is_told_with_the_known_ones(more: str, why: str, fix: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_project(_MODEL + more)
    assert (refused.value.code, refused.value.why, refused.value.fix) == ("E1111", why, fix)
