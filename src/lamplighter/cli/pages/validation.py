"""Findings of validations, in words."""

import time
from collections.abc import Sequence

from lamplighter.cli.instants import local
from lamplighter.domain.validation import ValidationFinding


def state(found: ValidationFinding) -> str:
    """How it stands."""
    if not found.open:
        return "closed"
    if found.answered:
        return "answered, waits for a validator"
    return "overdue" if found.overdue(time.time_ns() // 1000) else "open"


def counted(found: Sequence[ValidationFinding]) -> str:
    """How many are open."""
    open_ones = [one for one in found if one.open]
    late = sum(state(one) == "overdue" for one in open_ones)
    if not open_ones:
        return "No finding of a validation is open."
    told = f"{len(open_ones)} {'finding of a validation is' if len(open_ones) == 1 else 'findings of validations are'} open"
    return f"{told}, {late} overdue." if late else f"{told}."


def facts(found: ValidationFinding) -> list[tuple[str, str]]:
    """What was found, whose it is, and what came of it."""
    told = [
        ("found", f"by {found.person}, {local(found.opened_at)}: {found.words}"),
        ("owner", f"{found.owner}, due {local(found.due_at)}"),
    ]
    if found.answer:
        proof = f"{found.kind} of {found.model}@{found.answered_number} ({found.evidence[:12]})"
        told.append(("answer", f"{found.answer} Evidence: {proof}"))
    told += [("validator", note) for note in found.notes]
    return [*told, ("closed", f"by {found.closed_by}, {local(found.closed_at)}")] if not found.open else told


def line(found: ValidationFinding) -> str:
    """One line of a model that has it."""
    return f"{found.id} ({found.weight}, {state(found)}): {found.words} Owner {found.owner}, due {local(found.due_at)}"
