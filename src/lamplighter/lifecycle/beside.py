"""Notices about a version whose quality is wrong already: they say more of that incident and are none of their own."""

from msgspec.structs import replace

from lamplighter.domain.incident import FELT, Incident
from lamplighter.domain.monitor import Finding
from lamplighter.domain.trouble import is_beside, same_trouble
from lamplighter.store.transaction import Transaction


def host(look: Transaction, finding: Finding) -> Incident | None:
    """The incident that a finding says more of; nothing if it stands for itself."""
    known = look.incidents.all(model=finding.model, environment=finding.environment, open=True)
    return next((one for one in known if one.state in FELT and is_beside(finding, one.finding)), None)


def notices(look: Transaction, finding: Finding) -> list[Incident]:
    """Notices that are open and say more of what was found now."""
    known = look.incidents.all(model=finding.model, environment=finding.environment, open=True)
    return [one for one in known if is_beside(one.finding, finding)]


def lay(change: Transaction, incident: Incident, finding: Finding, now: int) -> None:
    """Keep the finding with the incident, once for each trouble."""
    others = [known for known in incident.beside if not same_trouble(known, finding)]
    after = replace(incident, beside=(*others, finding), found_at=now, revision=incident.revision + 1)
    change.incidents.replace(after, revision=incident.revision)
