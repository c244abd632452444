"""What is told of an incident, in words that need no knowledge of models."""

from lamplighter.domain.incident import Incident
from lamplighter.domain.instant import rfc3339
from lamplighter.domain.monitor import Kind, Severity, is_of_run
from lamplighter.domain.trouble import is_shared
from lamplighter.lifecycle.kit import Kit

#: What is said of an incident that is not about errors, without the words of statistics.
_FELT = {Kind.FUNCTIONAL: "answers every request, but its answers come true less often than agreed."}
#: Rules of another monitoring system that are named.
_FEW = 5
#: Microseconds; a window that begins before this has no beginning.
_DAY = 86_400_000_000


def text_of(kit: Kit, incident: Incident, person: str) -> str:
    """What users feel, since when, who they are, what changed, the safe action, who has it, and the page."""
    lines = [what_users_feel(incident), f"Since {rfc3339(_begun(incident))}."]
    if incident.affected:
        lines.append(f"People affected: {', '.join(incident.affected)}.")
    if incident.suspects:
        lines.append(f"What changed: {incident.suspects[0].sentence}")
    lines += [f"Found by: {rule.name} {rule.link}".rstrip() for rule in incident.rules[:_FEW]]
    lines.append(f"Safe action: {incident.safe_action or _no_way_back(incident)}")
    if incident.runbook:
        lines.append(f"Runbook: {incident.runbook}")
    has_it = person or incident.has_it or "nobody"
    lines.append(f"Who has it: {has_it}{f', then {incident.deputy}' if incident.deputy not in ('', has_it) else ''}")
    return "\n".join([*lines, f"{kit.settings.url}/incidents/{incident.id}"])


def what_users_feel(incident: Incident) -> str:
    """One sentence without ML words."""
    who = f"{incident.model} ({incident.tier})" if incident.tier else incident.model
    finding = incident.finding
    plain = _FELT.get(finding.kind, "") if finding.severity is Severity.PAGE and not is_of_run(finding.measure) else ""
    many = f" {len(incident.models)} models have the same trouble." if len(incident.models) > 1 else ""
    return f"{who} {plain}{many}" if plain else f"{who}: {finding.sentence}{many}"


def _begun(incident: Incident) -> int:
    return incident.finding.start if incident.finding.start > _DAY else incident.opened_at


def _no_way_back(incident: Incident) -> str:
    if is_of_run(incident.finding.measure):
        return "none is needed; callers are answered as before"
    if incident.source:
        return f"none here; whoever owns the source {incident.source} mends it"
    if is_shared(incident.finding):
        return f"none here; not one version is at fault but what all of {incident.environment} share"
    return "none: no version was live before"
