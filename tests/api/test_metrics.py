"""What Prometheus reads of the control plane: exact names, two forms, and who may."""

import platform
import subprocess

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as described
from prometheus_client.parser import text_string_to_metric_families as plain
from tests.api.doorways import Doorways
from tests.sdk.homes import until

import lamplighter
from lamplighter.domain.identity import PERMISSIONS, Permission, Role
from lamplighter.domain.metric import CONTROL

#: Names and labels that people have written into their own rules and dashboards.
NAMES = {
    "lamp_model_status": ("model", "env", "aspect"),
    "lamp_input_drift": ("model", "env", "feature"),
    "lamp_prediction_drift": ("model", "env"),
    "lamp_quality": ("model", "env", "metric", "kind"),
    "lamp_quality_low": ("model", "env", "metric", "kind"),
    "lamp_quality_high": ("model", "env", "metric", "kind"),
    "lamp_label_lag_seconds": ("model", "env"),
    "lamp_false_alarms_expected": ("tier",),
    "lamp_false_alarms_allowed": (),
    "lamp_rollout_weight": ("model", "env", "version"),
    "lamp_owner_info": ("model", "stage", "owner"),
    "lamp_incidents_open": ("model", "env", "kind", "severity"),
    "lamp_consumer_requests_total": ("model", "env", "consumer"),
    "lamp_reconciler_last_look_timestamp_seconds": (),
    "lamp_loop_last_beat_timestamp_seconds": ("loop",),
    "lamp_loop_limit_seconds": ("loop",),
    "lamp_throttled_requests_total": ("entrance",),
    "lamp_build_info": ("version", "python"),
}
OPEN = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;q=0.5,*/*;q=0.1"


def test_the_names_are_exactly_these() -> None:
    assert {metric.name: metric.labels for metric in CONTROL} == NAMES


def test_both_forms_say_the_same(doorways: Doorways) -> None:
    until(lambda: doorways.application.state.reconciler.looked_at)
    token = doorways.tokens[Role.OBSERVER]
    first, second = doorways.ask("GET", "/metrics", token), doorways.ask("GET", "/metrics", token, Accept=OPEN)
    assert first.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert second.headers["content-type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert second.text.endswith("# EOF\n")
    read = [{one.name: [tuple(sample[:3]) for sample in one.samples] for one in parse(text)} for parse, text in (
        (plain, first.text), (described, second.text)
    )]  # fmt: skip
    assert read[0] == read[1]
    assert {name.removesuffix("_total") for name in NAMES} == set(read[0])
    build = {"version": lamplighter.__version__, "python": platform.python_version()}
    assert read[0]["lamp_build_info"] == [("lamp_build_info", build, 1.0)]
    owners = [labels for _, labels, _ in read[0]["lamp_owner_info"]]
    assert {"model": "known", "stage": "monitoring", "owner": "@it-ops"} in owners


def test_promtool_has_nothing_to_say(doorways: Doorways) -> None:
    text = doorways.ask("GET", "/metrics", doorways.tokens[Role.OBSERVER]).text
    checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


@pytest.mark.parametrize("role", Role)
def test_only_those_who_observe_get_in(doorways: Doorways, role: Role) -> None:
    answer = doorways.ask("GET", "/metrics", doorways.tokens[role])
    assert answer.status_code == (200 if Permission.OBSERVE in PERMISSIONS[role] else 403)


def test_a_collector_sees_the_figures_and_nothing_else(doorways: Doorways) -> None:
    for path in ("/api/v1/whoami", "/api/v1/fleet", "/openapi.json", "/api/v1/people"):
        assert doorways.ask("GET", path, doorways.tokens[Role.OBSERVER]).status_code == 403


def test_another_form_is_refused(doorways: Doorways) -> None:
    answer = doorways.ask("GET", "/metrics", doorways.tokens[Role.OBSERVER], Accept="image/png")
    assert (answer.status_code, answer.json()["code"]) == (406, "E1255")


def test_many_collectors_cost_one_look(doorways: Doorways) -> None:
    token = doorways.tokens[Role.OBSERVER]
    texts = {doorways.ask("GET", "/metrics", token).content for _ in range(20)}
    assert len(texts) <= 2
