"""When a model is trained next, in words."""

from lamplighter.cli.instants import local, short
from lamplighter.cli.page import Page
from lamplighter.cli.table import Table
from lamplighter.domain.triggering import NextTraining, Readiness, Spent, Standing


def retraining_page(found: NextTraining, url: str) -> Page:
    """Each trigger with what it waits for, the budget, and what a training would be given."""
    given = found.given
    facts = [("training", found.run or "none is named as run in [retrain]")]
    facts += (
        [("new rows", f"{given.labelled:,} of {given.scored:,} have a label, since {local(given.since)}")]
        if given.since
        else []
    )
    facts += [("budget", _spent(found.budget))] if found.budget else []
    facts += [("left out", f"{one.id}: {one.reason}") for one in found.quarantines]
    return Page(
        says=_says(found),
        data={"retraining": found},
        facts=facts,
        table=Table([_row(one) for one in found.triggers], ("TRIGGER", "NOW", "NEXT", "LAST", "WHY")),
        next=[f"lamp retrain {found.model} --cause WHY", f"lamp quarantine list {found.model}"],
        url=url,
    )


def _says(found: NextTraining) -> str:
    if not found.triggers:
        return f"Nothing sets off a training of {found.model}: [retrain] names no trigger as when."
    held = [one for one in found.triggers if one.readiness is not Readiness.ARMED]
    if held:
        return f"{held[0].trigger} of {found.model} is {held[0].readiness}. {held[0].why}"
    coming = min((one for one in found.triggers if one.next_at), key=lambda one: one.next_at, default=None)
    if coming is None:
        return f"Nothing has happened that sets off a training of {found.model}."
    return f"Next is {coming.trigger} of {found.model}, {local(coming.next_at)}."


def _spent(use: Spent) -> str:
    return f"{use.sentence} There is room again {local(use.free_at)}." if use.free_at else use.sentence


def _row(one: Standing) -> tuple[str, ...]:
    last = f"{one.training}, {short(one.fired_at)}" if one.training else "never"
    return one.condition, one.readiness, short(one.next_at) if one.next_at else "-", last, one.why
