"""Predictions of a model that runs elsewhere, embedded and remote alike."""

from pathlib import Path

from tests.lifecycle.away import AT, reference_file
from tests.sdk import models
from tests.sdk.cast import address
from tests.sdk.grounds import Ground
from tests.sdk.homes import until

from lamplighter.domain.pushed import Kept, Pushed
from lamplighter.domain.version import Elsewhere
from lamplighter.sdk.adoption import Reference, adopted
from lamplighter.sdk.answers import Label
from lamplighter.sdk.release import registered

MODEL = "elsewhere-trains"
NOON = 1_700_000_000_000_000


def test_adopted_declared_live_and_pushed(ground: Ground, tmp_path: Path) -> None:
    project = models.project(MODEL)
    ground["dana"].save_project(MODEL, project)
    ready = adopted(project, Reference(reference_file(tmp_path), score="score", label="late"), Elsewhere(at=AT))
    version = registered(ground["dana"], ready)
    ground.live(version, "dev")
    found = [Pushed(id=f"p-{row}", time=NOON + row, score=0.5) for row in range(3)]
    assert ground["milo"].push_predictions(MODEL, "dev", found) == Kept(kept=3, known=0)
    assert ground["display"].push_predictions(MODEL, "dev", found) == Kept(kept=0, known=3)
    ground["display"].push_labels(MODEL, [Label(id="p-0", value=1.0)])
    assert ground["rita"].status(MODEL).rows == 3
    until(lambda: ground["rita"].status(MODEL).labelled == 1)
    ground.owner.save_consumer("vendor", address("dana"), [MODEL])
    assert ground.owner.issue_push_token("vendor", MODEL, "dev", 5).secret.startswith("lmp_push_")
