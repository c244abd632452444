"""The figures of all models say what the pages of each say."""

from collections.abc import Iterator, Mapping

import msgspec
import pytest
from tests.web import seed

from lamplighter.domain.incident import Linked
from lamplighter.domain.metric import CONTROL, STATUS
from lamplighter.lifecycle.kit import Kit
from lamplighter.views.metrics import Sample, samples
from lamplighter.views.status import status

Found = Mapping[str, Mapping[tuple[str, ...], float]]


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kit]:
    opened = seed.open_kit(tmp_path_factory.mktemp("home"))
    seed.fill(opened)
    yield opened
    opened.close()


def figures(kit: Kit) -> Found:
    with kit.store.reading() as look:
        found = list(samples(look, policy=kit.policy, now=seed.NOW, allowed=30.0))
    made: dict[str, dict[tuple[str, ...], float]] = {}
    for metric, labels, value in found:
        assert labels not in made.get(metric.name, {}), f"{metric.name} of {labels} twice"
        made.setdefault(metric.name, {})[labels] = value
    return made


def test_the_status_is_that_of_the_page(kit: Kit) -> None:
    found = figures(kit)["lamp_model_status"]
    seen = 0
    with kit.store.reading() as look:
        for project in look.projects.all():
            state = status(look, project.name, policy=kit.policy, now=seed.NOW)
            for aspect, light in state.status.items() if state.live else ():
                assert found[project.name, state.live[-1].environment, aspect] == STATUS[light], (project.name, aspect)
                seen += 1
    assert len(found) == seen
    assert set(found.values()) == {-1.0, 0.0, 1.0, 2.0}


def test_the_figures_of_a_model_are_those_of_its_newest_windows(kit: Kit) -> None:
    found = figures(kit)
    place = ("late-flights", "prod")
    drift = {feature: value for (*where, feature), value in found["lamp_input_drift"].items() if tuple(where) == place}
    assert drift == {
        "precip": 0.31, "visib": 0.22, "temp": 0.16, "wind_speed": 0.05, "dep_hour": 0.02, "distance": 0.01, "carrier": 0.008,
    }  # fmt: skip
    assert found["lamp_prediction_drift"] == {place: 0.14}
    assert {labels[2:] for labels in found["lamp_quality"]} == {("auc", "measured"), ("brier", "measured")}
    for labels, value in found["lamp_quality"].items():
        assert found["lamp_quality_low"][labels] < value < found["lamp_quality_high"][labels]


def test_shares_owners_and_incidents(kit: Kit) -> None:
    found = figures(kit)
    weights = {labels: value for labels, value in found["lamp_rollout_weight"].items() if labels[0] == "parts-demand"}
    assert weights == {("parts-demand", "prod", "1"): 0.9, ("parts-demand", "prod", "2"): 0.1}
    owners = {labels[1]: labels[2] for labels in found["lamp_owner_info"] if labels[0] == "churn"}
    assert owners == {
        "design": "@data-science", "industrialization": "@data-science", "deployment": "@data-science",
        "monitoring": "@it-ops", "management": "@data-science",
    }  # fmt: skip
    assert found["lamp_incidents_open"] == {
        ("late-flights", "prod", "functional", "page"): 1.0,
        ("churn", "prod", "technical", "page"): 1.0,
    }


def test_callers_that_nobody_declared_share_one_name(kit: Kit) -> None:
    assert figures(kit)["lamp_consumer_requests_total"] == {
        ("late-flights", "prod", "ops-dashboard"): 147_600.0,
        ("late-flights", "prod", "other"): 52.0,
    }


def test_a_stage_without_an_owner_is_there(kit: Kit) -> None:
    """A rule that joins the owner would otherwise lose the alert of a model that nobody has."""
    project = seed.project("orphan", "Nobody has it.")
    owners = msgspec.structs.replace(project.owners, monitoring="")
    with kit.store.transaction() as change:
        change.projects.put(msgspec.structs.replace(project, owners=owners))
    assert figures(kit)["lamp_owner_info"]["orphan", "monitoring", ""] == 1.0


def test_labels_trail_the_rows(kit: Kit) -> None:
    place = ("price-001", "prod")
    assert place not in figures(kit).get("lamp_label_lag_seconds", {})
    with kit.store.transaction() as change:
        change.predictions.keep(
            [
                {
                    "id": f"lag.{second}", "number": 1, "model": place[0], "environment": place[1], "arm": "champion",
                    "event_at": second * 1_000_000, "score": 0.5,
                }
                for second in (100, 160, 400)
            ]
        )  # fmt: skip
    assert figures(kit)["lamp_label_lag_seconds"][place] == 300.0
    with kit.store.transaction() as change:
        change.predictions.advance_labels(["lag.160"], seed.NOW)
    assert figures(kit)["lamp_label_lag_seconds"][place] == 240.0


def test_every_figure_has_the_labels_of_its_table(kit: Kit) -> None:
    with kit.store.reading() as look:
        found: list[Sample] = list(samples(look, policy=kit.policy, now=seed.NOW, allowed=30.0))
    assert {metric.name for metric, _, _ in found} <= {metric.name for metric in CONTROL}
    assert all(len(labels) == len(metric.labels) for metric, labels, _ in found)


def test_an_incident_of_many_models_is_open_for_each_of_them(kit: Kit) -> None:
    with kit.store.transaction() as change:
        incident = next(one for one in change.incidents.all(open=True) if one.model == "churn")
        finding = msgspec.structs.replace(incident.finding, model="parts-demand")
        linked = Linked(model="parts-demand", environment="prod", finding=finding, at=seed.NOW)
        after = msgspec.structs.replace(incident, linked=(linked,), revision=incident.revision + 1)
        change.incidents.replace(after, revision=incident.revision)
        change.incidents.link(incident.id, "parts-demand")
    found = figures(kit)
    assert {labels[0] for labels in found["lamp_incidents_open"]} == {"late-flights", "churn", "parts-demand"}
    with kit.store.reading() as look:
        state = status(look, "parts-demand", policy=kit.policy, now=seed.NOW)
    for aspect, light in state.status.items():
        assert found["lamp_model_status"]["parts-demand", "prod", aspect] == STATUS[light]


def test_false_alarms_are_stated_by_tier(kit: Kit) -> None:
    with kit.store.transaction() as change:
        for one in change.inputs.all(equals={"model": "late-flights"}):
            change.inputs.put(msgspec.structs.replace(one, false_alarms=0.25, calibration=0.05))
    found = figures(kit)
    assert found["lamp_false_alarms_expected"] == {("internal",): 0.0, ("mission-critical",): 0.3}
    assert found["lamp_false_alarms_allowed"] == {(): 30.0}
