"""Projects of many folders at once: what they would change, and all of it in one transaction."""

from collections import Counter
from collections.abc import Sequence

from lamplighter.domain.criticality import criticality_of
from lamplighter.domain.errors import Blocked, Conflict, Invalid, LampError
from lamplighter.domain.identity import Actor
from lamplighter.domain.plan import Applied, Plan, Planned, Refusal
from lamplighter.domain.project import Project
from lamplighter.domain.project_change import project_changes
from lamplighter.lifecycle import design, lowering, routing
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction


def plan(kit: Kit, projects: Sequence[Project]) -> Plan:
    """What saving these projects would change; raises `Invalid` for two of the same model. Nothing is written."""
    _check_names(projects)
    with kit.store.reading() as look:
        known = {one.name: one for one in look.projects.all()}
        others = [one for one in projects if one.name not in known or known[one.name].digest != one.digest]
        planned = tuple(_planned(kit, look, known.get(one.name), one) for one in others)
    return Plan(at=kit.clock.now(), planned=planned, unchanged=len(projects) - len(planned))


def _check_names(projects: Sequence[Project]) -> None:
    twice = next((name for name, count in Counter(one.name for one in projects).items() if count > 1), None)
    if twice is not None:
        raise Invalid(
            "Two folders are about one model.",
            why=f"The name {twice} stands in two files lamp.toml.",
            fix="Give each model one folder, or name the folder that counts.",
            code="E1591",
        )


def _planned(kit: Kit, look: Transaction, before: Project | None, after: Project) -> Planned:
    refusal = None
    try:
        design.check(kit, look, after)
    except LampError as error:
        refusal = Refusal(what=error.what, why=error.why, fix=error.fix)
    return Planned(
        project=after,
        base=before.digest if before is not None else "",
        changes=project_changes(before, after),
        before=criticality_of(before, kit.policy).tier if before is not None else "",
        after="" if refusal is not None else criticality_of(after, kit.policy).tier,
        needs_second=refusal is None and before is not None and lowering.is_held(kit, look, before, after),
        refusal=refusal,
    )


def apply(kit: Kit, actor: Actor, plan: Plan) -> Applied:
    """Save every project of a plan, or none.

    Raises `Blocked` for a plan with a project that is refused, and `Conflict` where another one is in force than when it was
    made. What a second person has to agree to waits, as if it had been saved by itself.
    """
    for one in plan.planned:
        if (no := one.refusal) is not None:
            raise Blocked(f"The plan has a project that is refused: {one.model}.", why=no.why, fix=no.fix, code="E1422")
    _check_names([one.project for one in plan.planned])
    with kit.store.transaction() as change:
        known = {one.name: one.digest for one in change.projects.all()}
        for one in plan.planned:
            if known.get(one.model, "") != one.base:
                raise _stale(one.model)
            design.check(kit, change, one.project)
        taken = [(one.model, design.take(kit, change, actor, one.project)) for one in plan.planned]
    for place in sorted({place for _, one in taken for place in one.places}):
        routing.apply(kit, place)
    return Applied(
        saved=tuple(model for model, one in taken if one.waits is None),
        waits=tuple(one.waits.id for _, one in taken if one.waits is not None),
    )


def _stale(model: str) -> Conflict:
    return Conflict(
        "The plan is stale.",
        why=f"The project of {model} is no longer what it was when the plan was made. Nothing was saved.",
        fix="Make a new one with lamp plan, and look at it.",
        code="E1592",
    )
