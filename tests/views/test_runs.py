"""A job or a training that failed: the page, the list, the command line and the figures say the same of the model."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from tests.web import seed

from lamplighter.cli.pages.status import status_page
from lamplighter.domain.incident import Incident, Linked, State
from lamplighter.domain.metric import STATUS
from lamplighter.domain.monitor import Kind
from lamplighter.domain.stage import Aspect, Status
from lamplighter.lifecycle.kit import Kit
from lamplighter.views.fleet import Filter, fleet
from lamplighter.views.metrics import samples
from lamplighter.views.status import ModelStatus, status

MODEL = "price-001"
FAILED = "J-7 of the job nightly failed by its data: Row 12 holds no finite number; 20 rows are kept."
ASPECTS = (Aspect.OVERALL, Aspect.SERVICE, Aspect.DATA, Aspect.QUALITY, Aspect.GOVERNANCE)
FINE = dict.fromkeys(ASPECTS, Status.HEALTHY) | {Aspect.QUALITY: Status.UNKNOWN}


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    opened = seed.open_kit(tmp_path / "home")
    seed.healthy(opened, MODEL)
    yield opened
    opened.close()


def failed(kit: Kit, kind: Kind, measure: str = "job-nightly", run: str = "J-7", **more: Any) -> Incident:
    return seed.incident(kit, MODEL, 1, kind, measure, FAILED, {"run": run}, **more)


def seen(kit: Kit, model: str = MODEL) -> ModelStatus:
    """The status of the model, which the list and the figures say too."""
    with kit.store.reading() as look:
        found = status(look, model, policy=kit.policy, now=seed.NOW)
        person = look.people.by_email()[seed.IVO]
        rows = fleet(look, Filter(), person=person, policy=kit.policy, now=seed.NOW).rows
        figures = list(samples(look, policy=kit.policy, now=seed.NOW, allowed=30.0))
    (row,) = (row for row in rows if row.model == model)
    assert (row.status, row.sentence) == (found.status, found.sentence)
    told = {labels[-1]: value for metric, labels, value in figures if metric.name == "lamp_model_status" and labels[0] == model}
    assert told == {aspect: STATUS[light] for aspect, light in found.status.items()}
    return found


@pytest.mark.parametrize(
    ("kind", "more"), [(Kind.TECHNICAL, {}), (Kind.FUNCTIONAL, {}), (Kind.FEED, {Aspect.DATA: Status.FAILING})]
)
def test_a_failed_job_is_trouble_of_the_service_whatever_it_failed_by(kit: Kit, kind: Kind, more: dict[Aspect, Status]) -> None:
    assert seen(kit).status == FINE
    failed(kit, kind)
    found = seen(kit)
    assert found.status == {**FINE, **more, Aspect.SERVICE: Status.FAILING, Aspect.OVERALL: Status.FAILING}
    assert found.sentence == f"v1 serves 100 % in prod. {FAILED} Callers are answered as before."
    page = status_page(found, "")
    assert page.code == 8
    assert dict(page.facts)["service"].endswith("; job nightly: J-7 failed")
    assert page.next == ["lamp incident show I-1", "lamp jobs fix J-7"]


def test_nobody_feels_that_a_training_failed(kit: Kit) -> None:
    failed(kit, Kind.TECHNICAL, "training", "T-1")
    found = seen(kit)
    assert found.status == {**FINE, Aspect.GOVERNANCE: Status.WATCH, Aspect.OVERALL: Status.WATCH}
    assert found.sentence == f"v1 serves 100 % in prod. Service is fine. {FAILED}"
    assert status_page(found, "").next == ["lamp incident show I-1"]


def test_what_callers_feel_is_said_before_a_job(kit: Kit) -> None:
    told = seed.incident(kit, MODEL, 1, Kind.TECHNICAL, "failures", "12 of 100 requests fail.", opened_at=1)
    failed(kit, Kind.TECHNICAL, opened_at=2)
    found = seen(kit)
    assert found.sentence == "v1 serves 100 % in prod. 12 of 100 requests fail."
    assert [incident.id for incident in found.incidents] == [told.id, "I-2"]


def test_a_job_that_wrote_its_table_again_is_no_trouble(kit: Kit) -> None:
    failed(kit, Kind.TECHNICAL, state=State.MITIGATED)
    found = seen(kit)
    assert found.status == FINE
    assert found.sentence == f"v1 serves 100 % in prod. Service is fine. {FAILED} That is mitigated."


def test_a_model_has_of_a_shared_incident_what_was_found_of_it(kit: Kit) -> None:
    """One whose source is late, and one whose job failed by it."""
    seed.healthy(kit, "price-002")
    late = seed.incident(kit, "price-002", 1, Kind.FEED, "late", "The weather is late.", {"source": "weather"})
    job = failed(kit, Kind.FEED)
    linked = Linked(model=MODEL, environment="prod", finding=job.finding, at=seed.NOW)
    with kit.store.transaction() as change:
        change.incidents.replace(replace(job, state=State.RESOLVED), revision=job.revision)
        change.incidents.replace(replace(late, linked=(linked,)), revision=late.revision)
        change.incidents.link(late.id, MODEL)
    assert seen(kit).sentence == f"v1 serves 100 % in prod. {FAILED} Callers are answered as before."
    other = seen(kit, "price-002")
    assert other.sentence == "v1 serves 100 % in prod. Service is fine. The weather is late."
    assert other.status == {**FINE, Aspect.DATA: Status.FAILING, Aspect.OVERALL: Status.FAILING}
