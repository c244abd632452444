"""What became of it: how it went live, what is watched, what went wrong, and everything else in the journal."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from lamplighter.domain.card import Section, Table
from lamplighter.domain.criticality import criticality_of, tier_of
from lamplighter.domain.incident import Incident
from lamplighter.domain.instant import minute
from lamplighter.domain.journal import Entry
from lamplighter.domain.policy import Policy
from lamplighter.domain.project import Project
from lamplighter.domain.retirement import Retirement
from lamplighter.domain.rollout import Rollout
from lamplighter.domain.version import Version
from lamplighter.domain.waiver import Waiver
from lamplighter.views.telling import sentence

if TYPE_CHECKING:  # clients import what views answer with, and have no database
    from lamplighter.store.transaction import Transaction

#: Entries of the journal that are told, the newest.
_ENTRIES = 500
#: Fields by which an event speaks of a version.
_NUMBERS = ("number", "previous", "challenger", "champion", "live")


def sections(look: "Transaction", project: Project, version: Version, policy: Policy, now: int) -> Iterator[Section]:
    """Rollouts, monitoring, incidents, emergencies, waivers, retirement, history."""
    rollouts = look.rollouts.all(newest="opened_at", model=version.model)
    yield _listed(
        "rollouts",
        "How it went live",
        ("Rollout", "Where", "Ended", "Asked by", "Opened", "Why"),
        [_rollout(one) for one in rollouts if one.number == version.number],
        "It was never brought anywhere.",
    )
    yield Section(name="monitoring", title="What is watched", facts=_limits(project, policy))
    incidents = [one for one in look.incidents.of(version.model, closed=True) if one.of(version.model).number == version.number]
    yield _listed(
        "incidents",
        "What went wrong",
        ("Incident", "Where", "What", "State", "Who has it", "Opened"),
        [
            (one.id, one.environment, one.of(version.model).sentence, one.state.value, _who(one), minute(one.opened_at))
            for one in incidents
        ],
        "No incident is on record.",
    )
    emergencies = [one for one in look.emergencies.all(model=version.model) if one.version == version.digest]
    yield _listed(
        "emergencies",
        "Emergencies",
        ("Emergency", "Where", "Declared by", "Why", "Passed", "Reviewed by"),
        [
            (one.id, one.environment, one.person, one.why, ", ".join(one.passed), one.reviewed_by or _due(one.due_at, now))
            for one in emergencies
        ],
        "None was declared for it.",
    )
    yield _listed(
        "waivers",
        "Waivers",
        ("Waiver", "Where", "Gate", "It had found", "Given by", "Why", "Until"),
        [
            (one.id, one.environment, one.gate, one.found, f"{one.person} ({one.role})", one.why, _ended(one))
            for one in look.waivers.all(model=version.model)
            if one.version == version.digest
        ],
        "No gate was waived for it.",
    )
    yield _listed(
        "retirement",
        "How it ends",
        ("Retirement", "Now", "Asked by", "Why", "Plan", "Agreed"),
        [
            (one.id, one.state.value, one.person, one.reason, one.told, _agreed(one))
            for one in look.retirements.all(newest="opened_at", model=version.model)
        ],
        "Its end was never announced.",
    )
    yield _history([one for one in look.journal.of(version.model) if _speaks_of(one, version)])


def _agreed(one: Retirement) -> str:
    words = [f"{word.consumer or 'business'} ({word.person})" for word in one.words if word.accepted and word.plan == one.plan]
    return ", ".join(words) or "nobody"


def _who(incident: Incident) -> str:
    return incident.has_it or "nobody"


def _due(at: int, now: int) -> str:
    return f"nobody; overdue since {minute(at)}" if at < now else f"nobody; due {minute(at)}"


def _ended(one: Waiver) -> str:
    return f"{minute(one.until)}, ended by {one.ended_by}" if one.ended_by else minute(one.until)


def _listed(name: str, title: str, heads: Sequence[str], rows: Sequence[tuple[str, ...]], none: str) -> Section:
    if not rows:
        return Section(name=name, title=title, sentences=(none,))
    return Section(name=name, title=title, tables=(Table(heads=tuple(heads), rows=tuple(rows)),))


def _rollout(one: Rollout) -> tuple[str, ...]:
    return one.id, one.environment, one.phase.value, one.asked_by, minute(one.opened_at), one.why


def _limits(project: Project, policy: Policy) -> tuple[tuple[str, str], ...]:
    monitor, tier = project.monitor, tier_of(policy, criticality_of(project, policy).tier)
    quality = monitor.quality
    limit = "no limit" if quality.limit is None else f"limit {quality.limit:g}"
    allowed = tier.false_alarms if monitor.false_alarms is None else monitor.false_alarms
    drift = monitor.measure if monitor.preset == "lamplighter" else f"{monitor.measure} by the rules of {monitor.preset}"
    return (
        ("Quality", f"{quality.metric}, {limit}, by windows of {quality.window} with {quality.least_rows} labels at least"),
        ("Truth", f"{monitor.labels.origin or 'no origin is named'}, expected after {monitor.labels.expected_after}"),
        ("Drift", f"{drift}, at most {allowed:g} false alarms a month"),
        ("Failures", f"{monitor.errors:.2%} of requests"),
        ("Latency", f"p95 of {monitor.p95_ms:g} ms" if monitor.p95_ms else "no limit"),
        ("When it fails", f"callers get: {project.outage.answer}"),
        ("Technical incident", f"{tier.technical}; to the deputy after {tier.escalate_after}"),
        ("Functional incident", f"{tier.functional}; to the deputy after {tier.escalate_after}"),
        ("Lifetime", f"{tier.expires_after_days} days in production, then {project.expiry.then or tier.expiry.then}"),
        ("Runbook", monitor.runbook or "none"),
    )


def _speaks_of(entry: Entry, version: Version) -> bool:
    fields = {name: getattr(entry.event, name, None) for name in _NUMBERS}
    if version.number in fields.values():
        return True
    # What names no version at all is about the model.
    return getattr(entry.event, "version", "") == version.digest or not any(fields.values())


def _history(entries: Sequence[Entry]) -> Section:
    told = entries[-_ENTRIES:]
    left = len(entries) - len(told)
    rows = tuple((str(one.sequence), minute(one.at), one.actor, sentence(one.event)) for one in told)
    more = (f"{left:,} older entries are in the journal.",) if left else ()
    table = Table(heads=("Entry", "When", "Who", "What"), rows=rows)
    return Section(name="history", title="Everything in the journal", sentences=more, tables=(table,))
