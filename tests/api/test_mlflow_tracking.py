"""Tracking, as the client of MLflow does it, and as somebody does who means no good."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.api.doorways import Doorways

from lamplighter.api.guard import Guarded
from lamplighter.domain.identity import PERMISSIONS, Permission, Role

ROOT = Path(__file__).parents[2]
BASE = "/api/2.0/mlflow"


def told(doorways: Doorways, script: str, role: Role = Role.DATA_SCIENTIST, **more: str) -> Any:
    """What a script says that has an address and a token, and nothing else, of us."""
    python = ROOT / ".venv-clients" / "rest" / "bin" / "python"
    file = ROOT / "tests" / "serving" / "clients" / "scripts" / f"{script}.py"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW")}
    access = {"MLFLOW_TRACKING_URI": doorways.url, "MLFLOW_TRACKING_TOKEN": doorways.tokens[role], **more}
    quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true"}
    done = subprocess.run(
        [python, file], env={**kept, **access, **quiet}, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_client_of_mlflow_tracks(doorways: Doorways) -> None:
    found = told(doorways, "mlflow_tracking")
    user = "data-scientist@trains.example"
    assert found == {
        "first": ["FINISHED", "first", user, {"depth": "3", "rate": "0.1"}],
        "metrics": {"auc": "0.9", "inf": "-inf", "nan": "nan"},
        "tags": {"mlflow.runName": "first", "mlflow.user": user, "mlflow.note.content": "Three levels.", "team": "risk"},
        "data": [["rows", "training"]],
        "history": [[0, 0.7], [1, 0.8], [2, 0.9]],
        "found": [["first", 0.9]],
        "inner": 1,
        "experiments": ["trees"],
        "batch": [1000, 50],
        "ended": ["FAILED", "batch"],
        "refused": {
            "other value": "INVALID_PARAMETER_VALUE",
            "same value": "done",
            "taken": "RESOURCE_ALREADY_EXISTS",
            "missing": "RESOURCE_DOES_NOT_EXIST",
            "search": "INVALID_PARAMETER_VALUE",
            "long": "INVALID_PARAMETER_VALUE",
            "not offered": "NOT_IMPLEMENTED",
        },
        "deleted": ["RESOURCE_CONFLICT", 2],
        "gone": ["RESOURCE_CONFLICT", 0],
        "back": ["forests", {"area": "trains"}, 3],
    }


def refusal(answer: Any) -> tuple[int, str]:
    """Status and word of a refusal, which has the form of MLflow."""
    body = answer.json()
    assert set(body) == {"error_code", "message"}
    return answer.status_code, body["error_code"]


def test_nobody_comes_in_without_a_token_or_by_a_wrong_one(doorways: Doorways) -> None:
    for token in ("", "lmp_pat_wrong"):
        assert refusal(doorways.ask("POST", f"{BASE}/runs/create", token, {})) == (401, "UNAUTHENTICATED")
    assert doorways.ask("GET", "/health").text == "OK"
    assert refusal(doorways.ask("GET", "/version")) == (401, "UNAUTHENTICATED")
    assert doorways.ask("GET", "/version", doorways.tokens[Role.RISK]).text == "3.17.2"


@pytest.mark.parametrize("role", Role)
def test_who_may_look_and_who_may_log(doorways: Doorways, role: Role) -> None:
    may = PERMISSIONS[role]
    asked = doorways.ask("POST", f"{BASE}/experiments/search", doorways.tokens[role], {})
    assert asked.status_code == (200 if Permission.READ in may else 403)
    made = doorways.ask("POST", f"{BASE}/runs/create", doorways.tokens[role], {"user_id": "somebody@else.example"})
    assert made.status_code == (200 if Permission.REGISTER in may else 403)
    if made.status_code == 200:
        assert made.json()["run"]["info"]["user_id"] == f"{role}@trains.example"
    else:
        assert refusal(made) == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/2.0/mlflow/traces"),
        ("GET", "/api/3.0/mlflow/traces/x"),
        ("PUT", "/api/2.0/mlflow/runs/create"),
        ("DELETE", "/api/3.0/mlflow/scorers/delete"),
        ("PATCH", "/api/4.0/mlflow/x"),
    ],
)
def test_what_is_not_offered_says_so(doorways: Doorways, method: str, path: str) -> None:
    assert refusal(doorways.ask(method, path, doorways.tokens[Role.RISK])) == (501, "NOT_IMPLEMENTED")
    assert refusal(doorways.ask(method, path)) == (401, "UNAUTHENTICATED")


def test_a_body_of_another_type_is_refused_and_so_is_one_that_is_no_object(doorways: Doorways) -> None:
    token = doorways.tokens[Role.DATA_SCIENTIST]
    for body, kind in ((b"{}", "text/plain"), (b"[1]", "application/json"), (b"{", "application/json")):
        answer = doorways.ask("POST", f"{BASE}/runs/create", token, body, Content_Type=kind)
        assert refusal(answer) == (400, "INVALID_PARAMETER_VALUE")


def test_a_refusal_repeats_no_value(doorways: Doorways) -> None:
    token = doorways.tokens[Role.DATA_SCIENTIST]
    for path, body in (
        ("runs/create", {"start_time": "hunter2"}),
        ("runs/update", {"run_id": "hunter2", "status": "hunter2"}),
        ("runs/search", {"filter": "tags.a = 'hunter2' OR 1", "run_view_type": "ALL"}),
        ("runs/search", {"page_token": "hunter2"}),
        ("runs/set-tag", {"run_id": "hunter2", "key": "hunter2\x00"}),
        ("runs/log-metric", {"run_id": "hunter2", "key": "a", "timestamp": 2**64}),
        ("experiments/get", {"experiment_id": "hunter2"}),
    ):
        answer = doorways.ask("POST", f"{BASE}/{path}", token, body)
        assert answer.status_code in (400, 404, 501), answer.text
        assert "hunter2" not in answer.text


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["0", "\x00", "ALL"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["key", "value", "name"]), inner, max_size=2),
    max_leaves=5,
)
_FIELDS = [
    "run_id", "experiment_id", "key", "value", "filter", "order_by", "max_results", "page_token", "metrics", "params", "tags",
    "name", "datasets", "models", "status", "end_time", "run_ids", "metric_key", "experiment_ids", "step", "timestamp",
]  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_call_makes_it_fail(doorways: Doorways, data: st.DataObject) -> None:
    routes = [route for route in doorways.application.routes if isinstance(route, Guarded) and "mlflow" in route.name]
    method, path = data.draw(st.sampled_from(sorted(route.name for route in routes))).split(" ")
    body = data.draw(st.dictionaries(st.sampled_from(_FIELDS), _VALUES, max_size=4))
    sent: Any = None if method == "GET" else msgspec.json.encode(body)
    query = "".join(f"&{name}={value}" for name, value in body.items() if method == "GET" and str(value).isalnum())
    path = path.replace("{rest:path}", "rest") + (f"?{query[1:]}" if query else "")
    answer = doorways.ask(method, path, doorways.tokens[Role.DATA_SCIENTIST], sent, Content_Type="application/json")
    assert answer.status_code < 500 or answer.status_code == 501, f"{method} {path} {body}: {answer.text}"
    if answer.status_code >= 400:
        refusal(answer)
