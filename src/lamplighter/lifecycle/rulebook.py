"""A rule book as people write one: it reads, and every gate that it names exists and takes its settings."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import msgspec

from lamplighter import plugins
from lamplighter.domain.checklist import GATE
from lamplighter.domain.decoding import from_plain
from lamplighter.domain.errors import Invalid, NotFound
from lamplighter.domain.policy import Policy, Tier, read_policy
from lamplighter.domain.toml_lines import line_of_item
from lamplighter.gates.base import Judging


@lru_cache(maxsize=8)
def checked(text: str) -> Policy:
    """The rule book in a TOML text; raises `Invalid` with the line of what is wrong. One that was read is not read again."""
    policy = read_policy(text)
    for place, tier in enumerate(policy.tier):
        _check_gates(text, place, tier, has_items=bool(policy.items))
    return policy


def gate_of(use: Mapping[str, Any]) -> Judging:
    """The gate that a line of the policy names, with its settings; raises `NotFound` or `Invalid`."""
    module = plugins.plugin("gates", str(use["use"]))
    settings = {name: value for name, value in use.items() if name != "use"}
    try:
        gate: Judging = from_plain(settings, module.Gate)
    except msgspec.ValidationError as error:
        raise Invalid(
            "The policy file is not valid.", why=f"Gate {use['use']}: {error}.", fix="Correct the setting that is named."
        ) from None
    return gate


def _check_gates(text: str, place: int, tier: Tier, *, has_items: bool) -> None:
    known = plugins.names("gates")
    for level, rules in tier.levels.items():
        where = f"tier[{place}].levels.{level}.gates"
        for use in rules.gates:
            try:
                if "use" not in use:
                    raise Invalid("A gate is not named.", why="It has no `use`.", fix=f"Name one of {', '.join(known)}.")
                gate_of(use)
                if use["use"] == GATE:
                    _check_items(use, has_items=has_items)
            except (Invalid, NotFound) as error:
                line = line_of_item(text, where, f'"{use.get("use", "")}"')
                why = f"Line {line}: {tier.name} at {level}: {error.what} {error.why}"
                raise Invalid("The policy file is not valid.", why=why, fix=error.fix) from None
        _check_waivable(text, place, tier, known)


def _check_items(use: Mapping[str, Any], *, has_items: bool) -> None:
    if "items" in use:
        why = "The whole rule book has one checklist, so items has no effect here."
        raise Invalid("Items stand at a gate.", why=why, fix="Write each as [[checklist]].")
    if not has_items:
        why = "The rule book has no [[checklist]], so nothing could ever pass it."
        raise Invalid("The gate checklist has no items.", why=why, fix="Write [[checklist]], or leave the gate out.")


def _check_waivable(text: str, place: int, tier: Tier, known: tuple[str, ...]) -> None:
    lost = [gate for gate in tier.waivers.gates if gate not in known]
    if lost:
        line = line_of_item(text, f"tier[{place}].waivers", lost[0])
        why = f"Line {line}: waivers of {tier.name} names a gate {lost[0]} that does not exist."
        raise Invalid("The policy file is not valid.", why=why, fix=f"Known: {', '.join(known)}.")
