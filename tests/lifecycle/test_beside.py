"""Where quality is wrong, notices about the same version are evidence of that incident: nobody is told of one cause twice."""

from typing import Any

import msgspec
from tests.lifecycle.lives import Life
from tests.lifecycle.receivers import Receiver
from tests.lifecycle.test_incidents import appointed, finding, found
from tests.sdk import models

from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.incident import State, Step
from lamplighter.domain.monitor import Finding, Kind, Severity
from lamplighter.domain.version import Version
from lamplighter.lifecycle import incidents


def notice(version: Version, measure: str = "drift", **more: Any) -> Finding:
    """Something that nobody has to be woken for."""
    made = finding(version, Kind.FUNCTIONAL, measure=measure, severity=Severity.NOTICE, sentence=f"The {measure} is large.")
    return msgspec.structs.replace(made, **more)


def test_a_notice_that_follows_a_page_is_told_with_it(told: Life, receiver: Receiver) -> None:
    version = appointed(told, models.project("told"))
    page = found(told, finding(version, Kind.FUNCTIONAL))
    for made in (notice(version), notice(version, "calibration"), notice(version, value=0.5)):
        found(told, made)
    known = told["rita"].incidents("told", closed=True)
    assert [one.id for one in known] == [page.id]
    assert [(one.measure, one.value) for one in known[0].beside] == [("drift", 0.12), ("calibration", 0.12)]
    assert len(receiver.events) == 1


def test_a_page_takes_up_the_notices_that_came_before(told: Life, receiver: Receiver) -> None:
    version = appointed(told, models.project("told"))
    first = found(told, notice(version))
    page = found(told, finding(version, Kind.FUNCTIONAL))
    with told.kit.store.reading() as look:
        before = incidents.find(look, first.id)
    assert (before.state, page.state) == (State.RESOLVED, State.OPEN)
    assert before.notes[-1].endswith(f"It is told with {page.id} now.")
    assert [one.sentence for one in page.beside] == ["The drift is large."]
    found(told, notice(version))
    assert [one.id for one in told["rita"].incidents("told")] == [page.id]


def test_what_is_about_something_else_stands_for_itself(told: Life, receiver: Receiver) -> None:
    version = appointed(told, models.project("told"))
    page = found(told, finding(version, Kind.FUNCTIONAL))
    others = [notice(version, number=2), notice(version, "missing", source="weather"), finding(version)]
    apart = {found(told, made).id for made in others}
    assert len(apart) == len(others)
    assert not told["rita"].incident(page.id).beside


def test_a_notice_after_the_page_is_over_stands_for_itself(told: Life, receiver: Receiver) -> None:
    version = appointed(told, models.project("told"))
    page = found(told, finding(version, Kind.FUNCTIONAL))
    incidents.move(told.kit, PLATFORM, page.id, Step.RESOLVE, "Over.")
    assert found(told, notice(version)).id != page.id
