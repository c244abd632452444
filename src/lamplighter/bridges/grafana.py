"""Grafana: one dashboard to import, and alert rules to provision. Only panels that every Grafana has are used."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import yaml

from lamplighter.bridges.base import Estate, File
from lamplighter.domain.alert import ALERTS, Alert
from lamplighter.domain.panel import ROWS, Form, Panel, Query

_PANELS: Mapping[Form, str] = {
    Form.NUMBER: "stat",
    Form.LINES: "timeseries",
    Form.TABLE: "table",
    Form.STATUS: "state-timeline",
}
_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
#: Width and height of a panel; a dashboard is 24 wide.
_SIZE: Mapping[Form, tuple[int, int]] = {Form.NUMBER: (6, 4), Form.LINES: (12, 8), Form.TABLE: (12, 8), Form.STATUS: (12, 8)}
_WIDTH = 24
#: Values of a status with their words and colours.
_STATUS = (("-1", "unknown", "text"), ("0", "healthy", "green"), ("1", "watch", "yellow"), ("2", "failing", "red"))
#: Identifier of the data source in the alerts; Grafana puts the variable in its place.
_VARIABLE = "$LAMP_DATASOURCE"
_SECONDS = 600


def files(estate: Estate) -> tuple[File, ...]:  # noqa: ARG001  the dashboard asks Prometheus what there is
    """A dashboard, and alerts for a Grafana that alerts in the place of Prometheus."""
    return (
        File(
            name="lamplighter-dashboard.json",
            content=msgspec.json.format(msgspec.json.encode(dashboard())).decode() + "\n",
            use="import it under Dashboards and choose the Prometheus that scrapes lamplighter",
        ),
        File(
            name="lamplighter-alerts.yml",
            content=_written(alerts()),
            use="put it into provisioning/alerting, with the uid of the data source in LAMP_DATASOURCE; "
            "leave it out where Prometheus has the rules",
        ),
    )


def dashboard() -> dict[str, Any]:
    """The dashboard as Grafana imports it."""
    return {
        "__inputs": [
            {
                "name": "DS_PROMETHEUS",
                "label": "Prometheus",
                "type": "datasource",
                "pluginId": "prometheus",
                "pluginName": "Prometheus",
            }
        ],
        "uid": "lamplighter",
        "title": "lamplighter",
        "tags": ["lamplighter"],
        "schemaVersion": 36,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [_datasource(), _choice("model", "Model"), _choice("env", "Environment")]},
        "panels": list(_laid_out()),
    }


def _datasource() -> dict[str, Any]:
    chosen = {"text": "Prometheus", "value": "${DS_PROMETHEUS}", "selected": True}
    return {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus", "current": chosen}


def _choice(label: str, title: str) -> dict[str, Any]:
    return {
        "name": label,
        "label": title,
        "type": "query",
        "datasource": _SOURCE,
        "query": f"label_values(lamp_model_status, {label})",
        "definition": f"label_values(lamp_model_status, {label})",
        "includeAll": True,
        "allValue": ".*",
        "multi": True,
        "refresh": 2,
        "sort": 1,
        "current": {"text": "All", "value": "$__all", "selected": True},
    }


def _laid_out() -> Iterator[dict[str, Any]]:
    """Panels from left to right below the title of their row, with numbers that stay while the table does."""
    top = number = 0
    for row in ROWS:
        number += 1
        place = {"h": 1, "w": _WIDTH, "x": 0, "y": top}
        yield {"id": number, "type": "row", "title": row.title, "collapsed": False, "gridPos": place, "panels": []}
        top, left, height = top + 1, 0, 0
        for panel in row.panels:
            number += 1
            width, tall = _SIZE[panel.form]
            if left + width > _WIDTH:
                top, left, height = top + height, 0, 0
            yield _panel(number, panel, {"h": tall, "w": width, "x": left, "y": top})
            left, height = left + width, max(height, tall)
        top += height


def _panel(number: int, panel: Panel, place: dict[str, int]) -> dict[str, Any]:
    drawn = {
        "id": number,
        "type": _PANELS[panel.form],
        "title": panel.title,
        "description": panel.says,
        "datasource": _SOURCE,
        "gridPos": place,
        "fieldConfig": {"defaults": {"unit": panel.unit, "mappings": _mappings(panel)}, "overrides": []},
        "targets": [_target(letter, panel, query) for letter, query in zip("ABC", panel.queries, strict=False)],
    }
    if panel.form is Form.TABLE:
        drawn["transformations"] = [{"id": "organize", "options": {"excludeByName": {"Time": True, "Value": True}}}]
    return drawn


def _mappings(panel: Panel) -> list[dict[str, Any]]:
    if panel.form is not Form.STATUS:
        return []
    options = {value: {"text": word, "color": colour, "index": place} for place, (value, word, colour) in enumerate(_STATUS)}
    return [{"type": "value", "options": options}]


def _target(letter: str, panel: Panel, query: Query) -> dict[str, Any]:
    at_once = panel.form in (Form.NUMBER, Form.TABLE)
    return {
        "refId": letter,
        "datasource": _SOURCE,
        "expr": query.expression,
        "legendFormat": query.legend or "__auto",
        "instant": at_once,
        "range": not at_once,
        "format": "table" if panel.form is Form.TABLE else "time_series",
    }


def alerts() -> dict[str, Any]:
    """The alert rules as Grafana provisions them from a file."""
    rules = [_alert(alert) for alert in ALERTS]
    return {
        "apiVersion": 1,
        "groups": [{"orgId": 1, "name": "lamplighter", "folder": "lamplighter", "interval": "1m", "rules": rules}],
    }


def _alert(alert: Alert) -> dict[str, Any]:
    # An expression has series only while something is wrong, whatever their value.
    asked = {"refId": "A", "expr": f"(({alert.owned})) * 0 + 1", "instant": True, "range": False}
    held = {"evaluator": {"type": "gt", "params": [0]}}
    condition = {"refId": "C", "type": "threshold", "expression": "A", "conditions": [held]}
    span = {"from": _SECONDS, "to": 0}
    return {
        "uid": alert.name.lower(),
        "title": alert.name,
        "condition": "C",
        "for": alert.lasting,
        "noDataState": "OK",
        "execErrState": "Error",
        "labels": {"severity": str(alert.severity), "duty": str(alert.duty)},
        "annotations": {"summary": _told(alert.summary), "action": _told(alert.action)},
        "data": [
            {"refId": "A", "relativeTimeRange": span, "datasourceUid": _VARIABLE, "model": asked},
            {"refId": "C", "relativeTimeRange": span, "datasourceUid": "__expr__", "model": condition},
        ],
    }


def _told(text: str) -> str:
    """A text whose dollar signs are not names of variables for whoever provisions."""
    return text.replace("$", "$$")


def _written(content: Any) -> str:
    text: str = yaml.safe_dump(content, sort_keys=False, width=120, allow_unicode=True)
    return text
