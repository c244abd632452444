"""When nobody feels an incident any more: of one that many models share, when none of them does."""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from lamplighter.domain.identity import PLATFORM
from lamplighter.domain.incident import FELT, Incident, Step
from lamplighter.domain.monitor import Finding, Look
from lamplighter.domain.trouble import trouble_of
from lamplighter.lifecycle import incidents
from lamplighter.lifecycle.kit import Kit
from lamplighter.store.transaction import Transaction

#: What shows that nobody feels it, by what it is about.
Shown = Mapping[tuple[str, ...], str]


def calm(kit: Kit, looks: Iterable[Look], patience: int = 0) -> None:
    """Mitigate what nobody feels any more in incidents of so many seconds and older. That it is over is for people to say."""
    shown = {_thing(one.model, one.environment, one.measure, one.source): one.calm for one in looks if one.calm}
    with kit.store.reading() as look:
        felt = [one for one in look.incidents.all(open=True) if one.state in FELT] if shown else []
    for incident in felt:
        old_enough = kit.clock.now() - incident.opened_at >= patience * 1_000_000
        if old_enough and any(_why(shown, finding) for finding in incident.findings):
            with kit.store.transaction() as change:
                _calm(kit, change, incidents.find(change, incident.id), shown)


def _calm(kit: Kit, change: Transaction, incident: Incident, shown: Shown) -> None:
    """Remember which models of an incident feel nothing any more; the last one mitigates it."""
    why = {trouble_of(finding): _why(shown, finding) for finding in incident.findings}
    over = {*incident.calm, *(trouble for trouble, said in why.items() if said)}
    if any(trouble_of(finding) not in over and _is_live(change, finding) for finding in incident.findings):
        if over != set(incident.calm):
            after = replace(incident, calm=tuple(sorted(over)), revision=incident.revision + 1)
            change.incidents.replace(after, revision=incident.revision)
    elif incident.state in FELT:
        said = f"Nobody feels it any more: {next(filter(None, why.values()))}"
        incidents.take(kit, change, incident, PLATFORM, Step.MITIGATE, said)


def _is_live(look: Transaction, finding: Finding) -> bool:
    """Whether any version of the model answers there; where none does nobody can feel it."""
    return look.routings.of(finding.model, finding.environment).champion is not None


def _why(shown: Shown, finding: Finding) -> str:
    model = (finding.model, finding.environment, finding.measure)
    return shown.get(_thing(*model, finding.source), "") or shown.get(model, "")


def _thing(model: str, environment: str, measure: str, source: str) -> tuple[str, ...]:
    """What a look and a finding are about: a source, whatever the model, or a measure of a model."""
    return (source, measure) if source else (model, environment, measure)
