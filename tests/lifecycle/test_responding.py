"""What people do with an incident: be quiet about it, give it away, write down; and what the clock does."""

import pytest
from tests.lifecycle.lives import Life
from tests.lifecycle.receivers import Receiver
from tests.lifecycle.test_incidents import appointed, finding, found, react
from tests.sdk import models
from tests.sdk.cast import address

from lamplighter.domain.errors import Conflict, Invalid, NotFound
from lamplighter.domain.incident import State
from lamplighter.domain.monitor import Kind, Reading, Severity
from lamplighter.lifecycle import findings, responding


def tick(life: Life, seconds: float) -> None:
    """Let time pass, and do what the loop does with clocks."""
    life.clock.forward(seconds)
    responding.wake(life.kit)
    responding.escalate(life.kit)
    react(life)


def test_a_snooze_is_quiet_and_then_tells_again(told: Life, receiver: Receiver) -> None:
    incident = found(told, finding(appointed(told, models.critical("quiet"))))
    quiet = told["ivo"].snooze(incident.id, "4h", "The source is back at noon.")
    assert (quiet.state, quiet.has_it) == (State.SNOOZED, address("ivo"))
    assert quiet.notes == (f"{address('ivo')}: Quiet for 4h: The source is back at noon.",)
    tick(told, 4 * 3600 - 5)
    assert receiver.told(incident.id) == [address("ines")]
    tick(told, 10)
    again = told["rita"].incident(incident.id)
    assert (again.state, again.snoozed_until) == (State.OPEN, 0)
    assert receiver.told(incident.id) == [address("ines"), address("ivo")]
    assert receiver.verbs(incident.id) == ["incident.opened", "incident.snoozed", "incident.woken"]
    # The clock begins anew: 15 minutes of the tier.
    tick(told, 14 * 60)
    assert len(receiver.told(incident.id)) == 2
    tick(told, 2 * 60)
    assert receiver.told(incident.id)[2:] == [address("milo")]


def test_what_is_not_found_any_more_rests_when_its_snooze_ends(told: Life, receiver: Receiver) -> None:
    version = appointed(told, models.critical("healed"))
    incident = found(told, finding(version))
    told["ines"].snooze(incident.id, "1h", "I restart it.")
    told.clock.forward(120)
    with told.kit.store.transaction() as change:
        findings.report(told.kit, change, finding(version, end=9))
    assert told["rita"].incident(incident.id).found_at
    tick(told, 3600)
    assert told["rita"].incident(incident.id).state is State.MITIGATED
    assert receiver.told(incident.id) == [address("ines")]


def test_what_is_still_found_is_told_again(told: Life, receiver: Receiver) -> None:
    version = appointed(told, models.critical("still"))
    incident = found(told, finding(version))
    told["ines"].snooze(incident.id, "1h", "I restart it.")
    told.clock.forward(3590)
    with told.kit.store.transaction() as change:
        findings.report(told.kit, change, finding(version, end=9))
    tick(told, 20)
    assert receiver.told(incident.id) == [address("ines"), address("ines")]


def test_quality_that_is_good_again_rests_when_its_snooze_ends(told: Life) -> None:
    version = appointed(told, models.project("better"))
    incident = found(told, finding(version, Kind.FUNCTIONAL))
    told["dana"].snooze(incident.id, "1d", "Labels come tomorrow.")
    newer = Reading(
        model="better", environment="prod", number=1, aspect="quality", measure="brier", column="", start=2, end=9,
        value=0.1, low=0.1, high=0.1, count=900, limit=0.2,
    )  # fmt: skip
    with told.kit.store.transaction() as change:
        change.readings.put(newer)
    tick(told, 86_500)
    assert told["rita"].incident(incident.id).state is State.MITIGATED


def test_whoever_is_given_an_incident_is_told_and_the_clock_begins_anew(told: Life, receiver: Receiver) -> None:
    incident = found(told, finding(appointed(told, models.critical("given"))))
    tick(told, 14 * 60)
    given = told["ines"].assign(incident.id, address("ada"), "She knows the feed.")
    react(told)
    assert (given.assignee, given.has_it, given.state) == (address("ada"), address("ada"), State.OPEN)
    tick(told, 2 * 60)
    assert receiver.told(incident.id) == [address("ines"), address("ada")]
    tick(told, 14 * 60)
    assert receiver.told(incident.id) == [address("ines"), address("ada"), address("milo")]


def test_a_team_gets_it_by_its_first_who_is_here(told: Life, receiver: Receiver) -> None:
    incident = found(told, finding(appointed(told, models.project("team")), Kind.FUNCTIONAL))
    told["ada"].save_person(address("ines"), "Ines", [], active=False)
    given = told["dana"].assign(incident.id, "@it-ops")
    react(told)
    assert (given.assignee, given.has_it) == ("@it-ops", address("ivo"))
    assert receiver.told(incident.id) == [address("dana"), address("ivo")]


@pytest.mark.parametrize("to", ["@nobody", "nobody@trains.example", "", "ines"])
def test_nobody_cannot_be_given_anything(told: Life, to: str) -> None:
    incident = found(told, finding(appointed(told, models.project("kept"))))
    with pytest.raises(NotFound) as refusal:
        told["ines"].assign(incident.id, to)
    assert refusal.value.code == "E1245"
    assert told["rita"].incident(incident.id) == incident


@pytest.mark.parametrize(("duration", "reason"), [("15d", "long"), ("0s", "none"), ("4h", " "), ("soon", "words")])
def test_a_snooze_has_an_end_and_a_reason(told: Life, duration: str, reason: str) -> None:
    incident = found(told, finding(appointed(told, models.project("kept"))))
    with pytest.raises(Invalid) as refusal:
        told["ines"].snooze(incident.id, duration, reason)
    assert refusal.value.code in ("E1567", "E1110")
    assert told["rita"].incident(incident.id) == incident


def test_a_note_is_kept_with_who_wrote_it_and_changes_nothing_else(told: Life) -> None:
    incident = found(told, finding(appointed(told, models.project("noted"))))
    told["ines"].note(incident.id, "Restarted the feed.")
    after = told["rita"].incident(incident.id)
    assert (after.state, after.notes) == (State.OPEN, (f"{address('ines')}: Restarted the feed.",))
    with pytest.raises(Invalid):
        told["ines"].note(incident.id, " \n")
    told["ines"].resolve(incident.id)
    with pytest.raises(Conflict):
        told["ines"].note(incident.id, "Too late.")


def test_what_is_only_noticed_never_escalates(told: Life, receiver: Receiver) -> None:
    incident = found(told, finding(appointed(told, models.critical("mild")), severity=Severity.NOTICE))
    for _ in range(4):
        tick(told, 3600)
    assert receiver.told(incident.id) == [address("ines")]


def test_the_clock_of_a_tier_is_its_own(told: Life, receiver: Receiver) -> None:
    """8 hours for internal models, 15 minutes for the others."""
    internal = found(told, finding(appointed(told, models.project("slow"))))
    critical = found(told, finding(appointed(told, models.critical("fast"))))
    tick(told, 20 * 60)
    assert receiver.told(critical.id) == [address("ines"), address("milo")]
    assert receiver.told(internal.id) == [address("ines")]
    tick(told, 8 * 3600)
    assert receiver.told(internal.id) == [address("ines"), address("milo")]
