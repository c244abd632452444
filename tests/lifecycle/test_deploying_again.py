"""Who asks for the same deployment twice, as a pipeline does, gets the same rollout and takes nobody's word away."""

from collections.abc import Mapping
from typing import Any

import pytest
from tests.lifecycle.lives import Life
from tests.sdk import models

from lamplighter.domain.acceptance import Side
from lamplighter.domain.errors import Conflict
from lamplighter.domain.events.rollout import RolloutMoved
from lamplighter.domain.rollout import Phase
from lamplighter.domain.version import Version
from lamplighter.sdk.answers import Facts

MODEL = "asked-twice"


def ready(life: Life) -> Version:
    version = life.version(models.critical(MODEL))
    for environment in ("dev", "staging"):
        life.appoint(version, environment)
    return version


def test_a_rollout_that_is_open_is_gone_on_with(life: Life) -> None:
    version = ready(life)
    first = life["dana"].deploy(version.name, "prod")
    before = life.entries(object)  # type: ignore[type-var]
    again = life["dana"].deploy(version.name, "prod")
    assert (again.rollout, again.decision) == (first.rollout, first.decision)
    assert life["dana"].foretell(version.name, "prod") == again
    assert life.entries(object) == before  # type: ignore[type-var]


def test_what_is_live_stays_live_by_the_rollout_that_brought_it(life: Life) -> None:
    version = life.version(models.project(MODEL))
    life.live(version)
    again = life["dana"].deploy(version.name, "prod")
    assert again.rollout is not None
    assert (again.rollout.id, again.rollout.phase) == ("R-1", Phase.COMPLETED)
    assert len({event.rollout for event in life.events(RolloutMoved)}) == 1


def test_what_became_live_without_a_rollout_is_told(life: Life) -> None:
    version = life.version(models.project(MODEL))
    life.appoint(version)
    with pytest.raises(Conflict) as refused:
        life["dana"].deploy(version.name, "prod")
    assert refused.value.code == "E1512"


def test_another_version_still_waits_for_the_first(life: Life) -> None:
    first, second = life.versions(models.project(MODEL), 2)
    life["dana"].deploy(first.name, "prod")
    with pytest.raises(Conflict) as refused:
        life["dana"].deploy(second.name, "prod")
    assert refused.value.code == "E1511"


def brought(life: Life, version: Version, **changed: Any) -> Mapping[str, Any]:
    """Register the same version with a load check that says something else; gives the evidence that holds then."""
    dana = life["dana"]
    known = {one.kind: one.facts for one in dana.version(version.name).evidence}
    facts = {**known, "load-check": {**known["load-check"], **changed}}
    again = dana.register(MODEL, version.manifest, [Facts(kind=kind, facts=each) for kind, each in facts.items()])
    assert again == version
    return {one.kind: one.facts for one in dana.version(version.name).evidence}["load-check"]


def test_times_that_are_measured_again_void_no_acceptance(life: Life) -> None:
    version = ready(life)
    life["dana"].deploy(version.name, "prod")
    assert brought(life, version, latency_ms=0.625)["latency_ms"] == 0.625
    life["bea"].sign(version.name, "prod", Side.BUSINESS, accepted=True)
    assert brought(life, version, latency_ms=0.75)["latency_ms"] == 0.625
    judged = {one.gate: one.verdict for one in life["dana"].check(version.name, "prod").judgements}
    assert "business" not in judged["acceptance"].why
    assert brought(life, version, latency_ms=0.75, size_mb=7.5)["latency_ms"] == 0.75
