"""Prometheus: what to scrape, and when to tell somebody."""

from typing import Any
from urllib.parse import urlsplit

import yaml

from lamplighter.bridges.base import Estate, File
from lamplighter.domain.alert import ALERTS, CONTROL_JOB, INCIDENT_ALERT, SERVING_JOB, Alert, incident_alert
from lamplighter.domain.environment import Environment
from lamplighter.domain.monitor import Kind, Severity

#: Where Prometheus finds the token of an account with the role observer.
TOKEN_FILE = "/etc/prometheus/lamplighter.token"  # noqa: S105  a place, not a secret


def files(estate: Estate) -> tuple[File, ...]:
    """A part of `prometheus.yml`, a file of rules, and a part of `alertmanager.yml`."""
    return (
        File(
            name="lamplighter-scrape.yml",
            content=_written({"scrape_configs": _jobs(estate)}),
            use=f"add it to prometheus.yml; {TOKEN_FILE} holds a token of an account with the role observer",
        ),
        File(
            name="lamplighter-rules.yml",
            content=_written({"groups": [{"name": "lamplighter", "rules": [_rule(alert) for alert in ALERTS]}]}),
            use="name it in rule_files of prometheus.yml",
        ),
        File(
            name="lamplighter-inhibitions.yml",
            content=_written({"inhibit_rules": [_inhibition(kind) for kind in Kind]}),
            use="add it to alertmanager.yml where the channel alertmanager tells it of incidents too, or each is shown twice",
        ),
    )


def _jobs(estate: Estate) -> list[dict[str, Any]]:
    control = urlsplit(estate.url)
    job = {
        "job_name": CONTROL_JOB,
        "scheme": control.scheme,
        "authorization": {"credentials_file": TOKEN_FILE},
        "static_configs": [{"targets": [control.netloc]}],
    }
    # A label env of the target would take the place of the one in the figures.
    places = [
        {"targets": [urlsplit(place.address).netloc], "labels": {"environment": place.name, **_by_tls(place)}}
        for place in estate.environments
    ]
    return [job, {"job_name": SERVING_JOB, "static_configs": places}]


def _by_tls(place: Environment) -> dict[str, str]:
    """The label by which one target of a job is asked otherwise than the others."""
    return {"__scheme__": "https"} if place.tls else {}


def _inhibition(kind: Kind) -> dict[str, Any]:
    """The rule on open incidents of a kind is silent while our channel shows one of the same model."""
    names = "|".join(incident_alert(kind, severity) for severity in (Severity.PAGE, Severity.NOTICE))
    return {
        "source_matchers": [f'alertname="{INCIDENT_ALERT}"', f'kind="{kind}"'],
        "target_matchers": [f'alertname=~"{names}"'],
        "equal": ["model", "env"],
    }


def _rule(alert: Alert) -> dict[str, Any]:
    return {
        "alert": alert.name,
        "expr": alert.owned,
        "for": alert.lasting,
        "labels": {"severity": str(alert.severity), "duty": str(alert.duty)},
        "annotations": {"summary": alert.summary, "action": alert.action},
    }


def _written(content: Any) -> str:
    text: str = yaml.safe_dump(content, sort_keys=False, width=120, allow_unicode=True)
    return text
