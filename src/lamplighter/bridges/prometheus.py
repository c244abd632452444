"""Prometheus: what to scrape, and when to tell somebody."""

from typing import Any
from urllib.parse import urlsplit

import yaml

from lamplighter.bridges.base import Estate, File
from lamplighter.domain.alert import ALERTS, CONTROL_JOB, SERVING_JOB, Alert

#: Where Prometheus finds the token of an account with the role observer.
TOKEN_FILE = "/etc/prometheus/lamplighter.token"  # noqa: S105  a place, not a secret


def files(estate: Estate) -> tuple[File, ...]:
    """A part of `prometheus.yml`, and a file of rules."""
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
        {"targets": [urlsplit(place.address).netloc], "labels": {"environment": place.name}} for place in estate.environments
    ]
    return [job, {"job_name": SERVING_JOB, "static_configs": places}]


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
