"""Gates are asked about whatever was brought, and what they cannot read is never a pass."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.lifecycle.lives import Life, lived
from tests.sdk import models

from lamplighter.domain.errors import NotAllowed, NotFound
from lamplighter.domain.events.version import DecisionMade
from lamplighter.domain.version import Version
from lamplighter.lifecycle import rulebook
from lamplighter.sdk.answers import Facts

KINDS = ("data-checks", "parity", "load-check", "performance")
_PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["", "auc", "value", "n"]), inner, max_size=3),
    max_leaves=6,
)
_FIELDS = ("rows", "failed", "checks", "passed", "latency_ms", "size_mb", "largest_difference", "figures", "verdict", "metric")


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A version of the strictest tier, with the platform around it."""
    with lived(tmp_path_factory.mktemp("judged") / "home") as life:
        version = life.version(models.critical("judged"))
        for environment in ("dev", "staging", "prod"):
            life.appoint(life.version(models.critical("judged"), threshold=0.7), environment)
            life.appoint(version, environment)
        yield life, life.version(models.critical("judged"), threshold=0.6)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(KINDS), facts=st.dictionaries(st.sampled_from(_FIELDS), _PLAIN, max_size=4))
def test_facts_of_any_shape_are_judged(judged: tuple[Life, Version], kind: str, facts: dict[str, Any]) -> None:
    life, version = judged
    life["dana"].add_evidence(version.name, Facts(kind=kind, facts=facts))
    decision = life["dana"].check(version.name, "prod")
    assert not decision.passed


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("performance", {"figures": {"": {"brier": {"value": "good", "low": None, "high": None, "n": 9999}}}}),
        ("performance", {"figures": []}),
        ("parity", {"rows": "many", "largest_difference": 0.0, "changed_decisions": 0}),
        ("load-check", {"passed": True, "latency_ms": "quick"}),
        ("data-checks", {"rows": None}),
    ],
)
def test_what_cannot_be_read_is_no_evidence(judged: tuple[Life, Version], kind: str, facts: dict[str, Any]) -> None:
    life, version = judged
    life["dana"].add_evidence(version.name, Facts(kind=kind, facts=facts))
    gate = kind.replace("-", "_")
    verdict = next(one.verdict for one in life["dana"].check(version.name, "prod").judgements if one.gate == gate)
    assert not verdict
    assert not getattr(verdict, "waiting", False)


@pytest.mark.parametrize("kind", ["challenge", "selection", "shadow", "outage-drill"])
def test_nobody_brings_what_the_platform_finds(judged: tuple[Life, Version], kind: str) -> None:
    life, version = judged
    with pytest.raises(NotAllowed) as refusal:
        life["dana"].add_evidence(version.name, Facts(kind=kind, facts={"verdict": "challenger-wins", "metric": "auc"}))
    assert refusal.value.code == "E1324"
    with pytest.raises(NotAllowed):
        life["dana"].register(version.model, version.manifest, [Facts(kind=kind, facts={})], "")


def test_a_question_writes_nothing_down(life: Life) -> None:
    version = life.version(models.critical("asked"))
    before = len(life.entries(DecisionMade))
    looked = life["dana"].check(version.name, "prod")
    with life.kit.store.reading() as store:
        assert store.decisions.find(digest=looked.digest) is None
    assert len(life.entries(DecisionMade)) == before


def test_a_policy_that_names_a_gate_nobody_has_is_refused_by_name() -> None:
    with pytest.raises(NotFound) as refusal:
        rulebook.gate_of({"use": "perfomance"})
    assert refusal.value.fix == "Did you mean performance?"
