"""Where an Alertmanager sends its webhooks: who may, what is taken, and a real one that tells us while we tell it."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.api.doorways import Doorways, open_doorways
from tests.channels.alertmanagers import active, amtool, running, sent
from tests.domain.test_external_alert import one, told
from tests.lifecycle.away import AT, reference_file
from tests.ports import free_port
from tests.sdk import models
from tests.sdk.homes import until

from lamplighter.api.external_alerts import LARGEST, PATH
from lamplighter.domain.identity import Purpose, Role
from lamplighter.domain.incident import Incident, State
from lamplighter.domain.instant import rfc3339
from lamplighter.domain.version import Elsewhere
from lamplighter.lifecycle import authentication
from lamplighter.sdk.adoption import Reference, adopted
from lamplighter.sdk.embedded import Embedded
from lamplighter.sdk.release import registered


@pytest.mark.parametrize("role", Role)
def test_only_the_role_of_a_monitoring_system_may_bring_alerts_and_it_may_nothing_else(doorways: Doorways, role: Role) -> None:
    answer = doorways.ask("POST", PATH, doorways.tokens[role], told())
    assert answer.status_code == (415 if role is Role.ALERTING else 403)
    assert doorways.ask("GET", PATH, doorways.tokens[Role.ALERTING]).json()["code"] == "E1301"


def test_a_notification_is_answered_with_what_became_of_it(doorways: Doorways) -> None:
    token = doorways.tokens[Role.ALERTING]
    hidden = one(labels={"alertname": "DiskFull", "secret": "hunter2"}, fingerprint="feed")
    answer = doorways.ask("POST", PATH, token, told(hidden), Content_Type="application/json; charset=utf-8")
    why = "No label names a model or a source that is known here, and no route in config.toml takes it."
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.json() == {"began": 1, "ended": 0, "known": 0, "ours": 0, "unplaced": [{"alert": 0, "why": why}]}
    (listed,) = doorways.ask("GET", PATH, doorways.tokens[Role.RISK]).json()
    assert (listed["alert"]["name"], listed["about"], listed["why"]) == ("DiskFull", "", why)


def test_what_is_no_notification_is_refused_and_its_values_are_not_repeated(doorways: Doorways) -> None:
    token, json = doorways.tokens[Role.ALERTING], {"Content_Type": "application/json"}
    refused = doorways.ask("POST", PATH, token, told(one(status="hunter2")), **json)
    assert (refused.status_code, refused.json()["code"], "hunter2" in refused.text) == (422, "E1290", False)
    large = doorways.ask("POST", PATH, token, told(one(annotations={"summary": "x" * LARGEST})), **json)
    assert (large.status_code, large.headers["Content-Type"]) == (413, "application/problem+json")
    assert doorways.ask("POST", PATH, token, told(), Content_Type="text/plain").status_code == 415
    assert doorways.ask("POST", PATH, "", told(), **json).status_code == 401


class Both(NamedTuple):
    """A platform and an Alertmanager that tell each other."""

    platform: Doorways
    manager: str

    def incidents(self, closed: bool = False) -> list[Incident]:
        """Incidents of the platform."""
        owner = authentication.authenticate(self.platform.kit, self.platform.tokens[Role.IT], Purpose.TOKEN)
        return Embedded(self.platform.kit, owner).incidents(closed=closed)


CONFIGURATION = """
route: {{receiver: lamplighter, group_by: [alertname], group_wait: 0s, group_interval: 1s, repeat_interval: 1s}}
receivers:
  - name: lamplighter
    webhook_configs:
      - url: {url}
        http_config: {{authorization: {{credentials_file: {token}}}}}
"""


@pytest.fixture
def both(tmp_path: Path, on_each_database: None) -> Iterator[Both]:
    """Each knows the address of the other; two models that live on the weather run elsewhere."""
    front = free_port()
    more = f"""
channels = ["alerts"]
alertmanagers = {{alerts = "http://127.0.0.1:{front}"}}
alert_routes = [{{match = {{instance = "db1:*"}}, source = "weather"}}]
"""
    with open_doorways(tmp_path / "home", tick=0.2, more=more) as platform:
        owner = Embedded(
            platform.kit, authentication.authenticate(platform.kit, platform.tokens[Role.DATA_SCIENTIST], Purpose.TOKEN)
        )
        for name in ("buses", "trains"):
            project = models.project(name, source=[{"name": "weather", "owner": "it@trains.example"}])
            owner.save_project(name, project)
            reference = Reference(reference_file(tmp_path), score="score", label="late")
            owner.deploy(registered(owner, adopted(project, reference, Elsewhere(at=AT))).name, "dev")
        (tmp_path / "token").write_text(platform.tokens[Role.ALERTING])
        configuration = CONFIGURATION.format(url=f"{platform.url}{PATH}", token=tmp_path / "token")
        with running(tmp_path, configuration, front) as manager:
            yield Both(platform, manager)


def test_an_alertmanager_and_the_platform_tell_each_other_without_end(both: Both) -> None:
    host = ("alertname=HostDown", "instance=db1:9100", "severity=critical")
    link = "--generator-url=http://prometheus.example/graph"
    amtool(both.manager, "alert", "add", *host, "--annotation=summary=db1 does not answer.", link)
    (incident,) = until(lambda: [found for found in both.incidents() if len(found.models) == 2])
    assert (incident.source, incident.holder) == ("weather", "it@trains.example")
    assert incident.finding.sentence == "HostDown: db1 does not answer."
    assert [(rule.name, rule.link) for rule in incident.rules] == [("HostDown", "http://prometheus.example/graph")]
    # The incident is an alert there, and that one comes back here again and again, as does the first.
    ours = until(lambda: active(both.manager, "alertname=LamplighterIncident"))
    assert ours[0]["labels"]["incident"] == incident.id
    before = sent(both.manager)
    until(lambda: sent(both.manager) >= before + 4)
    assert [found.id for found in both.incidents(closed=True)] == [incident.id]
    amtool(both.manager, "alert", "add", *host, f"--end={rfc3339(time.time_ns() // 1000)}")
    (ended,) = until(lambda: [found for found in both.incidents(closed=True) if found.state is State.RESOLVED])
    assert (ended.id, ended.notes[-1]) == (incident.id, "platform@lamplighter: No alert says so any more.")
    until(lambda: active(both.manager) == [])
