"""The rules before any platform runs: promtool checks them and plays them on series made up for the purpose."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.bridges.prometheus import promtool
from tests.bridges.test_bridges import ESTATE

from lamplighter.bridges.prometheus import files
from lamplighter.domain.alert import ALERTS, Alert

_ARM = 'model="churn",version="2",env="prod",arm="champion"'
OWNER = {'lamp_owner_info{model="churn",stage="monitoring",owner="@it-ops"}': "1x60"}
#: Twelve of a hundred requests fail.
FAILING = {
    f'lamp_requests_total{{{_ARM},code="200"}}': "0+88x60",
    f'lamp_requests_total{{{_ARM},code="502"}}': "0+12x60",
}
DOWN = {
    f'up{{job="lamplighter-serving",instance="127.0.0.1:{port}",environment="{environment}"}}': "0x60"
    for port, environment in ((7082, "staging"), (7083, "prod"))
}
#: The rule, the series that set it off, and the labels that its alert has beside those of the rule.
CASES: list[tuple[str, dict[str, str], dict[str, str]]] = [
    ("LampRequestsFail", {**OWNER, **FAILING}, {"model": "churn", "env": "prod", "owner": "@it-ops"}),
    ("LampRequestsFail", FAILING, {"model": "churn", "env": "prod"}),
    (
        "LampFunctionalIncident",
        {**OWNER, 'lamp_incidents_open{model="churn",env="prod",kind="functional",severity="page"}': "1x60"},
        {"model": "churn", "env": "prod", "owner": "@it-ops"},
    ),
    (
        "LampInputsMoved",
        {**OWNER, 'lamp_model_status{model="churn",env="prod",aspect="data"}': "1x60"},
        {"model": "churn", "env": "prod", "owner": "@it-ops"},
    ),
    (
        "LampServingDown",
        {**DOWN, 'lamp_rollout_weight{model="churn",env="prod",version="7"}': "1x10"},
        {"instance": "127.0.0.1:7083", "environment": "prod"},
    ),
    ("LampControlPlaneDown", {'up{job="lamplighter",instance="127.0.0.1:7070"}': "0x60"}, {"job": "lamplighter"}),
    (
        "LampMonitoringSilent",
        {
            'lamp_loop_last_beat_timestamp_seconds{loop="measurer"}': "0x60",
            'lamp_loop_limit_seconds{loop="measurer"}': "300x60",
            'lamp_loop_last_beat_timestamp_seconds{loop="reconciler"}': "0+60x60",
            'lamp_loop_limit_seconds{loop="reconciler"}': "60x60",
        },
        {"loop": "measurer"},
    ),
]


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    (file,) = [made for made in files(ESTATE) if made.name == "lamplighter-rules.yml"]
    (tmp_path / file.name).write_text(file.content)
    return tmp_path / file.name


def test_the_rules_are_lawful(rules: Path) -> None:
    assert f"SUCCESS: {len(ALERTS)} rules found" in promtool("check", "rules", str(rules))


@pytest.mark.parametrize(("name", "series", "labels"), CASES)
def test_a_rule_fires_with_its_owner_and_duty(rules: Path, name: str, series: dict[str, str], labels: dict[str, str]) -> None:
    alert = next(alert for alert in ALERTS if alert.name == name)
    play(rules, series, alert, [{**labels, "severity": str(alert.severity), "duty": str(alert.duty)}])


def test_requests_that_are_answered_set_nothing_off(rules: Path) -> None:
    well = {key: "0+100x60" if "200" in key else "0x60" for key in FAILING}
    play(rules, {**OWNER, **well}, next(alert for alert in ALERTS if alert.name == "LampRequestsFail"), [])


def test_an_environment_without_a_model_is_not_missed(rules: Path) -> None:
    play(rules, DOWN, next(alert for alert in ALERTS if alert.name == "LampServingDown"), [])


def play(rules: Path, series: dict[str, str], alert: Alert, expected: list[dict[str, str]]) -> None:
    """What promtool sees of a rule after half an hour; anything else fails."""
    told = {"summary": alert.summary, "action": alert.action}
    alerts: list[dict[str, Any]] = [
        {"exp_labels": labels, "exp_annotations": {key: _filled(text, labels) for key, text in told.items()}}
        for labels in expected
    ]
    case = {
        "interval": "1m",
        "input_series": [{"series": key, "values": values} for key, values in series.items()],
        "alert_rule_test": [{"eval_time": "30m", "alertname": alert.name, "exp_alerts": alerts}],
    }
    file = rules.parent / "case.yml"
    file.write_text(yaml.safe_dump({"rule_files": [rules.name], "tests": [case]}))
    promtool("test", "rules", str(file))


def _filled(text: str, labels: dict[str, str]) -> str:
    for name, value in labels.items():
        text = text.replace(f"{{{{ $labels.{name} }}}}", value)
    return text
