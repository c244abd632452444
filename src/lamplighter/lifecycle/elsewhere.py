"""Models that run elsewhere: what this platform cannot do to them is refused, with what somebody does there."""

from lamplighter.domain.errors import Conflict, Invalid
from lamplighter.domain.hook import OnFailure
from lamplighter.domain.project import EnvironmentPlan
from lamplighter.domain.routing import Routing
from lamplighter.domain.version import EXTERNAL, Elsewhere, Manifest, Version
from lamplighter.store.transaction import Transaction

#: The only part of such a version: what monitoring compares with.
_PARTS = frozenset({"profile"})


def runs_elsewhere(look: Transaction, model: str) -> Version | None:
    """The newest version of a model that runs elsewhere; nothing for one that is served here, or has no version."""
    newest = look.versions.newest(model)
    return newest if newest is not None and newest.elsewhere is not None else None


def check_manifest(look: Transaction, manifest: Manifest) -> None:
    """Raise `Invalid` for a manifest that is half of elsewhere, and `Conflict` for a model that would be in both places."""
    is_elsewhere = isinstance(manifest.elsewhere, Elsewhere)
    parts = {artifact.role for artifact in manifest.artifacts}
    if is_elsewhere != (manifest.runtime == EXTERNAL) or (is_elsewhere and not parts <= _PARTS):
        raise Invalid(
            "The manifest is neither of here nor of elsewhere.",
            why=f"A version that runs elsewhere has the runtime {EXTERNAL}, says where, and brings nothing to serve.",
            fix="Adopt such a model with lamp adopt.",
            code="E1261",
        )
    known = look.versions.newest(manifest.model)
    if known is not None and (known.elsewhere is not None) != is_elsewhere:
        raise Conflict(
            f"{manifest.model} cannot be both served here and elsewhere.",
            why=f"{known.name} {'runs elsewhere' if known.elsewhere else 'is served here'}, and callers ask one of the two.",
            fix="Give the other one a name of its own.",
            code="E1571",
        )


def check_served(look: Transaction, model: str) -> None:
    """Raise `Conflict` where a deed needs a version that is served here."""
    away = runs_elsewhere(look, model)
    if away is not None and away.elsewhere is not None:
        raise Conflict(
            f"{model} runs elsewhere.",
            why=f"It answers at {away.elsewhere.at}, and nothing of it can be asked here.",
            fix=f"Do it there, and push what came of it: lamp predictions push {model} FILE",
            code="E1573",
        )


def check_hooks(version: Version | None, plan: EnvironmentPlan) -> None:
    """Raise `Invalid` for a hook that would move traffic where this platform moves none."""
    for hook in plan.after:
        if version is not None and version.elsewhere and hook.on_failure is OnFailure.ROLL_BACK:
            raise Invalid(
                f"The hook {hook.hook} cannot take {version.model} back.",
                why=f"{version.name} runs elsewhere, and this platform moves no traffic there.",
                fix=f'Write on_failure = "note" for {hook.hook} in lamp.toml; its failure is then on record.',
                code="E1146",
            )


def no_way_back(look: Transaction, live: Routing, to: int) -> Conflict:
    """The refusal of a rollback that somebody has to make elsewhere."""
    assert live.champion is not None
    version = look.versions.find(model=live.model, number=live.champion.number)
    place = version.elsewhere if version else None
    number = to or (live.previous.number if live.previous else 0)
    first = (place.back if place else "") or f"Return to {f'v{number}' if number else 'the version before'} there"
    then = f"lamp deploy {live.model}@{number} --env {live.environment}" if number else f"lamp status {live.model}"
    return Conflict(
        f"{live.model} cannot be rolled back from here.",
        why=f"It runs elsewhere ({place.at if place else 'unknown'}), and this platform moves no traffic there.",
        fix=f"{first.rstrip('.')}; then say so: {then}",
        code="E1572",
    )
