"""The immutable version: everything that can change a decision is in its digest."""

import msgspec
import pytest
from tests.domain import specimens

from lamplighter.domain.decision import Decision, Judgement, Passed, Refused, Undecided, Verdict
from lamplighter.domain.decoding import from_json
from lamplighter.domain.names import DIGEST
from lamplighter.domain.record import Record, Settings, canonical, digest_of
from lamplighter.domain.version import Badge, DecisionRule, Lock, Manifest, Provenance, address


def test_anything_that_can_change_a_decision_is_another_version() -> None:
    whole = specimens.manifest()
    others = [
        specimens.manifest(**change)
        for change in (
            {"decision": DecisionRule(threshold=0.6)},
            {"runtime": "python"},
            {"artifacts": (msgspec.structs.replace(specimens.artifact(), digest="cd" * 32),)},
            {"lock": Lock(python="3.11", packages={"scikit-learn": "1.7.2"})},
            {"provenance": Provenance(seed=7)},
            {"contract": msgspec.structs.replace(specimens.contract(), inputs=specimens.contract().inputs[:1])},
        )
    ]
    digests = {whole.digest, *(other.digest for other in others)}
    assert len(digests) == len(others) + 1
    assert all(DIGEST.fullmatch(digest) for digest in digests)
    assert whole.digest == from_json(canonical(whole), Manifest).digest


def test_the_most_dangerous_badge_is_the_one_of_the_version() -> None:
    data, audited, code = (specimens.artifact(str(badge), badge) for badge in (Badge.DATA, Badge.AUDITED, Badge.CODE))
    assert specimens.manifest(artifacts=(data,)).badge is Badge.DATA
    assert specimens.manifest(artifacts=(data, audited)).badge is Badge.AUDITED
    assert specimens.manifest(artifacts=(code, audited, data)).badge is Badge.CODE
    assert specimens.manifest(artifacts=()).badge is Badge.DATA


def test_an_artifact_is_found_by_its_part() -> None:
    assert specimens.manifest().artifact("model") == specimens.artifact()
    with pytest.raises(KeyError):
        specimens.manifest().artifact("plan")
    assert specimens.version(7).name == "late-flights@7"
    assert address("ab" * 32) == "ab/" + "ab" * 32


def test_a_record_of_a_newer_release_is_read_and_a_file_with_unknown_fields_is_not() -> None:
    class Kept(Record, frozen=True):
        a: int

    class Written(Settings, frozen=True):
        a: int

    assert from_json(b'{"a":1,"b":2}', Kept) == Kept(a=1)
    with pytest.raises(msgspec.ValidationError, match="`b`"):
        from_json(b'{"a":1,"b":2}', Written)
    with pytest.raises(AttributeError):
        Kept(a=1).a = 2  # type: ignore[misc]


def test_one_value_has_one_byte_form() -> None:
    assert canonical({"b": 1, "a": [1.5, None, "\u00e4"]}) == '{"a":[1.5,null,"\u00e4"],"b":1}'.encode()
    assert digest_of(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def decision(*verdicts: Verdict) -> Decision:
    judgements = tuple(Judgement(gate=f"g{place}", verdict=verdict) for place, verdict in enumerate(verdicts))
    return Decision(
        model="churn", number=1, version="a" * 64, environment="prod", binding="b" * 64, policy="c" * 64, evidence={},
        judgements=judgements, asked_by=specimens.ADA, at=1,
    )  # fmt: skip


PASSED, REFUSED = Passed(why="Fine."), Refused(why="No.", fix="Repair it.")
LACKING, WAITING = Undecided(why="Unknown.", fix="Measure."), Undecided(why="Unsigned.", fix="Ask.", waiting=True)


@pytest.mark.parametrize(
    ("verdicts", "passed", "waiting"),
    [
        ((), True, False), ((PASSED,), True, False), ((PASSED, REFUSED), False, False), ((PASSED, LACKING), False, False),
        ((PASSED, WAITING), False, True), ((WAITING, WAITING), False, True), ((WAITING, LACKING), False, False),
        ((WAITING, REFUSED), False, False),
    ],
)  # fmt: skip
def test_a_decision_passes_only_if_every_gate_does(verdicts: tuple[Verdict, ...], passed: bool, waiting: bool) -> None:
    found = decision(*verdicts)
    assert (found.passed, found.waiting) == (passed, waiting)
    assert from_json(canonical(found), Decision) == found


def test_a_refusal_is_a_value_that_is_false() -> None:
    assert [bool(verdict) for verdict in (PASSED, REFUSED, LACKING, WAITING)] == [True, False, False, False]
