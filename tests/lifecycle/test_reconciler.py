"""The loop survives what one of its parts meets."""

import logging

import pytest
from tests.lifecycle.lives import Life
from tests.lifecycle.test_incidents import appointed, finding
from tests.sdk import models
from tests.sdk.homes import until

from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.events.incident import FindingMade
from lamplighter.domain.identity import PLATFORM
from lamplighter.lifecycle import routing
from lamplighter.lifecycle.reconciler import Reconciler


def test_a_part_that_fails_is_logged_and_the_others_go_on(life: Life, caplog: pytest.LogCaptureFixture) -> None:
    version = appointed(life, models.project("going-on"))
    with life.kit.store.transaction() as change:
        # A project of an older release may name what this one does not have.
        strange = models.project("strange", monitor={"quality": {"metric": "no-such-measure"}})
        change.projects.put(strange)
        change.profiles.soil({("strange", "dev", 0), ("no-project", "dev", 0)})
        life.kit.record(change, FindingMade(model="going-on", finding=finding(version)), PLATFORM)
    with caplog.at_level(logging.ERROR):
        life.reconciler.look()
    assert "a step of the reconciler failed" in caplog.text
    assert len(life["rita"].incidents("going-on")) == 1


def test_one_environment_that_cannot_be_restored_keeps_no_other_back(life: Life, caplog: pytest.LogCaptureFixture) -> None:
    version = life.version(models.project("restored"))
    with life.kit.store.transaction() as change:
        broken = Environment(name="a-broken-one", level=Level.DEVELOPMENT, port=1, target="elsewhere")
        change.environments.put(broken)
    life.appoint(version, "dev")
    revision = routing.apply(life.kit, "dev")
    assert routing.wait_settled(life.kit, "dev", revision, 20.0)
    # Somebody has taken away what no look at revisions would miss.
    credentials = life.settings.serving / "dev" / "credentials.json"
    credentials.unlink()
    reconciler = Reconciler(life.kit)
    with caplog.at_level(logging.CRITICAL):
        reconciler.start()
        try:
            until(credentials.exists)
        finally:
            reconciler.stop()
