"""The rule book in force, what each one changed when it came, and what another would have done to the releases of the past."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from lamplighter.domain.environment import Level
from lamplighter.domain.errors import LampError
from lamplighter.domain.identity import Permission
from lamplighter.domain.policy import LevelRules, Tier
from lamplighter.domain.rulebook_change import Changed
from lamplighter.domain.simulation import Simulation
from lamplighter.sdk.interface import Platform
from lamplighter.views.simulation import differing, facts, sentence
from lamplighter.web import forms
from lamplighter.web.page import Page, shown

#: Longest rule book that the form takes, characters, and releases that are listed.
_LONGEST, _MOST = 200_000, 100


class Asked(NamedTuple):
    """One gate, and the settings that the rule book gives it."""

    gate: str
    settings: str


class Tried(NamedTuple):
    """Another rule book that somebody holds against the one in force; nothing is changed by it."""

    text: str
    differences: list[Changed]
    simulation: Simulation | None
    refused: LampError | None


def policy_page(request: Request, platform: Platform) -> Response:
    """Show the rule book, and with `change` what one of those that came into force changed."""
    return _page(request, platform, None)


def try_policy(request: Request, platform: Platform) -> Response:
    """Hold the rule book in the form against the one in force."""
    text = forms.needed(request, "text", _LONGEST)
    try:
        tried = Tried(text, platform.policy_differences(text), platform.simulate_policy(text), None)
    except LampError as refused:
        tried = Tried(text, [], None, refused)
    return _page(request, platform, tried)


def _page(request: Request, platform: Platform, tried: Tried | None) -> Response:
    book, digest = platform.policy(), request.query_params.get("change", "")[:64]
    found = tried.simulation if tried else None
    return shown(
        request,
        platform,
        "policy.html",
        book=book,
        tiers=[(tier, [(level, tier.rules(level), _gates(tier.rules(level))) for level in Level]) for tier in book.tier],
        waivable=[(tier, _days(tier)) for tier in book.tier],
        changes=platform.policy_changes(),
        digest=digest,
        changed=platform.policy_change(digest) if digest else [],
        tried=tried,
        told=[("result", sentence(found)), *facts(found)] if found else [],
        releases=differing(found)[:_MOST] if found else [],
        most=_MOST,
        section="audit",
    )


def _gates(rules: LevelRules) -> list[Asked]:
    return [Asked(str(use["use"]), _settings(use)) for use in rules.gates]


def _settings(use: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {_plain(value)}" for name, value in use.items() if name != "use")


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _days(tier: Tier) -> str:
    return ", ".join(f"{weight} within {length}" for weight, length in tier.validation.due.items())


PAGES = (
    Page("GET", "/policy", policy_page, Permission.READ),
    Page("POST", "/policy", try_policy, Permission.READ),
)
