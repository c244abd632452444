"""What a trial ended with: the figure that decides, its guardrails, and how the command ends."""

from collections.abc import Iterator
from dataclasses import replace

from lamplighter.cli.instants import local
from lamplighter.cli.page import Page
from lamplighter.cli.refusal import NotDone
from lamplighter.cli.table import Table
from lamplighter.domain.challenge import Challenge, Choice, Verdict
from lamplighter.domain.selection import Guard, Guardrail, Sealed, Selection

#: A trial that goes on ends like a wait that was too short: ask again later.
_GOES_ON = 7


def running_page(trial: Challenge, address: str) -> Page:
    """A trial that lacks evidence; raises `NotDone`, since a pipeline must not go on as if it had been decided."""
    page = Page(
        says=f"{trial.id}: {trial.why}",
        data={"challenge": trial},
        facts=[_window(trial)],
        next=[f"lamp challenge decide {trial.id}"],
        url=address,
        code=_GOES_ON,
    )
    what = f"{trial.id} is not decided yet."
    raise NotDone(page, what, why=trial.why, fix=f"Ask again once more labels have come: {page.next[0]}", code="E1487")


def decided_page(trial: Challenge, sealed: Sealed, address: str) -> Page:
    """A signed selection; raises `NotDone` with the page for everything but a swap."""
    made = sealed.selection
    page = Page(
        says=f"{trial.id}: {_sentence(made)}",
        data={"challenge": trial, "selection": made, "key": sealed.key, "signature": sealed.signature},
        facts=[*_figures(made), *_told(made), _window(trial), ("signed by", sealed.keyid)],
        table=Table([_row(one) for one in made.guardrails], ("GUARDRAIL", "FOUND", "FIGURE", "BOUND", "ON")),
        next=[f"lamp promote {made.model}@{made.challenger} --to {made.environment}", f"lamp challenge export {made.trial}"],
        url=address,
    )
    if made.choice is Choice.SWAP:
        return page
    page = replace(page, next=page.next[1:])
    what = f"v{made.challenger} does not take the place of v{made.champion} in {made.environment}."
    if made.choice is Choice.KEEP:
        raise NotDone(page, what, why=f"By {made.by}: {made.why}", fix="Keep the live version, or train again.", code="E1485")
    fix = f"Hold another trial with more rows: lamp challenge start {made.model}@{made.challenger}"
    raise NotDone(page, what, why=f"By {made.by}: {made.why}", fix=fix, code="E1486")


def _sentence(made: Selection) -> str:
    if made.choice is Choice.SWAP:
        return f"v{made.challenger} may take the place of v{made.champion}. {made.why}"
    if made.choice is Choice.KEEP:
        return f"v{made.champion} stays, for {made.by}."
    return f"Undecided, for {made.by}."


def _figures(made: Selection) -> Iterator[tuple[str, str]]:
    """What was compared; nothing where too little was there."""
    primary = made.primary
    if primary.low < primary.high:
        level = f"{100.0 * (1.0 - 2.0 * made.alpha):.4g} %"
        yield f"v{made.champion}", f"{primary.metric} {primary.champion:.4f} (live)"
        yield f"v{made.challenger}", f"{primary.metric} {primary.challenger:.4f}"
        interval = f"({primary.low:+.4f} to {primary.high:+.4f}, {level})"
        yield "difference", f"{primary.difference:+.4f} {interval} on {primary.n:,} rows of {primary.groups} days"
    if primary.verdict is not Verdict.CHALLENGER_WINS:
        yield "the figure", primary.why


def _told(made: Selection) -> Iterator[tuple[str, str]]:
    again = f", look {made.look} at this pair" if made.look > 1 else ""
    yield "by chance", f"a swap has probability {made.alpha:.4g} at most{again}; {made.rule.alpha:.4g} over all looks"
    for guard, why in made.unguarded.items():
        yield "not asked", f"{guard}: {why}"
    if made.looked_through < 1.0:
        yield "log", f"There was time for {made.looked_through:.0%} of it only."


def _window(trial: Challenge) -> tuple[str, str]:
    return "window", f"{local(trial.start)} to {local(trial.end)}"


def _row(one: Guardrail) -> tuple[str, ...]:
    if one.value is None or one.bound is None:
        return one.name, one.held.replace("-", " "), one.why, "-", f"{one.n:,}"
    value, low, high, bound = (_figure(one, number) for number in (one.value, one.low, one.high, one.bound))
    return one.name, one.held.replace("-", " "), f"{value} ({low} to {high})", bound, f"{one.n:,}"


def _figure(one: Guardrail, number: float | None) -> str:
    if number is None:
        return "-"
    if one.guard is Guard.FLIPS:
        return f"{number:.2%}"
    return f"{number:.3g} ms" if one.guard is Guard.LATENCY else f"{number:.4g}"
