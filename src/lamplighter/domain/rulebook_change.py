"""Rule books that came into force, and what differs between two."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from lamplighter.domain.policy import Policy
from lamplighter.domain.record import Record


class RuleBookChange(Record, frozen=True):
    """One rule book that came into force."""

    digest: str
    name: str
    version: int
    #: Who set it; the platform where a file of the configuration or a release brought it.
    person: str
    why: str
    #: Whether somebody set it with `lamp policy set`, so that it holds until another one is set.
    is_set: bool
    #: Microseconds since the epoch, UTC.
    at: int


class Changed(Record, frozen=True):
    """One place at which two rule books differ."""

    #: Such as `mission-critical.levels.production.approvals`.
    place: str
    before: str
    after: str


def differences(before: Policy, after: Policy) -> tuple[Changed, ...]:
    """Every place at which they differ, in the order of their names."""
    old, new = dict(_leaves("", _named(before))), dict(_leaves("", _named(after)))
    places = sorted({*old, *new})
    return tuple(
        Changed(place=place, before=old.get(place, ""), after=new.get(place, ""))
        for place in places
        if old.get(place) != new.get(place)
    )


def _named(policy: Policy) -> Mapping[str, Any]:
    """The rule book with its tiers, rules and gates by their names."""
    plain = msgspec.to_builtins(policy)
    tiers = {tier.pop("name"): tier for tier in plain.pop("tier")}
    order = {"tiers": list(tiers), "criticality": [rule["name"] for rule in plain["criticality"]]}
    rules = {rule.pop("name"): rule for rule in plain.pop("criticality")}
    for tier in tiers.values():
        for rules_of_level in tier["levels"].values():
            gates = rules_of_level.pop("gates")
            rules_of_level["order of gates"] = [use["use"] for use in gates]
            rules_of_level["gates"] = {use["use"]: use for use in gates}
    items = {item["name"]: item for item in plain.pop("checklist", ())}
    return {**plain, "order": order, "rule": rules, "checklist": items, **tiers}


def _leaves(place: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(f"{place}.{name}" if place else str(name), inner)
    elif value not in (None, [], ""):
        yield place, msgspec.json.encode(value).decode() if not isinstance(value, str) else value
