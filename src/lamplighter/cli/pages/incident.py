"""What is wrong, and who has it."""

from collections.abc import Sequence

from lamplighter.cli.instants import day, lasted, local
from lamplighter.cli.page import Page
from lamplighter.cli.table import Table
from lamplighter.domain.incident import Incident, State


def incident_page(incident: Incident, address: str) -> Page:
    """One incident: what users feel, who has it, what was done."""
    finding = incident.finding
    told = incident.deputy if incident.escalated else incident.holder
    return Page(
        says=f"{incident.id} is {incident.state}: {finding.sentence}",
        data={"incident": incident},
        facts=[
            ("model", f"{incident.model} v{finding.number} in {incident.environment}"),
            ("figure", f"{finding.measure} is {finding.value:.4g}, limit {finding.limit:g}"),
            ("window", f"{day(finding.start)} to {day(finding.end)}" if finding.end else "-"),
            ("opened", local(incident.opened_at)),
            ("who", f"{told or 'nobody'} ({incident.duty}), deputy {incident.deputy or 'nobody'}"),
            *(("note", note) for note in incident.notes),
        ],
        next=_next(incident),
        url=address,
    )


def incidents_page(found: Sequence[Incident], now: int, address: str) -> Page:
    """Incidents, the newest first."""
    open_ones = [incident for incident in found if incident.state is not State.RESOLVED]
    return Page(
        says=f"{len(open_ones)} open incident{'' if len(open_ones) == 1 else 's'}." if open_ones else "No open incidents.",
        data={"incidents": found},
        table=Table([_row(incident, now) for incident in found], ("INCIDENT", "STATE", "AGE", "WHO", "MODEL", "WHAT")),
        next=[f"lamp incident show {found[0].id}"] if found else [],
        url=address,
    )


def _row(incident: Incident, now: int) -> tuple[str, ...]:
    age = lasted((now - incident.opened_at) / 1_000_000)
    what = f"{incident.finding.measure} in {incident.environment}"
    return incident.id, incident.state.value, age, incident.holder or "nobody", incident.model, what


def _next(incident: Incident) -> list[str]:
    if incident.state is State.RESOLVED:
        return [f"lamp status {incident.model}"]
    if incident.state is State.OPEN:
        return [f"lamp incident ack {incident.id}", f"lamp rollback {incident.model} --env {incident.environment}"]
    return [f"lamp incident resolve {incident.id}", f"lamp status {incident.model}"]
