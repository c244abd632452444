"""Every rule book that ships: it reads, every gate it names exists and takes the settings it is given."""

from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

import lamplighter
from lamplighter.domain.acceptance import Side
from lamplighter.domain.environment import Level
from lamplighter.domain.policy import Policy, read_policy
from lamplighter.plugins import plugin

BOOKS = sorted((Path(lamplighter.__file__).parent / "policies").glob("*.toml"))
each = pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)


def book(path: Path) -> Policy:
    return read_policy(path.read_text())


@each
def test_its_name_is_the_name_of_its_file(path: Path) -> None:
    assert book(path).name == path.stem


@each
def test_every_gate_it_names_takes_its_settings(path: Path) -> None:
    for tier in book(path).tier:
        for level in Level:
            gates = tier.rules(level).gates
            assert gates, f"{tier.name} lets anything into {level}"
            used = [use["use"] for use in gates]
            assert len(set(used)) == len(used)
            for use in gates:
                settings = {name: value for name, value in use.items() if name != "use"}
                msgspec.convert(settings, plugin("gates", use["use"]).Gate, strict=True)


#: A gate that asks for all that another asks for, and for more.
COVERS = {"consumers": {"contract"}}


@each
def test_a_more_critical_tier_asks_for_no_less(path: Path) -> None:
    tiers = book(path).tier
    assert [tier.critical for tier in tiers] == sorted(tier.critical for tier in tiers)
    for milder, stricter in pairwise(tiers):
        for level in Level:
            asked = {use["use"] for use in milder.rules(level).gates}
            found = {use["use"] for use in stricter.rules(level).gates}
            assert asked <= found.union(*(COVERS.get(name, set()) for name in found))
            assert set(milder.rules(level).approvals) <= set(stricter.rules(level).approvals)
        assert stricter.expires_after_days <= milder.expires_after_days


@each
def test_a_critical_model_reaches_production_only_by_two_keys(path: Path) -> None:
    for tier in book(path).tier:
        rules = tier.rules(Level.PRODUCTION)
        assert set(rules.approvals) <= set(Side)
        if tier.critical:
            assert len(rules.approvals) >= 2
            assert {"acceptance", "order", "ownership"} <= {use["use"] for use in rules.gates}
            assert len(rules.rollout.steps) > 1
