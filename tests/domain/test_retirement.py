"""What people agree to, what is in the way of an end, and what callers are told."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.domain import specimens

from lamplighter.domain.claimant import Claim, claimants, missing
from lamplighter.domain.consumer import Caller, Calls, Consumer, Standing
from lamplighter.domain.farewell import Farewell, Gone
from lamplighter.domain.retirement import Retirement, Word
from lamplighter.domain.retirement_rule import RetirementRule

DAY = 86_400_000_000
NOW = 400 * DAY
RULE = RetirementRule(gone_after="30d")


def caller(name: str, last_at: int = 0, standing: Standing = Standing.DECLARED) -> Caller:
    calls = (Calls(environment="prod", requests=3, last_at=last_at),) if last_at else ()
    return Caller(name=name, owner="ines@trains.example", standing=standing, declared=Consumer(name=name), calls=calls)


def worded(retirement: Retirement, consumer: str, *, accepted: bool = True) -> Retirement:
    word = Word(consumer=consumer, person="ines@trains.example", accepted=accepted, reason="", plan=retirement.plan, at=1)
    return replace(retirement, words=(*retirement.words, word))


names = st.sampled_from(["display", "pricing", "booking"])


@given(st.dictionaries(names, st.integers(0, 400), max_size=3), st.dictionaries(names, st.booleans()), st.integers(0, 800))
def test_a_model_ends_only_without_anybody_who_calls_it_and_has_not_agreed(
    seen: dict[str, int], said: dict[str, bool], sunset: int
) -> None:
    retirement = specimens.retirement(sunset=sunset * DAY)
    for name, accepted in said.items():
        retirement = worded(retirement, name, accepted=accepted)
    found = claimants(retirement, [caller(name, day * DAY) for name, day in seen.items()], DAY, NOW, RULE)
    here = {name for name, day in seen.items() if day >= 370}
    assert {one.name for one in found if one.claim is not Claim.GONE} == here
    may_end = all(said.get(name) for name in here) and (not here or sunset <= 400)
    assert (not missing(retirement, found, NOW, business=False)) == may_end


@given(st.integers(0, 3), st.sampled_from(["", "trains-2"]), st.integers(0, 3), st.sampled_from(["", "trains-2"]))
def test_a_word_holds_for_exactly_one_plan(sunset: int, successor: str, later: int, other: str) -> None:
    before = worded(specimens.retirement(sunset=sunset, successor=successor), "display")
    after = replace(before, sunset=later, successor=other, reason="Another reason changes no plan.")
    assert (after.word("display") is not None) == ((sunset, successor) == (later, other))
    assert after.word() is None


def test_runs_of_its_own_jobs_are_no_consumers_and_people_speak_for_themselves() -> None:
    found = claimants(
        specimens.retirement(),
        [caller("job:nightly", NOW), replace(caller("dana@trains.example", NOW, Standing.PERSON), owner="")],
        DAY, NOW, RULE,
    )  # fmt: skip
    assert [(one.name, one.owner) for one in found] == [("dana@trains.example", "dana@trains.example")]


def test_silence_proves_nothing_before_the_model_has_answered_for_that_long() -> None:
    for since, claim in ((NOW - 29 * DAY, Claim.WAITING), (NOW - 31 * DAY, Claim.GONE)):
        (found,) = claimants(specimens.retirement(), [caller("display")], since, NOW, RULE)
        assert found.claim is claim


def test_a_model_that_answered_nowhere_has_nobody_to_ask() -> None:
    (found,) = claimants(specimens.retirement(), [caller("display")], 0, NOW, RULE)
    assert found.claim is Claim.GONE


def test_callers_are_told_with_every_answer_and_in_place_of_one() -> None:
    farewell = Farewell(since=1_688_169_599_000_000, sunset=1_719_792_000_000_000, successor="trains-2")
    assert farewell.lines.decode().split("\r\n") == [
        "Deprecation: @1688169599",
        "Sunset: Mon, 01 Jul 2024 00:00:00 GMT",
        'Link: </v2/models/trains-2>; rel="successor-version"',
        "",
    ]
    assert Farewell(since=1_688_169_599_000_000).lines == b"Deprecation: @1688169599\r\n"
    gone = Gone(model="trains", since=1_719_792_000_000_000, why="Reason: too old.", successor="trains-2")
    assert gone.detail == "trains was retired on 1 Jul 2024. Reason: too old. Ask trains-2 instead: /v2/models/trains-2"


def test_a_reason_of_several_lines_stays_in_one() -> None:
    gone = specimens.retirement(reason="Too old.\r\nX-Evil: 1").gone
    assert gone.why == "Reason: Too old. X-Evil: 1."
