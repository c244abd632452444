"""Example cases as `lamp.toml` has them: rows in the words of the business, and the decision that is expected of each."""

import math
from collections.abc import Mapping

from lamplighter.domain.errors import Invalid
from lamplighter.domain.names import model_name
from lamplighter.domain.record import Settings, canonical, digest_of
from lamplighter.domain.slices import read_slice

#: Cases of one model at most.
MOST = 200
#: Characters of what a case says at most.
_LONGEST = 500


class Case(Settings, frozen=True):
    """One row, and the decision that is expected of it."""

    #: What it is called in addresses and commands, such as `storm-evening`.
    name: str
    #: Its inputs by name; what is left out is empty.
    inputs: Mapping[str, bool | int | float | str]
    #: The class, or the number.
    expect: bool | int | float | str
    #: The case in the words of those who judge it.
    words: str = ""
    #: How far a number may lie from the one that is expected.
    within: float = 0.0


class Criteria(Settings, frozen=True):
    """What has to come out for the business to accept without a condition; fixed before the first case is answered."""

    #: On how many cases the person and the version agree at least.
    agree_at_least: int
    #: Cases on which they have to agree: names of cases, or parts of them such as `origin = 'EWR'`.
    must_agree: tuple[str, ...] = ()


class Pick(Settings, frozen=True):
    """Cases that the platform picks from the evaluation rows, so that nobody who builds the model chooses them."""

    #: How many.
    cases: int
    #: Inputs by whose values they are spread, such as `["origin"]`.
    by: tuple[str, ...] = ()
    #: How far a number may lie from the one that is said.
    within: float = 0.0


class Script(Settings, frozen=True):
    """What the business tries a version on before it accepts it."""

    #: What people are asked of each case; `{origin}` stands for the value of that input.
    ask: str = ""
    #: When the business accepts; where it is left out, people say it before they begin.
    accept_if: Criteria | None = None

    #: Cases that the platform picks, beside those that are written here.
    pick: Pick | None = None
    #: What people call an input, by its name.
    labels: Mapping[str, str] = {}
    #: What people call an answer, by the name of its class, such as `{ 1 = "late" }`.
    answers: Mapping[str, str] = {}
    case: tuple[Case, ...] = ()

    @property
    def asked(self) -> int:
        """How many cases people are asked: those that are written and those that are picked."""
        return len(self.case) + (self.pick.cases if self.pick else 0)

    @property
    def digest(self) -> str:
        """Digest of the cases."""
        return digest_of(canonical(self.case))


def check_script(script: Script) -> Script:
    """The script itself if every case of it can be put to a version; raises `Invalid`."""
    names = [model_name(case.name) for case in script.case]
    if len(set(names)) < len(names) or len(names) > MOST:
        raise _misfit(f"It names each case once, and has {MOST} at most.", "Give every [[uat.case]] a name of its own.")
    _check_pick(script)
    _check_criteria(script, names)
    for case in script.case:
        if not case.inputs or len(case.words) > _LONGEST:
            raise _misfit(
                f"The case {case.name} has no inputs, or more than {_LONGEST} characters of words.",
                "Write inputs = { precip = 0.3, origin = 'EWR' } and a sentence.",
            )
        if not (math.isfinite(case.within) and case.within >= 0.0):
            raise _misfit(f"The case {case.name} is within no distance.", "Write within as a number from 0.")
    return script


def _check_pick(script: Script) -> None:
    if script.pick is None:
        return
    if not 1 <= script.pick.cases <= MOST - len(script.case):
        raise _misfit(f"It picks no case, or there would be more than {MOST}.", "Write pick = { cases = 20 }.")
    if not (math.isfinite(script.pick.within) and script.pick.within >= 0.0):
        raise _misfit("Picked cases are within no distance.", "Write within as a number from 0.")


def _check_criteria(script: Script, names: list[str]) -> None:
    if len(script.ask) > _LONGEST:
        raise _misfit(f"Its question has more than {_LONGEST} characters.", "Ask in one sentence.")
    if script.accept_if is None:
        return
    if not 1 <= script.accept_if.agree_at_least <= script.asked:
        raise _misfit("agree_at_least is not between 1 and the number of cases.", "Write how many cases have to agree.")
    for wanted in script.accept_if.must_agree:
        if wanted not in names:
            if "=" not in wanted:
                raise _misfit("must_agree names what is no case and no part.", "Name a case, or a part: origin = 'EWR'.")
            read_slice(wanted)


def _misfit(why: str, fix: str) -> Invalid:
    return Invalid("The [uat] of lamp.toml is not valid.", why=why, fix=fix, code="E1167")
