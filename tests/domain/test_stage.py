"""Stages, duties, levels, and how the worst of several states is found."""

from hypothesis import given
from hypothesis import strategies as st

from lamplighter.domain.environment import Environment, Level, fault_of
from lamplighter.domain.stage import STAGE_OF, Aspect, Duty, Stage, Status, worst

STATUSES = st.dictionaries(st.sampled_from(Aspect), st.sampled_from(Status))
ORDER = [Status.UNKNOWN, Status.HEALTHY, Status.WATCH, Status.FAILING]


@given(statuses=STATUSES)
def test_the_worst_is_what_is_known_to_be_worst(statuses: dict[Aspect, Status]) -> None:
    found = worst(statuses)
    assert found in statuses.values() or found is Status.UNKNOWN
    assert all(ORDER.index(status) <= ORDER.index(found) for status in statuses.values())
    assert found == worst(dict(reversed(statuses.items())))


def test_what_is_not_known_hides_nothing() -> None:
    assert worst({}) is Status.UNKNOWN
    assert worst({Aspect.DATA: Status.UNKNOWN, Aspect.SERVICE: Status.HEALTHY}) is Status.HEALTHY
    assert worst({Aspect.DATA: Status.UNKNOWN, Aspect.SERVICE: Status.FAILING}) is Status.FAILING


def test_every_duty_has_a_stage_and_every_stage_a_duty() -> None:
    assert set(STAGE_OF) == set(Duty)
    assert set(STAGE_OF.values()) == set(Stage)


def test_a_version_goes_through_the_levels_in_order() -> None:
    assert [level.before for level in Level] == [None, Level.DEVELOPMENT, Level.ACCEPTANCE]
    assert Environment(name="dev", level=Level.DEVELOPMENT, port=7081).address == "http://127.0.0.1:7081"


def test_an_address_says_whether_callers_come_by_tls() -> None:
    place = Environment(name="far", level=Level.PRODUCTION, port=443, host="far.example.com", target="nodes", tls=True)
    assert (place.address, fault_of(place)) == ("https://far.example.com:443", "")
    assert fault_of(Environment(name="near", level=Level.PRODUCTION, port=443, tls=True)).startswith("`tls` is for machines")
