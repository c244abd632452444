"""The route says which formats the rule book lets into an environment, so that serving opens no others."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from tests.lifecycle.lives import Life
from tests.sdk import models

from lamplighter.domain.environment import Level
from lamplighter.domain.policy import LevelRules
from lamplighter.domain.version import Badge
from lamplighter.lifecycle import declared

SAFE = (Badge.DATA, Badge.AUDITED)


@pytest.mark.parametrize(
    ("gates", "allowed"),
    [
        ((), tuple(Badge)),
        (({"use": "formats"},), SAFE),
        (({"use": "formats", "allowed": ["data", "audited", "code"]},), tuple(Badge)),
        (({"use": "formats", "allowed": ["data", "code"]}, {"use": "formats"}), (Badge.DATA,)),
    ],
)
def test_the_gates_of_the_tier_are_in_the_route(
    life: Life, gates: tuple[Mapping[str, Any], ...], allowed: tuple[Badge, ...]
) -> None:
    version = life.version(models.project("guarded"))
    life.appoint(version)
    kit = life.kit
    tiers = tuple(
        msgspec.structs.replace(tier, levels={**tier.levels, Level.PRODUCTION: LevelRules(gates=gates)})
        for tier in kit.policy.tier
    )
    kit.policy = msgspec.structs.replace(kit.policy, tier=tiers)
    with kit.store.reading() as look:
        route = declared.model_route(kit, look, look.environment("prod"), look.routings.of("guarded", "prod"))
    assert route is not None
    assert route.formats == allowed
