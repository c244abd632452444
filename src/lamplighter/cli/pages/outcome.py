"""What the guards of a rollout said, in numbers."""

from lamplighter.cli.table import Table
from lamplighter.domain.outcome import Check, Guard, Outcome
from lamplighter.domain.rollout import Rollout


def outcomes_table(rollout: Rollout) -> Table | None:
    """One line a step and guard; nothing before the guards were asked."""
    rows = [_row(rollout, outcome, check) for outcome in rollout.outcomes for check in outcome.checks]
    head = ("STEP", "GUARD", "SAYS", f"v{rollout.number}", f"v{rollout.previous}", "LIMIT", "REQUESTS")
    return Table(rows, head) if rows else None


def _row(rollout: Rollout, outcome: Outcome, check: Check) -> tuple[str, ...]:
    judged, guard = check.judged, check.guard
    step = f"{rollout.plan.steps[outcome.step]:g} %"
    says = judged.judgement.value if judged.n else "no request"
    seen = (figure(guard, judged.challenger if judged.n else None), figure(guard, judged.champion))
    return step, guard.value, says, *seen, figure(guard, judged.limit), f"{judged.n:,}"


def figure(guard: Guard, value: float | None) -> str:
    """A figure in the unit of its guard; a dash where it is not known."""
    if value is None:
        return "-"
    if guard is Guard.ERRORS:
        return f"{value * 100:.3g} %"
    return f"{value * 1000:.3g} ms" if guard is Guard.LATENCY else f"{value:.3f}"
