"""What is found about a version that has lost its traffic: once, and of nobody who is gone."""

from tests.lifecycle.lives import Life
from tests.lifecycle.receivers import Receiver
from tests.lifecycle.test_incidents import finding, found, react
from tests.sdk import models

from lamplighter.domain.events.incident import FindingMade
from lamplighter.domain.events.routing import RolledBack
from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.incident import State
from lamplighter.domain.monitor import Kind
from lamplighter.domain.version import Version
from lamplighter.lifecycle import findings


def go_back(life: Life, to: Version, number: int) -> None:
    """Give the traffic back to the version before."""
    life.appoint(to)
    with life.kit.store.transaction() as change:
        life.kit.record(change, RolledBack(model=to.model, environment="prod", number=to.number, previous=number), PLATFORM)


def test_late_labels_tell_of_no_day_again_before_a_version_came_back(told: Life, receiver: Receiver) -> None:
    first, second = told.versions(models.project("told"), 2)
    told.appoint(second)
    last = told.clock.now()
    page = found(told, finding(second, Kind.FUNCTIONAL, end=last))
    go_back(told, first, second.number)
    react(told)
    told.clock.forward(3600)
    told.appoint(second)
    again = found(told, finding(second, Kind.FUNCTIONAL, end=last, value=0.13))
    assert (again.id, again.state) == (page.id, State.MITIGATED)
    assert len(told.events(FindingMade)) == 1
    # Another measure of these days was never told, and what is bad since then is new.
    other = found(told, finding(second, Kind.FUNCTIONAL, end=last, measure="auc"))
    fresh = found(told, finding(second, Kind.FUNCTIONAL, end=told.clock.now()))
    assert len({page.id, other.id, fresh.id}) == 3
    assert [one.state for one in (other, fresh)] == [State.OPEN, State.OPEN]


def test_nobody_is_told_of_a_version_whose_place_another_has_taken(told: Life, receiver: Receiver) -> None:
    first, second = told.versions(models.project("told"), 2)
    told.appoint(second)
    with told.kit.store.transaction() as change:
        for made in (finding(second), finding(second, Kind.FUNCTIONAL), finding(second, measure="job-nightly", run="J-7")):
            findings.report(told.kit, change, made)
    go_back(told, first, second.number)
    react(told)
    # A run that failed has failed, whoever answers now.
    assert [one.finding.measure for one in told["rita"].incidents("told", closed=True)] == ["job-nightly"]
    assert len(told.events(FindingMade)) == 3
    assert len(receiver.events) == 1
