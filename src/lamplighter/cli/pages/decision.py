"""What the gates said."""

from collections.abc import Sequence

from lamplighter.cli.marks import SHAPES
from lamplighter.cli.table import Table
from lamplighter.domain.decision import AutoApproved, Decision, Inapplicable, Judgement, Passed, Refused, Waived


def gates(judgements: Sequence[Judgement]) -> Table:
    """One row a gate: shape, name, and what was found, with the way forward where it did not pass."""
    return Table([_row(judgement) for judgement in judgements])


def _row(judgement: Judgement) -> tuple[str, str, str]:
    verdict = judgement.verdict
    if isinstance(verdict, Passed | AutoApproved):
        return SHAPES["passed"], judgement.gate, verdict.why
    if isinstance(verdict, Inapplicable):
        return "-", judgement.gate, verdict.why
    if isinstance(verdict, Waived):
        return SHAPES["waived"], judgement.gate, verdict.why
    shape = SHAPES["refused" if isinstance(verdict, Refused) else "undecided"]
    return shape, judgement.gate, f"{verdict.why} Fix: {verdict.fix}"


def outcome(decision: Decision) -> str:
    """What the gates say together."""
    open_ones = [judgement.gate for judgement in decision.judgements if not judgement.verdict]
    away = sum(isinstance(judgement.verdict, Inapplicable) for judgement in decision.judgements)
    waived = len(decision.waivers)
    passed = len(decision.judgements) - away - waived
    if decision.passed and (away or waived):
        more = [f"{waived} {'is' if waived == 1 else 'are'} waived"] if waived else []
        more += [f"{away} {'has' if away == 1 else 'have'} nothing to judge"] if away else []
        return ", ".join([f"{passed} {'gate' if passed == 1 else 'gates'} passed", *more])
    if decision.passed:
        return f"every one of {len(decision.judgements)} gates passed"
    if decision.waiting:
        return f"only people's word is missing ({', '.join(open_ones)})"
    return f"{len(open_ones)} of {len(decision.judgements)} gates did not pass ({', '.join(open_ones)})"


def first_open(judgements: Sequence[Judgement]) -> tuple[str, str]:
    """Why and fix of the first gate that says no, else of the first that lacks something."""
    order = sorted((j for j in judgements if not j.verdict), key=lambda judgement: not isinstance(judgement.verdict, Refused))
    verdict = order[0].verdict
    return (
        (verdict.why, "")
        if isinstance(verdict, Passed | AutoApproved | Inapplicable | Waived)
        else (f"{order[0].gate}: {verdict.why}", verdict.fix)
    )
