"""The inference logger of KServe, spoken by the library of CloudEvents and by KServe's own classes."""

import json
import string
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.api.doorways import Doorways
from tests.lifecycle.away import AT, reference_file
from tests.lifecycle.lives import advance
from tests.sdk import models

from lamplighter.domain.identity import PLATFORM, Purpose, Role
from lamplighter.domain.version import Elsewhere
from lamplighter.lifecycle import authentication, consumers, tokens, watching
from lamplighter.sdk.adoption import Reference, adopted
from lamplighter.sdk.embedded import Embedded
from lamplighter.sdk.release import registered

ROOT = Path(__file__).parents[2]
MODEL = "kserve-trains"
PATH = f"/api/v1/models/{MODEL}/environments/dev/payloads"


@pytest.fixture(scope="module")
def token(doorways: Doorways, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A token of the logger of a model that is live in dev."""
    kit = doorways.kit
    owner = Embedded(kit, authentication.authenticate(kit, doorways.tokens[Role.DATA_SCIENTIST], Purpose.TOKEN))
    owner.save_project(MODEL, models.project(MODEL))
    reference = Reference(reference_file(tmp_path_factory.mktemp("reference")), score="score", label="late")
    version = registered(owner, adopted(models.project(MODEL), reference, Elsewhere(at=AT, place=1)))
    rollout = owner.deploy(version.name, "dev").rollout
    assert rollout is not None
    while not rollout.phase.final:
        rollout = owner.rollout(rollout.id)
        if not rollout.phase.final:
            rollout = advance(kit, rollout, 0.0)
    consumers.save(kit, PLATFORM, "kserve", "risk@trains.example", (), True)
    return tokens.issue_push_token(kit, PLATFORM, "kserve", MODEL, "dev", 5).secret


def kept(doorways: Doorways) -> list[tuple[int, float]]:
    """Scores by moment, of everything that is kept of the model."""
    from sqlalchemy import select

    from lamplighter.store import schema

    p = schema.predictions
    with doorways.kit.store.reading() as look:
        found = look.connection.execute(
            select(p.c.event_at, p.c.score).where(p.c.model == MODEL).order_by(p.c.event_at, p.c.score)
        )
        return [(int(row[0]), float(row[1])) for row in found]


def test_the_libraries_of_the_logger_are_understood(doorways: Doorways, token: str) -> None:
    script = ROOT / "tests" / "serving" / "clients" / "scripts" / "kserve_logger.py"
    python = ROOT / ".venv-clients" / "rest" / "bin" / "python"
    done = subprocess.run([python, script, doorways.url + PATH, token], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "v1": [[202, None], [200, {"kept": 1, "known": 0, "closed": 0}]],
        "v2": [
            [202, None],
            [200, {"kept": 1, "known": 0, "closed": 0}],
            [202, None],
            [200, {"kept": 0, "known": 1, "closed": 0}],
        ],
    }
    first, second = 1_700_000_000_000_000, 1_700_000_002_000_000
    assert kept(doorways) == [(first, 0.25), (first, 0.9), (second, 0.25), (second, 0.9)]
    with doorways.kit.store.reading() as look:
        assert look.payloads.count() == 0
        seen = look.traffic.since(MODEL, "dev", 0)
        assert look.traffic.callers(MODEL)[0][1:3] == ("kserve", 2)
    assert [(part.requests, part.rows) for part in seen] == [(1, 2), (1, 2)]
    # A label names the id of the event and the row.
    labels = {"labels": [{"id": "v2.1", "value": 1.0}]}
    assert doorways.ask("POST", f"/api/v1/models/{MODEL}/labels", token, labels).json() == {
        "kept": 1,
        "waiting": 0,
        "closed": 0,
    }
    watching.observe(doorways.kit)
    with doorways.kit.store.reading() as look:
        assert look.answered.labelled(MODEL, "dev") == 1


def send(doorways: Doorways, token: str, identity: str, half: str, body: Any, **headers: str) -> Any:
    told = {"ce_specversion": "1.0", "ce_id": identity, "ce_type": f"org.kubeflow.serving.inference.{half}", **headers}
    return doorways.ask("POST", PATH, token, body, **told)


ROW = {"delay": 1.0, "load": 0.5, "line": "coast"}


@pytest.mark.parametrize(
    ("half", "body", "code"),
    [
        ("request", {"instances": [{"delay": 1.0}]}, "E1266"),
        ("request", {"instances": []}, "E1266"),
        ("request", {"instances": [{**ROW, "delay": "secret"}]}, "E1266"),
        ("request", {"inputs": [{"name": "x", "shape": [1, 2], "data": [1, 2]}]}, "E1266"),
        ("request", {"inputs": [{"name": "x", "shape": ["secret"], "data": [1]}]}, "E1266"),
        ("request", {"secret": 1}, "E1266"),
        ("request", b"secret", "E1266"),
        ("response", {"predictions": [[0.5]]}, "E1266"),
        ("response", {"predictions": [[0.5, 7.0]]}, "E1266"),
        ("response", {"predictions": [[0.5, "secret"]]}, "E1266"),
        ("response", {"outputs": []}, "E1266"),
        ("metrics", {"predictions": [[0.5, 0.5]]}, "E1265"),
    ],
)
def test_what_is_no_half_of_a_call_is_refused(doorways: Doorways, token: str, half: str, body: Any, code: str) -> None:
    answer = send(doorways, token, "bad", half, body, Content_Type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert "secret" not in answer.text
    with doorways.kit.store.reading() as look:
        assert look.payloads.count() == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"ce_specversion": "0.3"},
        {"ce_id": ""},
        {"ce_id": "x" * 200},
        {"ce_time": "secret"},
        {"Content_Type": "application/octet-stream"},
        {"Content_Type": "application/cloudevents+json"},
    ],
)
def test_what_is_no_event_is_refused(doorways: Doorways, token: str, headers: dict[str, str]) -> None:
    told = {"Content_Type": "application/json", **headers}
    answer = send(doorways, token, told.pop("ce_id", "bad"), "request", {"instances": [ROW]}, **told)
    assert (answer.status_code, answer.json()["code"]) == (422, "E1265")
    assert "secret" not in answer.text


def test_halves_of_different_sizes_are_no_call(doorways: Doorways, token: str) -> None:
    assert send(doorways, token, "uneven", "request", {"instances": [ROW, ROW]}).status_code == 202
    answer = send(doorways, token, "uneven", "response", {"predictions": [[0.5, 0.5]]})
    assert (answer.status_code, answer.json()["code"]) == (422, "E1266")
    with doorways.kit.store.reading() as look:
        assert look.payloads.count() == 0


def test_strangers_and_other_places_are_kept_out(doorways: Doorways, token: str) -> None:
    assert doorways.ask("POST", PATH, body={}).status_code == 401
    assert doorways.ask("POST", PATH, doorways.tokens[Role.RISK], {}).json()["code"] == "E1301"
    assert doorways.ask("POST", PATH.replace("/dev/", "/prod/"), token, {}).json()["code"] == "E1262"


_TEXT = st.text(alphabet=string.ascii_letters + "[]{}\x00é", max_size=8)
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(_TEXT | st.sampled_from(["name", "shape", "data"]), inner, max_size=4)
    ),
    max_leaves=10,
)
_BODIES = st.dictionaries(st.sampled_from(["instances", "inputs", "predictions", "outputs"]), _ANY, max_size=2)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(body=_BODIES | st.binary(max_size=40), half=st.sampled_from(["request", "response"]), structured=st.booleans())
def test_no_event_makes_it_fail(doorways: Doorways, token: str, body: Any, half: str, structured: bool) -> None:
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    media = "application/cloudevents+json" if structured else "application/json"
    answer = send(doorways, token, "random", half, content, Content_Type=media)
    assert answer.status_code in (202, 200, 422), answer.text
