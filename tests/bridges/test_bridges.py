"""Every bridge keeps its promise: files by name, the same each time, without a secret."""

import re
import subprocess
from pathlib import Path
from types import ModuleType

import msgspec
import pytest
import yaml

from lamplighter.bridges.base import Estate
from lamplighter.domain.alert import ALERTS
from lamplighter.domain.environment import Environment, Level
from lamplighter.domain.metric import METRICS, Shape
from lamplighter.domain.monitor import DUTY_OF, Severity
from lamplighter.domain.panel import ROWS
from lamplighter.plugins import names, plugin
from lamplighter.settings import Settings

VALIDATOR = Path(__file__).parents[2] / ".venv-clients" / "ci" / "bin" / "check-jsonschema"

ESTATE = Estate(
    url="https://lamp.example.com",
    environments=(
        Environment(name="dev", level=Level.DEVELOPMENT, port=7081),
        Environment(name="prod", level=Level.PRODUCTION, port=7083),
    ),
)
PANELS = [panel for row in ROWS for panel in row.panels]
EXPRESSIONS = [query.expression for panel in PANELS for query in panel.queries] + [alert.owned for alert in ALERTS]
#: What Prometheus adds to the names and labels of ours.
_ADDED = re.compile(r"_(bucket|sum|count)$")
_ADDED_LABELS = {"le", "instance", "environment", "job"}


@pytest.fixture(params=names("bridges"))
def bridge(request: pytest.FixtureRequest) -> ModuleType:
    return plugin("bridges", request.param)


def test_files_have_names_of_their_own_and_a_use(bridge: ModuleType) -> None:
    made = bridge.files(ESTATE)
    assert len({file.name for file in made}) == len(made) > 0
    for file in made:
        assert re.fullmatch(r"(\.[a-z/]+/)?[A-Za-z-]+(\.(yml|json|toml))?", file.name)
        assert file.use
        assert "lmp_" not in file.content


def test_the_same_estate_gives_the_same_files(bridge: ModuleType) -> None:
    assert bridge.files(ESTATE) == bridge.files(ESTATE)


@pytest.mark.parametrize(
    ("kind", "file", "rules"),
    [
        ("ci_github", ".github/workflows/lamplighter.yml", ["vendor.github-workflows"]),
        ("ci_gitlab", ".gitlab/lamplighter.yml", ["vendor.gitlab-ci", "--data-transform", "gitlab-ci"]),
    ],
)
def test_jobs_fit_the_rules_that_the_ci_publishes(kind: str, file: str, rules: list[str], tmp_path: Path) -> None:
    assert VALIDATOR.exists(), "scripts/clients ci makes the environment of the clients"
    made = {one.name: one.content for one in plugin("bridges", kind).files(ESTATE)}[file]
    broken = re.sub(r"^( +)(runs-on|script):", r"\1\2s:", made, flags=re.MULTILINE)
    for text, code in ((made, 0), (broken, 1)):
        (tmp_path / "jobs.yml").write_text(text)
        command = [VALIDATOR, "--builtin-schema", *rules, tmp_path / "jobs.yml"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # type: ignore[arg-type]
        assert done.returncode == code, done.stdout + done.stderr


def test_what_is_trusted_is_read_by_the_platform() -> None:
    for kind, deploying in (("ci_github", 1), ("ci_gitlab", 1)):
        made = {one.name: one.content for one in plugin("bridges", kind).files(ESTATE)}["lamplighter-pipelines.toml"]
        read = msgspec.convert({"home": "x", **msgspec.toml.decode(made)}, Settings)
        assert [("deploy" in one.permissions, one.audience) for one in read.pipelines] == [
            (False, ESTATE.url),
            *[(True, ESTATE.url)] * deploying,
        ]


def test_an_environment_that_callers_reach_by_tls_is_scraped_by_tls() -> None:
    far = Environment(name="far", level=Level.PRODUCTION, port=7084, host="far.example.com", target="nodes", tls=True)
    estate = Estate(url=ESTATE.url, environments=(*ESTATE.environments, far))
    made = {one.name: one.content for one in plugin("bridges", "prometheus").files(estate)}
    places = yaml.safe_load(made["lamplighter-scrape.yml"])["scrape_configs"][1]["static_configs"]
    assert [one["labels"].get("__scheme__") for one in places] == [None, None, "https"]
    assert places[-1]["targets"] == ["far.example.com:7084"]


def used(expression: str) -> set[str]:
    """Names of the figures in an expression; a histogram counts by its own name."""
    histograms = {metric.name for metric in METRICS.values() if metric.shape is Shape.HISTOGRAM}
    found = re.findall(r"\blamp_\w+", expression)
    return {_ADDED.sub("", name) if _ADDED.sub("", name) in histograms else name for name in found}


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_asks_for_figures_and_labels_that_there_are(expression: str) -> None:
    asked = used(expression)
    assert asked <= METRICS.keys()
    labels = {label for name in asked for label in METRICS[name].labels} | _ADDED_LABELS
    for group in re.findall(r"(?:by|on|group_left) ?\(([^)]*)\)", expression):
        assert {label.strip() for label in group.split(",")} <= labels


def test_a_misspelt_figure_would_be_seen() -> None:
    assert used('lamp_qualiti{model="m"}') == {"lamp_qualiti"}
    assert used("rate(lamp_request_duration_seconds_bucket[1m])") == {"lamp_request_duration_seconds"}


def test_inputs_that_only_move_never_page() -> None:
    """Every figure of movement, and the status that follows from it."""
    about_movement = [alert for alert in ALERTS if "drift" in alert.expression or 'aspect="data"' in alert.expression]
    assert [alert.name for alert in about_movement] == ["LampInputsMoved"]
    assert {alert.severity for alert in about_movement} == {Severity.NOTICE}


def test_every_kind_of_incident_reaches_its_duty() -> None:
    for kind, duty in DUTY_OF.items():
        found = {alert.severity: alert for alert in ALERTS if f'kind="{kind}"' in alert.expression}
        assert {alert.duty for alert in found.values()} == {duty}
        assert set(found) == {Severity.PAGE, Severity.NOTICE}


def test_the_dashboard_is_one_that_grafana_imports() -> None:
    made = {file.name: file.content for file in plugin("bridges", "grafana").files(ESTATE)}
    board = msgspec.json.decode(made["lamplighter-dashboard.json"])
    assert (board["uid"], board["schemaVersion"]) == ("lamplighter", 36)
    assert [one["name"] for one in board["__inputs"]] == ["DS_PROMETHEUS"]
    assert [one["name"] for one in board["templating"]["list"]] == ["datasource", "model", "env"]
    drawn = [panel for panel in board["panels"] if panel["type"] != "row"]
    assert {panel["type"] for panel in drawn} == {"stat", "timeseries", "table", "state-timeline"}
    assert [(panel["title"], [one["expr"] for one in panel["targets"]]) for panel in drawn] == [
        (panel.title, [query.expression for query in panel.queries]) for panel in PANELS
    ]
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    taken = [cell for panel in board["panels"] for cell in _cells(panel["gridPos"])]
    assert len(set(taken)) == len(taken)


def _cells(place: dict[str, int]) -> list[tuple[int, int]]:
    assert place["x"] + place["w"] <= 24
    return [(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])]
