"""What an incident says is to be done, and what may have caused it."""

import msgspec

from lamplighter.domain.cause import Cause
from lamplighter.domain.incident import Incident
from lamplighter.domain.monitor import Finding, Kind
from lamplighter.domain.stage import Duty

FAILING = Finding("trains", "prod", 3, Kind.TECHNICAL, "failures", 0.2, 0.01, "It fails.", 1, 2, 100)
INCIDENT = Incident("I-1", "trains", "prod", FAILING, Duty.MONITOR_TECHNICAL, "ines@trains.example", "", way_back=2)


def about(**more: object) -> Incident:
    return msgspec.structs.replace(INCIDENT, finding=msgspec.structs.replace(FAILING, **more))


def test_a_version_that_fails_is_left() -> None:
    assert INCIDENT.safe_action == "lamp rollback trains --env prod --to 2"


def test_a_run_that_failed_is_no_reason_to_leave_a_version() -> None:
    assert about(measure="job-nightly", run="J-7").safe_action == "lamp jobs fix J-7"
    assert about(measure="job-nightly", run="J-7", source="weather").safe_action == "lamp jobs fix J-7"
    assert about(measure="training", run="T-1").safe_action == ""


def test_suspects_say_more_than_the_incident_and_may_be_it() -> None:
    told = Cause(kind="source", sentence="The weather is late.", likelihood=0.4)
    itself, hardly = (msgspec.structs.replace(told, **more) for more in ({"sentence": "It fails."}, {"likelihood": 0.004}))
    assert msgspec.structs.replace(INCIDENT, causes=(itself, told, hardly)).suspects == (told,)
