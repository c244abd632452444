"""The notebooks about a model whose quality was lost in one of its slices, run by whoever may see rows."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.cli.commands import lamp
from tests.sdk import models
from tests.sdk.grounds import Ground, served
from tests.sdk.homes import until
from tests.sdk.notebooks import ran

from lamplighter.domain.incident import Incident
from lamplighter.sdk.release import release

MODEL = "noted-trains"
#: A Monday, in seconds since the epoch.
MONDAY = 19_000 * 86_400


def moment(hours: float) -> str:
    return datetime.fromtimestamp(MONDAY + hours * 3600, UTC).isoformat()


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with served(tmp_path_factory.mktemp("platform")) as ground:
        yield ground


@pytest.fixture(scope="module")
def incident(ground: Ground) -> Incident:
    """A good day, and one on which the truth of every late train with a large delay is another."""
    quality = {"metric": "brier", "limit": 0.25, "window": "1d", "least_rows": 100}
    project = models.project(MODEL, monitor={"quality": quality, "slices": ["delay"]})
    ground.live(release(ground["dana"], project, models.build()), "prod")
    endpoint = ground.endpoint(MODEL, "prod")
    labels = []
    for day in range(2):
        columns, late = models.columns(1500, seed=day + 5)
        answer = endpoint.predict(columns, event_time=moment(24 * day + 6))
        turned = [1 - came if day and delay > 6.0 else came for delay, came in zip(columns["delay"], late, strict=True)]
        labels += [models.label(identity, came) for identity, came in zip(answer.ids, turned, strict=True)]
    endpoint.predict({"delay": [5.0], "load": [0.5]}, event_time=moment(49))
    until(lambda: ground["dana"].status(MODEL).rows == 3001, 60.0)
    ground["display"].push_labels(MODEL, labels)
    until(lambda: [one for one in ground["dana"].readings(MODEL, "prod", "quality", "brier") if one.crossed], 60.0)
    (opened,) = until(lambda: [one for one in ground["dana"].incidents(MODEL) if one.finding.measure == "brier"], 60.0)
    return opened


def access(ground: Ground, name: str) -> dict[str, str]:
    return {"LAMP_URL": ground.settings.url, "LAMP_TOKEN": ground.tokens[name]}


def test_an_incident_is_opened_as_a_notebook_with_its_rows(ground: Ground, incident: Incident, tmp_path: Path) -> None:
    done = lamp("incident", "notebook", incident.id, folder=tmp_path, **access(ground, "dana"))
    assert done.code == 0, done.err
    assert done.out.startswith(f"✓ {incident.id}.ipynb loads the rows behind {incident.id}.\n")
    written = (tmp_path / f"{incident.id}.ipynb").read_text()
    assert ground.tokens["dana"] not in written
    assert "http" not in written
    told = ran(tmp_path / f"{incident.id}.ipynb", **access(ground, "dana"))
    assert len(told) == 3
    assert f"1,500 rows of {MODEL} in prod behind {incident.id}." in told[0]
    assert all(name in told[0] for name in ("delay", "load", "score", "decision", "label"))
    assert f"rows of {MODEL} in prod behind {incident.id} where delay=" in told[1]
    assert "mean label" in told[1]
    assert "image/png" in told[2]
    assert all(name in told[2] for name in ("reference", "delay", "load", "std"))


def test_the_worst_window_is_loaded_row_by_row(ground: Ground, incident: Incident, tmp_path: Path) -> None:
    done = lamp("monitor", "notebook", MODEL, folder=tmp_path, **access(ground, "milo"))
    assert done.code == 0, done.err
    told = ran(tmp_path / f"{MODEL}.ipynb", **access(ground, "milo"))
    assert any(f"1,500 rows of {MODEL} in prod." in text for text in told)
    assert "1500 labelled rows" in told[2]


def test_whoever_may_not_see_rows_is_refused_with_the_permission_it_takes(ground: Ground, incident: Incident) -> None:
    done = lamp("predictions", "rows", MODEL, "--incident", incident.id, **access(ground, "rita"))  # type: ignore[arg-type]
    assert done.code == 4
    assert "It takes the permission rows, and none of your roles carries it." in " ".join(done.err.split())
    assert MODEL not in done.err
