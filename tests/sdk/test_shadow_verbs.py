"""A version that scores along: what it would have decided otherwise, counted by serving and kept as evidence for a gate."""

import pytest
from tests.sdk import models
from tests.sdk.grounds import Ground
from tests.sdk.homes import until

from lamplighter.domain.decision import Passed, Refused, Undecided
from lamplighter.domain.errors import Conflict
from lamplighter.gates import shadow
from lamplighter.lifecycle import judging
from lamplighter.lifecycle.kit import Kit
from lamplighter.sdk.release import release

MODEL = "compared-trains"


def test_the_comparison_counts_every_flip_and_is_evidence_for_the_gate(ground: Ground) -> None:
    project = models.project(MODEL)
    live, other = (release(ground["dana"], project, models.build(threshold=threshold)) for threshold in (0.5, 0.4))
    ground.live(live, "prod")
    with pytest.raises(Conflict, match="scores along"):
        ground["rita"].shadow_run(MODEL, "prod")
    ground["dana"].shadow(MODEL, "prod", other.number)
    endpoint = ground.endpoint(MODEL, "prod")
    until(lambda: ground["rita"].shadow_run(MODEL, "prod").since > 0)
    columns, _ = models.columns(400)
    sent, flips = 0, 0

    def followed() -> bool:
        nonlocal sent, flips
        scores = endpoint.predict(columns).scores
        sent, flips = sent + len(scores), flips + sum(0.4 <= score < 0.5 for score in scores)
        return ground["rita"].shadow_run(MODEL, "prod").rows > 0

    until(followed)
    run = ground["rita"].shadow_run(MODEL, "prod")
    share = flips / sent
    assert (run.number, run.against, run.failures, run.mean_size, run.down) == (other.number, live.number, 0, 0.0, 0)
    assert run.up / run.rows == pytest.approx(share)
    kept = ground["dana"].keep_shadow_run(MODEL, "prod")
    kit = Kit.open(ground.settings)
    try:
        with kit.store.reading() as look:
            held = judging.dossier(kit, look, other, look.environment("prod"))
    finally:
        kit.close()
    assert held.evidence["shadow"].facts["up"] == kept.up
    assert isinstance(shadow.Gate(least_rows=100, failures=1.0, flips=min(1.0, share * 4)).judge(held), Passed)
    assert isinstance(shadow.Gate(least_rows=100, failures=1.0, flips=share / 4).judge(held), Refused)
    assert isinstance(shadow.Gate(least_rows=100, failures=1.0, flips=share).judge(held), Undecided)
    assert isinstance(shadow.Gate(least_rows=10_000_000).judge(held), Undecided)
    ground["dana"].shadow(MODEL, "prod", 0)
