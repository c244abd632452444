"""Spot checks, in words."""

import time

from lamplighter.cli.instants import local
from lamplighter.domain.spot_check import SpotCheck


def state(check: SpotCheck) -> str:
    """How it stands."""
    if check.waits:
        return "overdue" if check.overdue(time.time_ns() // 1000) else "waits"
    if not check.bad:
        return "good"
    return "bad, people accept versions" if check.suspends else "bad, lifted"


def asked(check: SpotCheck) -> str:
    """What somebody has to do about it."""
    if check.waits:
        return f"the spot check of {check.person} until {local(check.due_at)}"
    return f"somebody who lifts that people accept versions; {check.judged_by}: {check.note}"


def facts(check: SpotCheck) -> list[tuple[str, str]]:
    """Who is asked, what was found, and what came of it."""
    told = [("asked", f"{check.person}, until {local(check.due_at)}")]
    if not check.waits:
        told.append(
            ("judged", f"{'bad' if check.bad else 'good'}, by {check.judged_by}, {local(check.judged_at)}: {check.note}")
        )
    if check.finding:
        told.append(("finding", check.finding))
    if check.lifted_at:
        told.append(("lifted", f"by {check.lifted_by}, {local(check.lifted_at)}: {check.lift_why}"))
    return told
