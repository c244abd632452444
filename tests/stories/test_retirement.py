"""A model is retired while two applications call it, and the platform behind it dies: whoever calls is told the truth."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from tests.lifecycle.lives import Life, lived
from tests.sdk import models
from tests.sdk.cast import address
from tests.sdk.homes import until

from lamplighter.domain.errors import Blocked
from lamplighter.domain.rollout import Phase

MODEL = "trains"
ROW = {"inputs": {"delay": [5.0], "load": [0.5]}}
CALLERS = {"display": address("ines"), "pricing": address("bea")}


class Application:
    """One that calls, with a token of its own."""

    def __init__(self, life: Life, name: str) -> None:
        dana = life["dana"]
        dana.save_consumer(name, CALLERS[name], [MODEL], active=True)
        secret = dana.issue_consumer_token(name, MODEL, "prod", days=1).secret
        place = next(one for one in dana.environments() if one.name == "prod")
        self._headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        self._port = place.port

    def asks(self) -> tuple[int, Any, dict[str, str]]:
        """Status, answer, headers."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=30.0)
        try:
            connection.request("POST", f"/m/{MODEL}/invocations", json.dumps(ROW), self._headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read()), dict(answer.headers)
        finally:
            connection.close()


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    with lived(tmp_path / "home") as life:
        yield life


def bring(life: Life, version: str) -> None:
    rollout = life["dana"].deploy(version, "prod").rollout
    assert rollout is not None
    life.look_until(lambda: life["dana"].rollout(rollout.id).phase is Phase.COMPLETED)


def test_whoever_calls_is_told_of_the_end_and_in_the_end(life: Life) -> None:
    # Given a model that two applications call, and the one that is to take its place
    consumers = [{"name": name, "owner": owner} for name, owner in CALLERS.items()]
    quick = {"prod": {"rollout": {"steps": [100], "each": "0s", "least_requests": 0, "stop_if": {"errors": 0.5}}}}
    project = models.project(MODEL, consumer=consumers, env=quick)
    for version in life.versions(project, 2):
        bring(life, version.name)
    life.version(models.project("trains-2"))
    applications = {name: Application(life, name) for name in CALLERS}
    until(lambda: all(one.asks()[0] == 200 for one in applications.values()))

    # When its end is announced, then every answer says so, and it may still go back
    life["dana"].retire(MODEL, "trains-2 costs less.", successor="trains-2")
    until(lambda: "Deprecation" in applications["display"].asks()[2])
    status, answer, headers = applications["pricing"].asks()
    assert (status, list(answer)) == (200, ["predictions"])
    assert headers["Link"] == '</v2/models/trains-2>; rel="successor-version"'
    assert life["dana"].roll_back(MODEL, "prod").now == 1
    assert applications["display"].asks()[2]["Lamp-Version"] == "trains@1"

    # Then it cannot end before both have agreed
    life.look_until(lambda: all(one.last_at for one in life["dana"].retirement(MODEL).claimants))
    life["ines"].consent_to_retirement(MODEL, "display", True)
    with pytest.raises(Blocked):
        life["dana"].finish_retirement(MODEL)
    life["bea"].consent_to_retirement(MODEL, "pricing", True)
    life["dana"].finish_retirement(MODEL)
    until(lambda: applications["display"].asks()[0] == 410)

    # When the control plane is gone, then callers still read why, and what to ask instead
    life.reconciler.release()
    life.kit.close()
    for one in applications.values():
        status, answer, headers = one.asks()
        assert (status, answer["type"], headers["Link"]) == (
            410,
            "urn:lamplighter:problems/retired",
            '</v2/models/trains-2>; rel="successor-version"',
        )
        assert "trains-2 costs less." in answer["detail"]
