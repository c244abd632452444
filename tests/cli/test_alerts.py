"""Alerts of another monitoring system on the command line."""

import msgspec
from tests.cli.commands import told
from tests.cli.memory import Memory, incident

from lamplighter.domain.monitor import Rule


def test_the_list_says_what_became_of_each_alert() -> None:
    lines = told(Memory(), "alerts", "list").out.splitlines()
    assert lines[0] == "2 alerts: 1 firing, 1 about nothing known here."
    assert [line.split()[0] for line in lines[1:] if "DiskFull" in line or "FeedLate" in line] == ["DiskFull", "FeedLate"]
    assert "lamp incident show I-31" in "\n".join(lines)
    only = told(Memory(), "--json", "alerts", "list", "--unplaced").json["data"]["alerts"]
    assert [(one["alert"]["name"], one["about"]) for one in only] == [("DiskFull", "")]


def test_an_incident_says_where_it_came_from() -> None:
    rule = Rule(name="DiskFull", link="http://prometheus.example/graph")
    opened = incident()
    trouble = msgspec.structs.replace(opened, finding=msgspec.structs.replace(opened.finding, rule=rule))
    lines = told(Memory(trouble=trouble), "incident", "show", "I-31").out.splitlines()
    assert [line.split() for line in lines if "DiskFull" in line] == [["alert", "DiskFull", "http://prometheus.example/graph"]]
    assert not [line for line in lines if "limit" in line]
