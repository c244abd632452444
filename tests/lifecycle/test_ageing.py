"""A version that grows old: its owner hears of it in time, and serving keeps to what was declared."""

from typing import Any

import httpx2
from tests.lifecycle.lives import Life
from tests.sdk import models
from tests.sdk.cast import address
from tests.sdk.homes import until

from lamplighter.domain.events.incident import FindingMade
from lamplighter.domain.incident import Incident, State
from lamplighter.domain.instant import minute
from lamplighter.domain.project import Project
from lamplighter.domain.stage import Duty, Stage
from lamplighter.lifecycle import ageing, reactions, tokens

DAY = 86_400.0
#: The strictest tier lets a version live for 180 days, warns 30 days before and blocks 14 days after.
MODEL = "old-trains"


def strict(**more: Any) -> Project:
    return models.critical(MODEL, **more)


def look(life: Life) -> list[Incident]:
    """Watch the age of everything and react to what is found; every incident, oldest first."""
    ageing.watch(life.kit)
    with life.kit.store.reading() as looking:
        entries = looking.journal.after(0, 10_000)
    for entry in entries:
        reactions.react(life.kit, entry)
    return life["rita"].incidents(MODEL, closed=True)[::-1]


def test_the_owner_is_told_before_and_when_it_expires_and_an_extension_ends_it(life: Life) -> None:
    version = life.version(strict())
    life.appoint(version)
    life.clock.forward(149 * DAY)
    assert look(life) == []
    life.clock.forward(2 * DAY)
    (warned,) = look(life)
    assert (warned.finding.measure, warned.duty, warned.holder) == ("expiry", Duty.RETIRE, address("dana"))
    expires = warned.finding.end
    until_then = minute(expires + 14 * 86_400_000_000)
    assert (
        warned.finding.sentence == f"v1 expires on {minute(expires)} and answers until {until_then}; then requests are refused."
    )
    assert (warned.causes, warned.safe_action) == ((), f'lamp extend {version.name} --env prod --days 60 --reason "..."')
    life.clock.forward(30 * DAY)
    assert [incident.finding.measure for incident in look(life)] == ["expiry", "expired"]
    look(life)
    assert len(life.events(FindingMade)) == 2
    life.clock.forward(14 * DAY)
    *younger, ended = look(life)
    assert [incident.state for incident in younger] == [State.RESOLVED, State.RESOLVED]
    assert (
        ended.finding.sentence
        == f"v1 expired on {minute(expires)} and its grace is over: since {until_then} requests are refused."
    )
    life["dana"].extend(version.name, "prod", 60, "Its successor is in acceptance.")
    assert {incident.state for incident in look(life)} == {State.RESOLVED}
    life.clock.forward(40 * DAY)
    assert [incident.state for incident in look(life)] == [*[State.RESOLVED] * 3, State.OPEN]


def test_a_day_in_the_project_comes_before_the_tier(life: Life) -> None:
    version = life.version(strict(expiry={"on": "2020-01-01"}))
    life.appoint(version)
    (found,) = look(life)
    assert (found.finding.measure, found.finding.end) == ("grace-over", 1_577_836_800_000_000)


def test_only_production_expires(life: Life) -> None:
    life.appoint(life.version(strict()), "staging")
    life.clock.forward(400 * DAY)
    assert look(life) == []


def test_serving_blocks_what_is_too_old_until_it_is_extended(life: Life) -> None:
    """The version went live 200 days ago by the platform's clock; serving has no other clock than its own."""
    life.clock.forward(-200 * DAY)
    version = life.version(models.project(MODEL, model={"name": MODEL, "criticality": "mission-critical"}))
    life.appoint(version)
    life.clock.forward(200 * DAY)
    token = tokens.issue_token(life.kit, life.actor("dana"), address("display"), "tests").secret
    life["dana"].save_project(
        MODEL, models.project(MODEL, model={"name": MODEL, "criticality": "mission-critical", "summary": "Old."})
    )
    (live,) = life["rita"].status(MODEL).live

    def asked() -> int:
        body = {"instances": [{"delay": 5.0, "load": 0.5}]}
        try:
            return httpx2.post(
                f"{live.address}/v1/models/{MODEL}:predict", json=body, headers={"Authorization": f"Bearer {token}"}
            ).status_code
        except httpx2.TransportError:
            return 0

    until(lambda: asked() == 503)
    management = next(stage for stage in life["rita"].status(MODEL).stages if stage.stage is Stage.MANAGEMENT)
    assert "v1 expired 20 days ago and answers no more: requests are refused" in management.facts
    life["dana"].extend(version.name, "prod", 30, "Its successor is in acceptance.")
    until(lambda: asked() == 200)
