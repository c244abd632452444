"""Waivers, embedded and remote alike."""

import pytest
from tests.sdk import models
from tests.sdk.cast import address
from tests.sdk.grounds import Ground

from lamplighter.domain.errors import Blocked, NotAllowed, NotFound
from lamplighter.sdk.answers import Facts
from lamplighter.sdk.release import release

MODEL = "taken-on"
WHY = "The desk looks at every warning by hand."


def test_a_gate_is_waived_for_a_time_by_a_role_that_may_and_integrity_never(ground: Ground) -> None:
    version = release(ground["dana"], models.project(MODEL), models.build())
    failed = Facts(kind="data-checks", facts={"rows": 1200, "checks": 7, "failed": ["load is always empty"]})
    ground["dana"].add_evidence(version.name, failed)
    assert ground["dana"].deploy(version.name, "staging").rollout is None
    with pytest.raises(NotAllowed):
        ground["dana"].waive(version.name, "staging", "data_checks", 30, WHY)
    with pytest.raises(Blocked, match="never waived"):
        ground["rita"].waive(version.name, "staging", "parity", 30, WHY)
    given = ground["rita"].waive(version.name, "staging", "data_checks", 30, WHY)
    assert (given.person, given.why, given.team) == (address("rita"), WHY, address("dana"))
    assert ground["dana"].foretell(version.name, "staging").decision.waivers == (given.id,)
    found = ground["dana"].waivers(MODEL)
    assert found.waivers == (given,)
    assert found.teams[address("dana")].in_force == 1
    ended = ground["rita"].end_waiver(given.id, "We were wrong.")
    assert ground["dana"].waiver(given.id).ended_by == ended.ended_by == address("rita")
    assert ground["dana"].deploy(version.name, "staging").rollout is None
    with pytest.raises(NotFound):
        ground["dana"].waiver("W-99")


def test_the_rule_book_in_force_is_read(ground: Ground) -> None:
    book = ground["dana"].policy()
    assert [tier.name for tier in book.tier] == ["internal", "mission-critical"]
    assert "parity" not in book.tier[0].waivers.gates
