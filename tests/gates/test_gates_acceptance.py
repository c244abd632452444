"""Two keys: two people, none the author, each for what is known now."""

from typing import Any

import msgspec
import pytest
from tests.domain import specimens
from tests.domain.specimens import ADA, BEA, INA, IVO, signature

from lamplighter.domain.acceptance import Side, Signature
from lamplighter.domain.decision import Passed, Refused, Undecided, Verdict
from lamplighter.domain.evidence import Dossier
from lamplighter.gates.acceptance import Gate

HELD = specimens.dossier(
    approvals=("business", "it"),
    evidence={"parity": specimens.evidence("parity", rows=1000), "load-check": specimens.evidence("load-check")},
)
BUSINESS, IT = signature(Side.BUSINESS, BEA, HELD), signature(Side.IT, IVO, HELD)


def judged(*signatures: Signature, **changes: Any) -> Verdict:
    return Gate().judge(msgspec.structs.replace(HELD, signatures=signatures, **changes))


def missing(why: str, who: str, side: str) -> Undecided:
    return Undecided(why=why, fix=f"Ask {who}: lamp approvals approve late-flights@1 --env prod --side {side}", waiting=True)


def test_two_people_of_both_sides_accept_it() -> None:
    assert judged(BUSINESS, IT) == judged(IT, BUSINESS) == Passed(why=f"Accepted by {BEA}, {IVO}.")


def test_where_nobody_is_asked_nobody_is_waited_for() -> None:
    assert judged(approvals=()) == Passed(why="Nobody's acceptance is asked for.")


def test_it_waits_for_whoever_has_not_spoken() -> None:
    assert judged() == missing("The acceptance of business and IT is missing.", BEA, "business")
    assert judged(BUSINESS) == missing("The acceptance of IT is missing.", "somebody with the role it", "it")
    assert judged(IT) == missing("The acceptance of business is missing.", BEA, "business")
    assert judged(BUSINESS, IT, approvals=("business", "it", "risk")) == missing(
        "The acceptance of risk is missing.", "somebody with the role risk", "risk"
    )


TWO_KEYS = Refused(why="One person holds two keys, or the author holds one.", fix="Let another person accept it.")


def test_one_person_is_not_two() -> None:
    assert judged(BUSINESS, signature(Side.IT, BEA, HELD)) == TWO_KEYS


@pytest.mark.parametrize("side", [Side.BUSINESS, Side.IT])
def test_the_author_holds_no_key(side: Side) -> None:
    other = IT if side is Side.BUSINESS else BUSINESS
    assert HELD.version.author == ADA
    assert judged(signature(side, ADA, HELD), other) == TWO_KEYS


def test_a_refusal_stands_until_the_same_side_speaks_again() -> None:
    no = signature(Side.IT, IVO, HELD, accepted=False, at=5)
    refused = Refused(why=f"{IVO} refused it for IT.", fix="Answer the reason with a new version.")
    assert judged(BUSINESS, no) == judged(no) == judged(BUSINESS, IT, no) == judged(no, IT, BUSINESS) == refused
    later = signature(Side.IT, INA, HELD, at=6)
    assert judged(BUSINESS, no, later) == judged(later, no, BUSINESS) == Passed(why=f"Accepted by {BEA}, {INA}.")


def changed(what: str) -> Dossier:
    evidence = dict(HELD.evidence)
    if what == "parity":
        evidence["parity"] = specimens.evidence("parity", rows=7)
    elif what == "data-checks":
        evidence["data-checks"] = specimens.evidence("data-checks")
    elif what == "load-check":
        del evidence["load-check"]
    project = specimens.project(specimens.PROJECT.replace("0.58", "0.5")) if what == "project" else HELD.project
    policy = "0" * 64 if what == "policy" else HELD.policy_digest
    return msgspec.structs.replace(HELD, evidence=evidence, project=project, policy_digest=policy, signatures=(BUSINESS, IT))


@pytest.mark.parametrize("what", ["parity", "data-checks", "load-check", "project", "policy"])
def test_a_word_on_what_was_known_then_names_what_has_changed(what: str) -> None:
    assert Gate().judge(changed(what)) == missing(
        f"The acceptance of business and IT is missing. {BEA} accepted before {what} changed.", BEA, "business"
    )


def test_everything_that_changed_is_named() -> None:
    both = msgspec.structs.replace(changed("parity"), policy_digest="0" * 64)
    assert f"{BEA} accepted before parity, policy changed." in Gate().judge(both).why


def test_a_word_on_another_version_does_not_hold() -> None:
    other = msgspec.structs.replace(HELD, version=specimens.version(2, runtime="python"), signatures=(BUSINESS, IT))
    verdict = Gate().judge(other)
    assert isinstance(verdict, Undecided)
    assert f"{BEA} accepted before the version changed." in verdict.why


def test_an_old_word_is_replaced_by_a_new_one_of_another_person() -> None:
    now = changed("parity")
    fresh = (signature(Side.BUSINESS, BEA, now, at=9), signature(Side.IT, INA, now, at=9))
    renewed = msgspec.structs.replace(now, signatures=(*now.signatures, *fresh))
    assert Gate().judge(renewed) == Passed(why=f"Accepted by {BEA}, {INA}.")
    half = msgspec.structs.replace(now, signatures=(*now.signatures, fresh[0]))
    assert Gate().judge(half) == missing(
        f"The acceptance of IT is missing. {IVO} accepted before parity changed.", "somebody with the role it", "it"
    )
